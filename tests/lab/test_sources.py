"""One built image from the engine, from `docker save` and as an OCI layout: the three agree, and
agree with what the engine itself says."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from hardening.image.attribution import attribute, with_attribution
from hardening.image.loading import load_files, open_image
from hardening.image.model import Image, Origin
from hardening.opening import open_files
from tests.engine import docker, require_program
from tests.lab.conftest import PREFIX

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("lab")]


def facts(image: Image) -> dict[str, Any]:
    """What must not depend on where an image was read from."""
    return {
        "id": image.id,
        "platform": image.platform,
        "user": image.config.user,
        "env": image.config.env,
        "cmd": image.config.cmd,
        "history": [(one.created_by, one.empty, one.layer) for one in image.history],
        "diff_ids": [layer.diff_id for layer in image.layers],
        "wasted": [layer.wasted for layer in image.layers],
        "efficiency": image.efficiency,
        "files": [sorted(map(repr, layer.entries())) for layer in image.layers],
        "tree": sorted(image.tree),
    }


def save(name: str, folder: Path) -> Path:
    archive = folder / "image.tar"
    docker("save", "-o", str(archive), name)
    return archive


def test_engine_archive_and_layout_agree(project: Path, tmp_path: Path) -> None:
    require_program("skopeo")
    name = f"{PREFIX}/{project.name}:before"
    archive = save(name, tmp_path)
    layout = tmp_path / "layout"
    command = ["skopeo", "copy", "-q", f"docker-archive:{archive}", f"oci:{layout}:app"]
    subprocess.run(command, check=True, capture_output=True)
    with archive.open("rb") as plain, gzip.open(tmp_path / "image.tar.gz", "wb", 1) as packed:
        shutil.copyfileobj(plain, packed)
    from_engine = facts(load_files(open_image(name)))
    from_archive = facts(load_files(open_image(str(archive)), verify=True))
    assert from_engine == from_archive
    assert facts(load_files(open_image(str(tmp_path / "image.tar.gz")))) == from_archive
    from_layout = facts(load_files(open_image(str(layout)), verify=True))
    # converting writes the configuration anew, so its digest is another
    assert {**from_layout, "id": ""} == {**from_archive, "id": ""}
    assert len(from_archive["tree"]) > 1000


def test_the_engine_says_the_same(project: Path) -> None:
    name = f"{PREFIX}/{project.name}:before"
    image = load_files(open_image(name))
    (told,) = json.loads(docker("inspect", name))
    assert image.id == told["Id"]
    assert [layer.diff_id for layer in image.layers] == told["RootFS"]["Layers"]
    assert image.config.user == told["Config"]["User"]
    assert [f"{key}={value}" for key, value in image.config.env] == (told["Config"]["Env"] or [])
    # what a container really sees
    listing = docker(
        "run", "--rm", "--network", "none", "--user", "0:0", "--entrypoint", "/bin/sh", name,
        "-c", "find / -xdev -type f -perm /6000 | sort",
    )  # fmt: skip
    ours = sorted(
        f"/{path}"
        for path in image.tree
        if (entry := image.tree.get(path)) and entry.is_file and entry.mode & 0o6000
    )
    assert ours == listing.split()


def test_layers_are_joined_to_their_lines(project: Path) -> None:
    """BuildKit's history is aligned with the Dockerfile; the imported layer is the base's."""
    subject = open_files(project)
    dockerfile = subject.dockerfile
    assert dockerfile is not None
    image = load_files(open_image(f"{PREFIX}/{project.name}:before"))
    joined = with_attribution(image, attribute(image, dockerfile))
    origins = [layer.attribution.origin for layer in joined.layers]
    assert origins == [Origin.BASE, *[Origin.OWN] * (len(origins) - 1)]
    lines = [layer.attribution.instruction for layer in joined.layers[1:]]
    assert None not in lines
    keywords = [dockerfile.instructions[line].keyword for line in lines if line is not None]
    commands = [layer.command for layer in joined.layers[1:]]
    for keyword, command in zip(keywords, commands, strict=True):
        assert command.startswith(keyword) or keyword == "RUN", (keyword, command)
