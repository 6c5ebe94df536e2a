"""What is said before slim or distroless is proposed."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from hardening.analyse import analyse
from hardening.image.synthetic import FileSketch, ImageSketch, LayerSketch, make_image
from hardening.model import Safety, Verdict
from hardening.opening import memory_subject
from hardening.rewrites.base_image import Risk, candidates, distroless
from hardening.rewrites.base_image_conditions import conditions
from hardening.rules.support_better_base import known_base
from hardening.subject import Subject
from tests.engine import require_program

TODAY = date(2026, 11, 24)


def subject_of(text: str, files: dict[str, bytes] | None = None) -> Subject:
    """With an image whose own layer holds the files, executable."""
    image = None
    if files is not None:
        own = LayerSketch({path: FileSketch(data, 0o755) for path, data in files.items()})
        image = make_image(ImageSketch(base_layers=1, layers=(LayerSketch({"a": "b"}), own)))
    return replace(memory_subject(text, image=image), today=TODAY)


def verdicts(subject: Subject) -> dict[str, Verdict]:
    known = known_base(subject)
    assert known is not None
    assert subject.dockerfile is not None
    [row] = [
        one
        for one in candidates(known.old.image, known.old.text, TODAY)
        if one.risk is Risk.FLAVOUR
    ]
    found = conditions(subject.dockerfile, known.stage, known.old, row, subject.image)
    return {one.statement: one.verdict for one in found}


COMMANDS = "No RUN uses what the slim image leaves out"
LIBRARIES = "Programs that were added load nothing that the slim image leaves out"


@pytest.mark.parametrize(
    ("script", "verdict"),
    [
        ("useradd app", Verdict.HOLDS),
        ("git clone https://git.example/a.git", Verdict.FAILS),
        ("/usr/bin/gcc -o /a a.c", Verdict.FAILS),
        ("apt-get install -y git && git clone https://git.example/a", Verdict.HOLDS),
        ("apt-get install -y build-essential && make", Verdict.HOLDS),
        ("$TOOL --install", Verdict.UNKNOWN),
    ],
)  # fmt: skip
def test_commands_that_slim_lacks(script: str, verdict: Verdict) -> None:
    assert verdicts(subject_of(f"FROM python:3.14\nRUN {script}\n"))[COMMANDS] is verdict


def test_a_run_in_a_stage_built_on_it_counts() -> None:
    text = "FROM python:3.14 AS base\nRUN useradd a\nFROM base\nRUN curl -O https://a.example/b\n"
    assert verdicts(subject_of(text))[COMMANDS] is Verdict.FAILS


def test_an_installer_may_compile() -> None:
    found = verdicts(subject_of("FROM python:3.14\nRUN pip install flask\n"))
    assert found["No dependency is compiled at installation"] is Verdict.UNKNOWN


def test_libraries_of_the_own_layers_are_looked_up(tmp_path: Path) -> None:
    compiler = require_program("gcc")
    source = tmp_path / "a.c"
    source.write_text("int a(void) { return 1; }\n")
    odd, user = tmp_path / "libodd.so.7", tmp_path / "user.so"
    shared = (compiler, "-shared", "-fPIC", "-Wl,--no-as-needed")
    subprocess.run([*shared, "-Wl,-soname,libodd.so.7", "-o", odd, source], check=True)
    subprocess.run([*shared, "-o", user, source, odd], check=True)
    text = "FROM python:3.14\nCOPY . /app\n"
    alone = {"app/user.so": user.read_bytes()}
    assert verdicts(subject_of(text, alone))[LIBRARIES] is Verdict.FAILS
    both = {**alone, "app/libodd.so.7": odd.read_bytes()}
    assert verdicts(subject_of(text, both))[LIBRARIES] is Verdict.HOLDS
    assert verdicts(subject_of(text))[LIBRARIES] is Verdict.UNKNOWN


def test_slim_is_a_finding_only_when_the_image_shows_it() -> None:
    text = "FROM python:3.14\nCOPY . /app\n"
    for files, expected in (({"app/a.py": b"print()"}, 1), (None, 0)):
        report = analyse(subject_of(text, files), today=TODAY)
        found = [one for one in report.findings if one.rule == "better-base"]
        assert len(found) == expected
        assert all(one.fixes[0].safety is Safety.SAFE for one in found)


@pytest.mark.parametrize(
    ("rest", "failed"),
    [
        ('CMD ["/app"]\n', 0),
        ("CMD /app\n", 1),
        ('RUN a\nCMD ["/app"]\n', 1),
        ("RUN a\nENTRYPOINT /app\n", 2),
        ("", 1),
    ],
)
def test_distroless_is_judged_and_never_written(rest: str, failed: int) -> None:
    subject = subject_of(f"FROM node:24-bookworm-slim\n{rest}")
    known, row = known_base(subject), distroless("node", "24-bookworm-slim")
    assert known is not None
    assert row is not None
    assert subject.dockerfile is not None
    found = conditions(subject.dockerfile, known.stage, known.old, row)
    assert sum(one.verdict is Verdict.FAILS for one in found) == failed
    assert any(one.verdict is Verdict.UNKNOWN for one in found)
    assert known.move(subject, row) is None


@pytest.mark.parametrize(
    ("text", "safety"),
    [
        ("ARG V=3.22\nFROM alpine:$V\n", "The argument is used for this base only"),
        ("ARG V=3.22\nFROM alpine:$V\nARG V\nRUN echo $V\n", "The argument is used"),
    ],
)
def test_an_argument_that_is_used_elsewhere_is_said(text: str, safety: str) -> None:
    subject = subject_of(text)
    known = known_base(subject)
    assert known is not None
    fix = known.move(subject, candidates("alpine", "3.22", TODAY)[0])
    assert fix is not None
    [found] = [one for one in fix.preconditions if one.statement.startswith(safety)]
    assert found.verdict is (Verdict.UNKNOWN if "RUN" in text else Verdict.HOLDS)


def test_stages_with_one_base_move_together_or_not_at_all() -> None:
    text = 'FROM alpine:3.22 AS a\nFROM "alpine:3.22"\n'
    subject = subject_of(text)
    known = known_base(subject)
    assert known is not None
    assert known.move(subject, candidates("alpine", "3.22", TODAY)[0]) is None
