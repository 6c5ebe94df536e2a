"""A single-stage Go build becomes a program on its own, from `scratch`, that serves."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardening.image.loading import load_files, open_image
from hardening.model import Safety
from hardening.opening import open_files
from hardening.replay import all_fixes
from hardening.runtime.flags import hardened
from hardening.writing import write
from tests.engine import docker, require_engine, require_program
from tests.lab.conftest import PREFIX, SAMPLES, SUITE, build

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("lab")]

NAME = f"{PREFIX}/go-api:after"
PROBER = "debian:12-slim"
SYNTAX = "# syntax=docker/dockerfile:1\n"
TRIES = 60
REQUEST = "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3 && cat <&3"


@pytest.fixture(scope="module")
def mended(base_images: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The sample with all fixes, built from a Debian that carries Go in place of the official
    image. The syntax line, which makes BuildKit ask a registry for its frontend, is left out."""
    folder = tmp_path_factory.mktemp("lab") / "go-api"
    shutil.copytree(SAMPLES / "go-api", folder)
    file = folder / "Dockerfile"
    file.write_text(file.read_text().removeprefix(SYNTAX))
    done = all_fixes(open_files(folder), Safety.REVIEW)
    assert not done.conflicts
    write(done.workspace)
    dockerfile = open_files(folder).dockerfile
    assert dockerfile is not None
    made = [base for base in _bases(dockerfile.stages[0].base_expanded) if _provide(base)]
    build(folder, NAME)
    yield folder
    docker("rmi", "--force", NAME, *made)


def _bases(name: str | None) -> tuple[str, ...]:
    assert name is not None
    assert name.startswith("golang:")
    return (name,)


def _provide(name: str) -> bool:
    """Makes the base unless the engine has it; True when it was made."""
    require_engine()
    if name in docker("images", "--format", "{{.Repository}}:{{.Tag}}").split():
        return False
    require_program("mmdebstrap")
    with tempfile.TemporaryDirectory() as folder:
        tar = Path(folder) / "base.tar"
        done = subprocess.run(
            ["mmdebstrap", "--variant=minbase", "--quiet",
             "--include=golang-go,ca-certificates", SUITE, str(tar)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        docker("import", "-c", 'CMD ["bash"]', str(tar), name)
    return True


def test_only_the_program_ships(mended: Path) -> None:
    image = load_files(open_image(NAME))
    assert "usr/local/bin/api" in image.tree
    assert not [path for path in image.tree if path.startswith(("bin/", "usr/lib/go"))]
    assert image.config.user == "65532:65532"
    assert image.config.entrypoint == ("/usr/local/bin/api",)


def test_it_serves_hardened_as_its_user(mended: Path) -> None:
    subject = open_files(mended).with_image(load_files(open_image(NAME)))
    words = [
        word for flag in hardened(subject).usable if flag.name != "publish" for word in flag.words
    ]
    container = docker("run", "-d", *words, NAME).strip()
    try:
        assert "hello" in _answer(container)
        rows = docker("top", container, "-eo", "pid,uid,args").splitlines()[1:]
        assert {row.split()[1] for row in rows} == {"65532"}
    finally:
        docker("rm", "-f", container)


def _answer(container: str) -> str:
    """What it answers, asked from its own network by a container that has a shell."""
    heard = ""
    for _ in range(TRIES):
        try:
            network = f"container:{container}"
            return docker("run", "--rm", "--network", network, PROBER, "bash", "-c", REQUEST)
        except AssertionError as error:
            heard = str(error)
            time.sleep(0.25)
    return heard + docker("logs", container)
