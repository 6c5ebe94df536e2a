"""Folders and database files that a build makes for the program to write to."""

from __future__ import annotations

import pytest

from hardening.image.synthetic import FileSketch, ImageSketch, LayerSketch
from hardening.model import Safety
from hardening.opening import memory_subject
from hardening.replay import all_fixes
from hardening.runtime.made_folders import made_databases, made_folders
from hardening.runtime.start import start_of
from hardening.runtime.writable import writable_paths

HEAD = "FROM debian:12\nENV PLACE=/app/spool\nWORKDIR /app\n"
FOLDER = FileSketch(directory=True, mode=0o755)
IMAGE = ImageSketch(
    layers=(
        LayerSketch(
            {
                "bin/sh": FileSketch("x", mode=0o755),
                "app": FOLDER,
                "app/logs": FOLDER,
                "app/spool": FOLDER,
                "app/full": FOLDER,
                "app/full/x": "x",
                "app/site.sqlite3": "x",
                "app/notes.txt": "x",
                "usr/share/man/man1": FOLDER,
                "var/lib/thing": FOLDER,
            }
        ),
    )
)


@pytest.mark.parametrize(
    ("run", "known", "unknown"),
    [
        ("mkdir logs", ["/app/logs"], ["/app/logs"]),
        (
            'mkdir -p -m 700 "$PLACE" /var/lib/thing',
            ["/app/spool", "/var/lib/thing"],
            ["/app/spool"],
        ),
        ("mkdir -p /usr/share/man/man1 /app", [], []),
        ("mkdir full gone", [], ["/app/full", "/app/gone"]),
        ("mkdir logs && cp /etc/passwd logs/", ["/app/logs"], []),
        ("cd /tmp && mkdir logs", [], []),
        ("mkdir -p $(pwd)/logs log*s", [], []),
        ("mkdir $UNKNOWN", [], []),
    ],
)  # fmt: skip
def test_folders_that_stay_empty(run: str, known: list[str], unknown: list[str]) -> None:
    text = f'{HEAD}RUN {run}\nCMD ["x"]\n'
    with_image = start_of(memory_subject(text, image=IMAGE))
    assert [path for path, _ in made_folders(with_image)] == known
    without = start_of(memory_subject(text))
    assert [path for path, _ in made_folders(without)] == unknown


def test_a_folder_that_is_filled_later_is_none() -> None:
    text = f'{HEAD}RUN mkdir static\nCOPY . /app/static\nCMD ["x"]\n'
    assert made_folders(start_of(memory_subject(text))) == ()


def test_databases_of_the_image() -> None:
    text = f"{HEAD}ENV DATABASE=sqlite:///site.sqlite3 OTHER=postgres://h/x.db\n"
    assert made_databases(start_of(memory_subject(text, image=IMAGE))) == ("/app/site.sqlite3",)
    assert made_databases(start_of(memory_subject(text))) == ()


def test_they_belong_to_the_new_user_and_stay_writable() -> None:
    text = f'{HEAD}RUN mkdir logs\nCMD ["x"]\n'
    subject = memory_subject(text, image=IMAGE)
    after = all_fixes(subject, Safety.REVIEW).subject.texts["Dockerfile"]
    assert "install -d -o 10001 -g 10001 /app /app/logs" in after
    assert "chown 10001:10001 /app/site.sqlite3" in after
    kept = {one.path: one.kept for one in writable_paths(start_of(subject))}
    assert kept == {"/app": True, "/tmp": False}


def test_folders_of_an_entrypoint_script() -> None:
    script = '#!/bin/sh\nmkdir -p "$PLACE/run" cache\nmkdir -m 700 "$OTHER"/x\nexec "$@"\n'
    text = f'{HEAD}COPY run.sh /\nENTRYPOINT ["/run.sh"]\nCMD ["x"]\n'
    start = start_of(memory_subject(text, files={"run.sh": script}))
    paths = {one.path for one in writable_paths(start)}
    assert paths == {"/app/cache", "/app/spool/run", "/tmp"}
