"""Rows from the tags that a registry lists, for images of which nothing else is known."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from hardening.rewrites.base_tags import from_tags, read_tag
from tests.base.test_command import folder
from tests.cli.conftest import Run, run
from tests.registry.real import Running, push, registry

__all__ = ["folder", "run"]

TODAY = date(2026, 11, 24)
_TAGS = (
    "latest 1 1.2 1.2.3 1.2.4 1.2.10 1.3.0 1.4.1 2.0.0 3.1.0 3.2.0-rc1 4.0.0-beta 1.2.9-alpine "
    "1.2.11-alpine3.20 1.2.11-alpine3.23 1.2.11-alpine3.24 1.2.12-slim-bookworm "
    "1.2.12-bookworm-slim 1.2.12-slim-trixie 1.2.3-debian-12-r4 1.2.3-debian-12-r11 "
    "1.2.5-debian-12-r0 1.3.0-debian-11-r9 v1.2.3 v1.2.5 20240101 20260101 0a1b2c3 1.5.0-arm64 "
    "20261101-1 sha-1234567 1.2.3.4 1.2.99-snapshot"
)
LISTED = _TAGS.split()


def rows(text: str, listed: list[str] | None = None) -> list[tuple[str, str]]:
    found = from_tags("r.example/team/app", text, LISTED if listed is None else listed, TODAY)
    return [(row.risk.label, row.tag.text) for row in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.2.3", [("R1", "1.2.10"), ("R3", "1.3.0"), ("R3", "1.4.1"),
                   ("R4", "2.0.0"), ("R4", "3.1.0")]),
        ("1.4.1", [("R4", "2.0.0"), ("R4", "3.1.0")]),
        ("3.1.0", []),
        ("v1.2.3", [("R1", "v1.2.5")]),
        ("1.2.9-alpine", []),
        ("1.2.10-alpine3.23", [("R1", "1.2.11-alpine3.23"), ("R2", "1.2.11-alpine3.24")]),
        ("1.2.10-alpine3.20", [("R2", "1.2.11-alpine3.24")]),
        ("1.2.11-slim-bookworm", [("R1", "1.2.12-bookworm-slim"), ("R2", "1.2.12-slim-trixie")]),
        ("1.2.3-debian-12-r4", [("R1", "1.2.5-debian-12-r0")]),
        ("20240101", [("R3", "20260101")]),
        ("1", []),
        ("1.2", []),
        ("latest", []),
        ("9" * 500, []),
        ("", []),
    ],
)  # fmt: skip
def test_rows_of_listed_tags(text: str, expected: list[tuple[str, str]]) -> None:
    found = rows(text)
    if text == "1.2.11-slim-bookworm":  # two ways to write the same
        found = [(risk, tag.replace("slim-bookworm", "bookworm-slim")) for risk, tag in found]
    assert found == expected


def test_a_moved_row_is_never_older_or_less_precise() -> None:
    for text in LISTED:
        old = read_tag("a/b", text)
        for _, tag in rows(text):
            new = read_tag("a/b", tag)
            assert old is not None and new is not None
            assert old.words == new.words
            assert old.version.count(".") == new.version.count(".")
            assert tag != text


@pytest.fixture
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, str]]:
    with registry(tmp_path_factory.mktemp("team")) as running:
        tags = ("1.2.3", "1.2.4", "1.3.0", "2.0.0", "latest")
        digest, _ = push(f"http://{running.host}", "team/app", tags)
        push(f"http://{running.host}", "team/postgresql", ("15.1.0", "16.1.0"))
        yield running, digest


def test_a_private_registry_with_a_port(run: Run, folder: Path, host: tuple[Running, str]) -> None:
    name = f"{host[0].host}/team/app"
    (folder / "Dockerfile").write_text(f"FROM {name}:1.2.3 AS run\nUSER 1\n")
    done = run("base", ".", "--format", "json")
    assert "--ask-registry" in json.loads(done.out)["not_assessed"]
    done = run("base", ".", "--ask-registry", "--format", "json")
    told = {row["image"]: row for row in json.loads(done.out)["rows"]}
    assert list(told) == [f"{name}:1.2.4", f"{name}:1.3.0", f"{name}:2.0.0"]
    first = told[f"{name}:1.2.4"]
    assert (first["risk"], first["safety"], first["digest"]) == ("R1", "review", host[1])
    assert first["source"] == "registry"
    assert first["vulnerabilities"] is None
    done = run("base", ".", "--ask-registry", "--choose", first["fix"])
    assert f"+FROM {name}:1.2.4@{host[1]} AS run\n" in done.out


def test_the_data_of_another_major_release_are_for_people(
    run: Run, folder: Path, host: tuple[Running, str]
) -> None:
    (folder / "Dockerfile").write_text(f"FROM {host[0].host}/team/postgresql:15.1.0\n")
    done = run("base", ".", "--ask-registry", "--choose", "1")
    assert done.code == 2
    assert "needs no migration" in done.err


def test_a_registry_that_lists_nothing_is_said(
    run: Run, folder: Path, host: tuple[Running, str]
) -> None:
    for text, words in (
        (f"{host[0].host}/team/none:1.2.3", "does not know team/none"),
        (f"{host[0].host}/team/app:latest", "does not begin with a version"),
        (f"{host[0].host}/team/app:2.0.0", "No tag that the registry lists is newer"),
        ("127.0.0.1:9/team/app:1.2.3", "cannot be reached"),
    ):
        (folder / "Dockerfile").write_text(f"FROM {text}\n")
        done = run("base", ".", "--ask-registry", "--format", "json")
        assert done.code == 0
        told = json.loads(done.out)
        assert told["rows"] == []
        assert words in told["not_assessed"]
