"""What is said before slim or distroless is proposed."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from hardening.analyse import analyse
from hardening.image.synthetic import FileSketch, ImageSketch, LayerSketch, make_image
from hardening.model import Precondition, Safety, Verdict
from hardening.opening import memory_subject
from hardening.replay import edited
from hardening.rewrites.base_image import Candidate, Risk, candidates, distroless
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


COMMANDS = "No RUN, start command or health check uses what the slim image leaves out"
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


def test_a_health_check_that_slim_cannot_run_is_seen() -> None:
    text = "FROM python:3.14\nHEALTHCHECK CMD curl -f http://127.0.0.1/ || exit 1\n"
    assert verdicts(subject_of(text))[COMMANDS] is Verdict.FAILS
    text = 'FROM python:3.14\nHEALTHCHECK CMD ["curl", "-f", "http://127.0.0.1/"]\n'
    assert verdicts(subject_of(text))[COMMANDS] is Verdict.FAILS
    text = "FROM python:3.14\nRUN apt-get install -y curl\nHEALTHCHECK CMD curl -f http://a/\n"
    assert verdicts(subject_of(text))[COMMANDS] is Verdict.HOLDS


@pytest.mark.parametrize(
    ("script", "verdict"),
    [
        (b"#!/bin/sh\nset -e\nexec python /app.py\n", Verdict.HOLDS),
        (b"#!/bin/sh\ngit pull\nexec python /app.py\n", Verdict.FAILS),
        (b"#!/usr/bin/env python3\nimport git\n", Verdict.HOLDS),
    ],
)
def test_the_script_that_starts_is_read(script: bytes, verdict: Verdict) -> None:
    text = 'FROM python:3.14\nCOPY . /app\nENTRYPOINT ["/app/start.sh"]\n'
    assert verdicts(subject_of(text, {"app/start.sh": script}))[COMMANDS] is verdict
    assert verdicts(subject_of(text))[COMMANDS] is Verdict.UNKNOWN


def far_verdicts(subject: Subject, row: Candidate) -> dict[str, Precondition]:
    known = known_base(subject)
    assert known is not None
    assert subject.dockerfile is not None
    found = conditions(subject.dockerfile, known.stage, known.old, row, subject.image)
    return {one.statement: one for one in found}


def alpine_verdicts(text: str, files: dict[str, bytes] | None = None) -> dict[str, Precondition]:
    subject = subject_of(text, files)
    known = known_base(subject)
    assert known is not None
    rows = candidates(known.old.image, known.old.text, TODAY, libc=True)
    [row] = [one for one in rows if one.libc_changes and "alpine" in one.tag.text][:1]
    return far_verdicts(subject, row)


@pytest.mark.parametrize(
    ("rest", "statement"),
    [
        ("RUN apt-get install -y a\n", "No RUN uses a package manager that Alpine lacks"),
        ("RUN useradd -r app\n", "Every command that is used is in Alpine's image"),
        ('SHELL ["/bin/bash", "-c"]\n', "Every command that is used is in Alpine's image"),
        ('ENTRYPOINT ["bash", "-c", "x"]\n', "Every command that is used is in Alpine's image"),
        ("HEALTHCHECK CMD curl http://a/\n", "Every command that is used is in Alpine's image"),
    ],
)
def test_what_alpine_lacks(rest: str, statement: str) -> None:
    found = alpine_verdicts(f"FROM python:3.14\n{rest}")[statement]
    assert found.verdict is Verdict.FAILS
    assert "line 2" in found.evidence
    assert alpine_verdicts("FROM python:3.14\nUSER 1\n")[statement].verdict is Verdict.HOLDS


def test_a_program_for_glibc_does_not_go_to_alpine(tmp_path: Path) -> None:
    compiler = require_program("gcc")
    source, program = tmp_path / "a.c", tmp_path / "a"
    source.write_text("int main(void) { return 0; }\n")
    subprocess.run([compiler, "-o", program, source], check=True)
    statement = "No program of the own layers needs glibc"
    text = "FROM python:3.14\nCOPY . /app\n"
    found = alpine_verdicts(text, {"app/a": program.read_bytes()})[statement]
    assert found.verdict is not Verdict.HOLDS
    assert "/app/a" in found.evidence
    assert alpine_verdicts(text, {"app/a": b"text"})[statement].verdict is Verdict.HOLDS
    assert alpine_verdicts(text)[statement].verdict is Verdict.UNKNOWN


def test_the_c_library_is_never_said_to_be_safe_and_never_moved_unasked() -> None:
    subject = subject_of("FROM python:3.14\nUSER 1\n")
    known = known_base(subject)
    assert known is not None
    assert not any(one.libc_changes for one in candidates("python", "3.14", TODAY))
    [row, *_] = [one for one in candidates("python", "3.14", TODAY, libc=True) if one.libc_changes]
    fix = known.move(subject, row)
    assert fix is not None
    assert fix.safety is Safety.REVIEW
    report = analyse(subject, today=TODAY)
    assert not any("alpine" in fix.title for one in report.findings for fix in one.fixes)


@pytest.mark.parametrize(
    ("rest", "failed"),
    [
        ('CMD ["/app"]\n', 0),
        ("CMD /app\n", 2),
        ('RUN a\nCMD ["/app"]\n', 1),
        ("RUN a\nENTRYPOINT /app\n", 3),
        ("", 1),
        ('CMD ["node", "/app.js"]\n', 1),
        ('USER app\nCMD ["/app.js"]\n', 1),
        ('USER 1000\nCMD ["/app.js"]\n', 0),
        ('HEALTHCHECK CMD ["curl", "http://a/"]\nCMD ["/app.js"]\n', 1),
    ],
)
def test_distroless_is_judged_and_patched_only_when_nothing_fails(rest: str, failed: int) -> None:
    subject = subject_of(f"FROM node:24-bookworm-slim AS run\n{rest}")
    known, row = known_base(subject), distroless("node", "24-bookworm-slim")
    assert known is not None
    assert row is not None
    found = far_verdicts(subject, row).values()
    assert sum(one.verdict is Verdict.FAILS for one in found) == failed
    assert any(one.verdict is Verdict.UNKNOWN for one in found)
    fix = known.move(subject, row)
    assert fix is not None
    assert fix.safety is (Safety.MANUAL if failed else Safety.REVIEW)
    texts, _ = edited(subject.texts, {}, fix.edits)
    assert texts["Dockerfile"].startswith(f"FROM {row.name}:nonroot AS run\n")


def test_distroless_looks_at_scripts_and_libraries_of_the_image() -> None:
    text = 'FROM node:24-bookworm-slim\nCOPY . /app\nCMD ["/app/app.js"]\n'
    row = distroless("node", "24-bookworm-slim")
    assert row is not None
    statement = "Nothing that starts is a shell script or a tool of the distribution"
    found = far_verdicts(subject_of(text, {"app/a.js": b"x"}), row)[statement]
    assert found.verdict is Verdict.HOLDS
    found = far_verdicts(subject_of(text, {"app/helper": b"#!/bin/bash\n"}), row)[statement]
    assert found.verdict is Verdict.UNKNOWN
    assert "/app/helper (bash)" in found.evidence
    found = far_verdicts(subject_of(text, {"app/app.js": b"#!/bin/sh\nexec node a\n"}), row)[
        statement
    ]
    assert found.verdict is Verdict.FAILS


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
