"""`drydock base`: choosing a row, naming an image or a stage, and how it reads in a terminal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hardening.cli.base import assess, base_values
from hardening.cli.base_numbers import Known, Row
from hardening.cli.base_rows import ordered
from hardening.errors import EngineError
from hardening.image.synthetic import ImageSketch, LayerSketch, make_image
from hardening.opening import memory_subject
from hardening.reports.base import base_text
from hardening.reports.sheet import Look, cells
from hardening.rewrites.base_delta import Numbers
from tests.base.test_command import folder
from tests.base.test_numbers import found as known_one
from tests.cli.conftest import Run, run

__all__ = ["folder", "run"]

TEXT = "# the app\nFROM golang:1.19 AS build\nRUN make\nFROM alpine:3.22 AS run\nUSER 1\n"


def values(run: Run, *arguments: str) -> Any:
    done = run("base", *arguments, "--offline", "--format", "json")
    assert done.code == 0, done.err
    return json.loads(done.out)


def test_a_row_by_its_number_or_its_name(run: Run, folder: Path) -> None:
    (folder / "Dockerfile").write_text(TEXT)
    rows = values(run, ".")["rows"]
    by_number = run("base", ".", "--offline", "--choose", "1")
    by_name = run("base", ".", "--offline", "--choose", rows[0]["fix"])
    assert by_number.code == by_name.code == 0
    assert by_number.out == by_name.out
    assert "-FROM alpine:3.22 AS run\n+FROM alpine:3.23 AS run\n" in by_name.out
    assert "Move to alpine:3.23" in by_name.err
    assert "check: Packages of the newer distribution fit" in by_name.err


@pytest.mark.parametrize("row", ["0", "99", "9" * 50, "-1", "\u0663", "nothing", ""])
def test_no_such_row(run: Run, folder: Path, row: str) -> None:
    (folder / "Dockerfile").write_text(TEXT)
    done = run("base", ".", "--offline", f"--choose={row}")
    assert done.code == 2
    assert "system-3-23" in done.err


def test_a_row_without_a_patch_says_why(run: Run, folder: Path) -> None:
    (folder / "Dockerfile").write_text('FROM "alpine:3.22"\n')
    told = values(run, ".")
    assert told["rows"][0]["fix"] is None
    assert "quotes" in told["rows"][0]["no_fix"]
    done = run("base", ".", "--offline", "--choose", "1")
    assert done.code == 2
    assert "quotes" in done.err
    assert "none: The base is written with quotes" in run("base", ".", "--offline").out


def test_the_patch_is_written_and_the_old_text_kept(run: Run, folder: Path) -> None:
    (folder / "Dockerfile").write_text(TEXT)
    done = run("base", ".", "--offline", "--choose", "1", "--write")
    assert done.code == 0, done.err
    assert "wrote" in done.err
    assert (folder / "Dockerfile").read_text() == TEXT.replace("alpine:3.22", "alpine:3.23")


def test_the_patch_goes_to_a_file(run: Run, folder: Path) -> None:
    (folder / "app").mkdir()
    (folder / "app" / "Dockerfile").write_text(TEXT)
    done = run("base", "app", "--offline", "--choose", "1", "--output", "base.patch")
    assert done.code == 0, done.err
    assert done.out == ""
    assert "--- a/app/Dockerfile\n+++ b/app/Dockerfile\n" in (folder / "base.patch").read_text()


def test_the_base_of_another_stage(run: Run, folder: Path) -> None:
    (folder / "Dockerfile").write_text(TEXT)
    told = values(run, ".")
    assert (told["base"], told["stage"], told["line"]) == ("alpine:3.22", "run", 4)
    assert told["other_bases"] == [{"base": "golang:1.19", "stage": "build"}]
    assert "--stage build" in run("base", ".", "--offline").out
    for name in ("build", "BUILD", "0"):
        assert values(run, ".", "--stage", name)["base"] == "golang:1.19"
    done = run("base", ".", "--offline", "--stage", "build", "--choose", "1")
    assert "+FROM golang:1.26 AS build\n" in done.out
    done = run("base", ".", "--offline", "--stage", "nobody")
    assert done.code == 2
    assert "build, run" in done.err


def test_an_image_by_its_name(run: Run, folder: Path) -> None:
    told = values(run, "python:3.11-bullseye")
    assert told["base"] == "python:3.11-bullseye"
    assert told["rows"][0]["image"] == "python:3.11-bookworm"
    shown = run("base", "python:3.11-bullseye", "--offline").out
    assert "tells the line for a Dockerfile" in shown
    done = run("base", "python:3.11-bullseye", "--offline", "--choose", "1")
    assert done.out == "FROM python:3.11-bookworm\n"
    done = run("base", "python:3.11-bullseye", "--offline", "--choose", "1", "--write")
    assert done.code == 2
    assert "there is no file to write" in done.err


def test_an_image_that_nobody_knows(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = run("base", "team/nothing:1", "--offline")
    assert done.code == 2
    assert "no tag of an official image that is known" in done.err


BASE = ImageSketch((LayerSketch({"etc/a": "1"}), LayerSketch({"etc/b": "2"})))
BUILT = ImageSketch((*BASE.layers, LayerSketch({"app": "3"}, command="COPY app /app")))


def test_what_an_image_was_built_on(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its first layers, which an image of the engine has too; a longer one wins."""
    images = {"alpine:3.22": make_image(BASE), "team/app:1": make_image(BUILT)}
    shorter = ImageSketch(BASE.layers[:1])
    images["lab/first:1"] = make_image(shorter)

    class Held:
        def __init__(self, name: str) -> None:
            self.id, self.repo_tags = images[name].id, (name,)

    monkeypatch.setattr("hardening.image.loading.open_image", lambda name, **_: images[name])
    monkeypatch.setattr("hardening.image.engine.local_images", lambda: [Held(n) for n in images])
    monkeypatch.setattr("hardening.image.engine.image_of_engine", lambda name: images[name])
    assert values(run, "team/app:1")["base"] == "alpine:3.22"
    images.pop("alpine:3.22")
    images.pop("lab/first:1")
    done = run("base", "team/app:1", "--offline")
    assert done.code == 2
    assert "It is not known what team/app:1 was built on" in done.err


def test_an_engine_that_does_not_answer_is_said(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise EngineError("No engine answers", "the socket is not there", "Start it.")

    monkeypatch.setattr("hardening.image.loading.open_image", refuse)
    done = run("base", "team/app:1")
    assert done.code == 2
    assert "No engine answers" in done.err


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize(
    "text",
    [
        "FROM python:3.11-slim-bullseye\nRUN pip install a\n",
        "FROM node:24-bookworm-slim\nCOPY . /a\nCMD [\"node\", \"/a\"]\n",
        "FROM python:3.13\nRUN git clone https://git.example/a && useradd b\nCMD a\n",
        "FROM eclipse-temurin:21-jre-alpine-3.22\n",
        "FROM scratch\n",
        "FROM team/app:1\n",
    ],
)  # fmt: skip
def test_no_line_is_wider_than_the_terminal(text: str, width: int) -> None:
    told = base_values(assess(memory_subject(text), ask=False, libc=True))
    for line in base_text(told, "drydock base .", Look(width=width)).splitlines():
        is_command = line.startswith("  drydock base ")
        assert cells(line) <= width or is_command, line


def test_what_mends_most_comes_first_among_moves_of_one_risk() -> None:
    subject = memory_subject("FROM python:3.11-slim-bullseye\nUSER 1\n")
    found = assess(subject, ask=False, libc=False)
    names = [f"python:{row.tag.text}" for row in found.rows]
    assert names[:2] == ["python:3.11-slim-bookworm", "python:3.11-slim-trixie"]
    base = Numbers((known_one(1, "a"), known_one(3, "b"), known_one(2, "c")))
    rows = {
        names[0]: Row(Numbers((known_one(1, "a"),))),
        names[1]: Row(Numbers((known_one(2, "c"),))),
        names[2]: Row(Numbers(())),
    }
    known = Known(base, "the image at hand", rows)
    found = ordered(type(found)(**{**fields_of(found), "known": known}))
    told = [row["image"] for row in base_values(found)["rows"]]
    assert told == [names[1], names[0], *names[2:]], "more that is high; the risk comes first"


def fields_of(found: Any) -> dict[str, Any]:
    return {name: getattr(found, name) for name in found.__dataclass_fields__}
