"""`drydock base`: rows, the patch of a row, and what a registry adds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run, project, run
from tests.registry.real import Running, push, registry

__all__ = ["project", "run"]

OLD = "sha256:" + "0" * 64


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, without an engine and without anybody's credentials."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "none"))
    monkeypatch.delenv("REGISTRY_AUTH_FILE", raising=False)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    return tmp_path


@pytest.fixture
def hub(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Running, str]]:
    """A real registry in the place of Docker Hub that holds one of two rows."""
    with registry(tmp_path_factory.mktemp("hub")) as running:
        digest, _ = push(f"http://{running.host}", "library/alpine", ("3.23", "3.22"))
        monkeypatch.setattr("hardening.image.registry_http.HUB", running.host)
        yield running, digest


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr("socket.socket.connect", refuse)


def rows_of(result: Any) -> dict[str, Any]:
    assert result.code == 0, result.err
    return {row["image"]: row for row in json.loads(result.out)["rows"]}


def test_offline_makes_no_request_and_guesses_no_number(
    run: Run, folder: Path, no_network: None
) -> None:
    (folder / "Dockerfile").write_text("FROM python:3.12.4-slim-bookworm\nCOPY . /a\n")
    rows = rows_of(run("base", ".", "--offline", "--format", "json"))
    row = rows["python:3.12.14-slim-bookworm"]
    assert (row["risk"], row["safety"]) == ("R1", "safe")
    assert row["ends"] == {"python 3.12": "2028-10-31", "debian 12": "2028-06-30"}
    assert row["digest"] is row["download_bytes"] is row["vulnerabilities"] is None
    shown = run("base", ".", "--offline").out.split("\n")
    assert any(line.split()[1:2] == ["R3"] and "3.14.7-slim-trixie" in line for line in shown)
    assert any(line.split() == ["vulnerabilities", "unknown"] for line in shown)
    assert not any("--ask-registry" in line for line in shown)


def test_the_registry_adds_digest_and_size(
    run: Run, folder: Path, hub: tuple[Running, str]
) -> None:
    (folder / "Dockerfile").write_text("FROM alpine:3.22\n")
    rows = rows_of(run("base", ".", "--ask-registry", "--format", "json"))
    found = rows["alpine:3.23"]
    assert found["digest"] == hub[1]
    assert found["download_bytes"] > 0
    assert rows["alpine:3.24"]["digest"] is None
    assert rows["alpine:3.24"]["registry_note"] == "the registry does not have it"
    patch = run("base", ".", "--ask-registry", "--choose", "system-3-23").out
    assert f"-FROM alpine:3.22\n+FROM alpine:3.23@{hub[1]}\n" in patch


def test_a_pin_behind_its_tag_can_be_refreshed(
    run: Run, folder: Path, hub: tuple[Running, str]
) -> None:
    text = f"FROM alpine:3.22@{OLD} AS build\nRUN make\nFROM alpine:3.22@{OLD}\nUSER 1\n"
    (folder / "Dockerfile").write_text(text)
    rows = rows_of(run("base", ".", "--ask-registry", "--format", "json"))
    assert (rows["alpine:3.22"]["risk"], rows["alpine:3.22"]["safety"]) == ("R0", "safe")
    done = run("base", ".", "--ask-registry", "--choose", rows["alpine:3.22"]["fix"], "--write")
    assert done.code == 0, done.err
    assert (folder / "Dockerfile").read_text() == text.replace(OLD, hub[1])


def test_a_pin_has_no_patch_without_the_new_digest(run: Run, folder: Path) -> None:
    (folder / "Dockerfile").write_text(f"FROM alpine:3.22@{OLD}\n")
    rows = rows_of(run("base", ".", "--offline", "--format", "json"))
    assert rows["alpine:3.23"]["fix"] is None


def test_data_that_must_be_migrated_is_for_people(run: Run, folder: Path) -> None:
    (folder / "Dockerfile").write_text("FROM postgres:15-bookworm\n")
    rows = rows_of(run("base", ".", "--offline", "--format", "json"))
    assert rows["postgres:16-bookworm"]["safety"] == "manual"
    done = run("base", ".", "--offline", "--choose", rows["postgres:16-bookworm"]["fix"])
    assert done.code == 2
    assert "needs no migration" in done.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--offline", "--ask-registry"), "--offline was given"),
        (("--offline", "--write"), "--choose"),
        (("--offline", "--choose", "nothing"), "no patch called nothing"),
    ],
)
def test_what_makes_no_sense(
    run: Run, folder: Path, arguments: tuple[str, ...], words: str
) -> None:
    (folder / "Dockerfile").write_text("FROM alpine:3.22\n")
    done = run("base", ".", *arguments)
    assert done.code == 2
    assert words in done.err


@pytest.mark.parametrize("text", ["FROM scratch\n", "FROM team/app:1\n", "ARG B\nFROM $B\n", "#\n"])
def test_what_is_not_compared_is_said(run: Run, folder: Path, text: str) -> None:
    (folder / "Dockerfile").write_text(text)
    done = run("base", ".", "--offline", "--format", "json")
    assert done.code == 0, done.err
    assert json.loads(done.out)["not_assessed"]
