"""Runs the command line in this process; a few tests use the real program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from hardening.cli import main


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """`run("check", path)` → code, standard output, standard error."""

    def command(*arguments: str | Path) -> Result:
        capsys.readouterr()
        code = main([str(one) for one in arguments])
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return command


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: a project of its own with one Dockerfile that has findings."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "Dockerfile").write_text(DOCKERFILE)
    (tmp_path / "app").write_text("run")
    monkeypatch.chdir(tmp_path)
    return tmp_path


DOCKERFILE = """\
FROM debian:12
MAINTAINER me@registry.example
ADD app /app
RUN apt-get update && apt-get install -y curl
CMD /app/run
"""
