"""What the lab's tests share: an engine, base images made from Debian packages, built samples."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine import client, docker, problem, refuse, require_engine, require_program

SAMPLES = Path(__file__).resolve().parents[2] / "sample_dockerfiles"
BASES = ("debian:12", "debian:12-slim")
PREFIX = "drydock-lab"
SUITE = "bookworm"


@pytest.fixture(scope="session")
def base_images() -> None:
    """`debian:12` and `debian:12-slim`, of the same minimal Debian, unless the engine has them."""
    require_engine()
    have = set(docker("images", "--format", "{{.Repository}}:{{.Tag}}").split())
    if have >= set(BASES):
        return
    require_program("mmdebstrap")
    if os.geteuid() != 0:
        refuse("making a base image needs root")
    with tempfile.TemporaryDirectory() as folder:
        tar = Path(folder) / "base.tar"
        command = ["mmdebstrap", "--variant=minbase", "--quiet", SUITE, str(tar)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        for name in BASES:
            if name not in have:
                docker("import", "-c", 'CMD ["bash"]', str(tar), name)


def build(folder: Path, tag: str) -> None:
    """Builds with BuildKit, on the host's network so that it works on an engine without one."""
    docker("build", "--network", "host", "-t", tag, str(folder))


@pytest.fixture(scope="session", params=["python-worker", "static-nginx", "leaky-secrets"])
def project(
    request: pytest.FixtureRequest, base_images: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """A copy of a sample, built for real as `drydock-lab/NAME:before`."""
    name: str = request.param
    folder = tmp_path_factory.mktemp("lab") / name
    shutil.copytree(SAMPLES / name, folder, ignore=shutil.ignore_patterns("image.*"))
    build(folder, f"{PREFIX}/{name}:before")
    yield folder
    for tag in ("before", "after"):
        subprocess.run(
            [client(), "rmi", "-f", f"{PREFIX}/{name}:{tag}"], capture_output=True, check=False
        )


def pytest_report_header() -> str:
    return f"engine: {problem() or 'answers'}"
