"""The wheel carries the samples: the installed program works in an empty folder."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's files as pip would lay them out."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
    done = subprocess.run(
        [*command, "-w", str(folder), str(ROOT)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(site: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PYTHONPATH": str(site),
        "DRYDOCK_CACHE_DIR": str(folder / "cache"),
    }
    return subprocess.run(
        [sys.executable, "-P", "-m", "tui", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_samples_are_listed_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    done = run(installed, tmp_path, "demo", "--list")
    assert done.returncode == 0, done.stderr
    names = sorted(path.parent.name for path in (ROOT / "sample_dockerfiles").glob("*/lesson.toml"))
    assert len(names) >= 10
    assert all(name in done.stdout for name in names)


def test_a_sample_with_its_image_is_checked_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    sample = installed / "hardening" / "sample_dockerfiles" / "leaky-secrets"
    arguments = ("check", str(sample), "--image", str(sample / "image.tar.gz"), "--format", "json")
    done = run(installed, tmp_path, *arguments)
    assert done.returncode in (0, 1), done.stderr
    assert '"drydock.report/1"' in done.stdout
    assert not list(tmp_path.glob("Dockerfile*"))
