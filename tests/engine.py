"""A Docker engine for tests: found once, asked through the ordinary client.

Where none answers, tests skip with the reason on a person's machine and fail when CI=true.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import NoReturn

import pytest

TIMEOUT = 600


@cache
def client() -> str:
    """The Docker client: Debian's, which builds with BuildKit without a plug-in, else any."""
    debian = Path("/usr/bin/docker")
    return str(debian) if debian.exists() else shutil.which("docker") or "docker"


@cache
def problem() -> str:
    """Why no engine can be used, "" when one answers."""
    try:
        done = subprocess.run(
            [client(), "version", "--format", "{{.Server.Version}}"],
            capture_output=True, text=True, timeout=30, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"no Docker client or engine: {error}"
    return "" if done.returncode == 0 else f"no Docker engine answers: {done.stderr.strip()}"


def require_engine() -> None:
    """Skips the test, or fails it in CI, when there is no engine."""
    if problem():
        refuse(problem())


def require_program(name: str) -> str:
    """Path of a program that a lab test calls; skips or fails as for the engine."""
    found = shutil.which(name)
    if found is None:
        refuse(f"{name} is not installed")
    return found


def refuse(reason: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def docker(*arguments: str, data: bytes | None = None) -> str:
    """Runs the client and gives its standard output; a failure is an AssertionError with both."""
    done = subprocess.run(
        [client(), *arguments],
        input=data, capture_output=True, timeout=TIMEOUT, check=False,
        env={**os.environ, "DOCKER_BUILDKIT": "1"},
    )  # fmt: skip
    shown = done.stdout.decode(errors="replace")
    assert done.returncode == 0, f"docker {arguments[0]}: {done.stderr.decode(errors='replace')}"
    return shown
