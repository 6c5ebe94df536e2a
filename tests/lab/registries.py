"""Package registries inside a build: pip as the machine has it, with its configuration and its
certificates, on a Debian with Python."""

from __future__ import annotations

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pip
import pytest

from tests.lab.conftest import PREFIX, build

PYTHON = f"{PREFIX}/python:pip"
_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
_TEXT = """\
FROM debian:12-slim
RUN apt-get update && apt-get install -y python3 && rm -rf /var/lib/apt/lists/*
RUN rm -f /usr/lib/python3*/EXTERNALLY-MANAGED
COPY certificates.pem /etc/ssl/certs/ca-certificates.crt
COPY pip.conf /etc/pip.conf
COPY pip /usr/lib/python3/dist-packages/pip
"""
"""Its first layer is that of the sample `python-worker`, and built once for both."""


@cache
def _problem() -> str:
    done = subprocess.run(
        [
            sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--no-deps",
            "--ignore-installed", "--retries", "1", "idna==3.7",
        ],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    return "" if done.returncode == 0 else f"no package index answers pip: {done.stderr[-300:]}"


def python_with_pip(folder: Path) -> str:
    """Builds a base image in which pip reaches the index that it reaches here; skips the test with
    the reason where it reaches none. Gives the image's name."""
    if _problem():
        pytest.skip(_problem())
    (folder / "Dockerfile").write_text(_TEXT)
    pem = _CERTIFICATES.read_bytes() if _CERTIFICATES.exists() else b""
    (folder / "certificates.pem").write_bytes(pem)
    (folder / "pip.conf").write_text(_configuration(has_certificates=bool(pem)))
    source = Path(pip.__file__).parent
    shutil.copytree(source, folder / "pip", ignore=shutil.ignore_patterns("__pycache__"))
    build(folder, PYTHON)
    return PYTHON


def _configuration(*, has_certificates: bool) -> str:
    """What `pip config list` says here, in one file: indexes above all. Folders of this machine
    are none of the image."""
    done = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    lines = ["[global]"]
    for line in done.stdout.splitlines():
        key, _, value = line.partition("=")
        name, value = key.rpartition(".")[2], value.strip("'\"")
        if name in ("index-url", "extra-index-url", "trusted-host", "proxy"):
            lines.append(f"{name} = {value}")
    if has_certificates:
        lines.append(f"cert = {_CERTIFICATES}")
    return "\n".join(lines) + "\n"
