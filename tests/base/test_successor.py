"""What takes the place of the images of Java that nobody builds any more."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from hardening.rewrites.base_successor import successor
from tests.base.test_command import folder
from tests.cli.conftest import Run, run

__all__ = ["folder", "run"]

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("image", "tag", "expected"),
    [
        ("openjdk", "8-jdk", "8-jdk"),
        ("openjdk", "8", "8-jdk"),
        ("openjdk", "8u342-jre-slim-bullseye", "8-jre"),
        ("openjdk", "11.0.16-jre-slim", "11-jre"),
        ("openjdk", "8-jdk-alpine3.9", "8-jdk-alpine"),
        ("openjdk", "12-alpine", "17-jdk-alpine"),
        ("openjdk", "7-jre", "8-jre"),
        ("java", "openjdk-8", ""),
        ("adoptopenjdk", "11-jdk-hotspot", "11-jdk"),
        ("adoptopenjdk", "11-jdk-openj9", ""),
        ("openjdk", "17-oracle", ""),
        ("openjdk", "27-ea-jdk-slim", ""),
        ("openjdk", "11-jdk-windowsservercore-1809", ""),
        ("openjdk", "latest", ""),
        ("openjdk", "99", ""),
        ("openjdk", "9" * 400, ""),
        ("eclipse-temurin", "8-jdk", ""),
        ("python", "3.8", ""),
    ],
)
def test_the_same_java_under_another_name(image: str, tag: str, expected: str) -> None:
    row = successor(image, tag, TODAY)
    assert (row.tag.text if row is not None else "") == expected


def test_it_is_a_row_and_moves_every_stage(run: Run, folder: Path) -> None:
    text = "FROM openjdk:11-jdk AS build\nRUN x\nFROM openjdk:11-jdk\nCOPY --from=build /a /a\n"
    (folder / "Dockerfile").write_text(text)
    done = run("base", ".", "--offline", "--format", "json")
    [row] = json.loads(done.out)["rows"]
    assert (row["image"], row["risk"], row["safety"]) == ("eclipse-temurin:11-jdk", "R5", "review")
    assert row["ends"]["eclipse-temurin 11"]
    done = run("base", ".", "--offline", "--choose", row["fix"], "--write")
    assert done.code == 0, done.err
    written = (folder / "Dockerfile").read_text()
    assert written == text.replace("openjdk:11-jdk", "eclipse-temurin:11-jdk")


def test_the_old_folder_of_java_is_seen(run: Run, folder: Path) -> None:
    (folder / "Dockerfile").write_text("FROM openjdk:8\nENV H=/usr/local/openjdk-8\n")
    done = run("base", ".", "--offline", "--choose", "1")
    assert done.code == 2
    assert "Line 2 has /usr/local/openjdk-" in done.err
