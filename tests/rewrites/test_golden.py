"""Whole Dockerfiles before and after the large rewrites."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from hardening.dockerfile.source import decode, encode
from hardening.model import Fix, Safety
from hardening.opening import memory_subject
from hardening.rewrites.multi_stage import multi_stage
from hardening.rewrites.non_root_user import non_root_user
from hardening.subject import Subject
from hardening.workspace import prepare_edits, splice

GOLDEN = Path(__file__).parent / "golden"
NAMES = sorted(path.name.removesuffix(".before.Dockerfile") for path in GOLDEN.glob("*.before.*"))
FILES: Mapping[str, Mapping[str, str]] = {
    "user-gosu": {
        "entrypoint.sh": '#!/bin/sh\nset -e\nif [ "$(id -u)" = 0 ]; then\n'
        '  chown shop /data\n  exec gosu shop "$@"\nfi\nexec "$@"\n'
    },
    "user-debian": {"shop.py": "", "shop.sqlite3": "", "uploads/.keep": ""},
    "multi-go": {
        "go.mod": "module example.org/api\n",
        "cmd/api/main.go": 'package main\nvar t = template.ParseGlob("templates/*")\n',
        "templates/a.html": "",
    },
    "multi-node": {
        "package.json": "{}",
        "package-lock.json": "{}",
        "docker/entrypoint.sh": "#!/bin/sh",
    },
    "multi-python": {"requirements.txt": "flask", "shop.py": ""},
    "multi-rust": {"Cargo.toml": '[package]\nname = "shop"\n', "src/main.rs": ""},
}


def subject_of(name: str) -> Subject:
    text = decode((GOLDEN / f"{name}.before.Dockerfile").read_bytes())
    return memory_subject(text, files=dict(FILES.get(name, {})))


def fix_of(name: str, subject: Subject) -> Fix:
    fix = multi_stage(subject) if name.startswith("multi") else non_root_user(subject)
    assert fix is not None, name
    return fix


def after(subject: Subject, fix: Fix) -> str:
    assert subject.dockerfile is not None
    text = subject.dockerfile.text
    return splice(text, prepare_edits(text, list(fix.edits)))


@pytest.mark.parametrize("name", NAMES)
def test_the_text_after_is_exactly_the_golden_one(name: str) -> None:
    subject = subject_of(name)
    fix = fix_of(name, subject)
    assert fix.safety is Safety.REVIEW
    golden = (GOLDEN / f"{name}.after.Dockerfile").read_bytes()
    assert encode(after(subject, fix)) == golden


@pytest.mark.parametrize("name", NAMES)
def test_the_result_parses_and_a_second_application_does_nothing(name: str) -> None:
    subject = subject_of(name)
    assert subject.dockerfile is not None
    changed = after(subject, fix_of(name, subject))
    again = subject.with_texts({subject.dockerfile.path: changed})
    assert again.dockerfile is not None
    assert not again.dockerfile.unparsed
    if name.startswith("multi"):
        assert multi_stage(again) is None
    else:
        from hardening.runtime.start import start_of

        assert start_of(again).user.root is False


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("multi")])
def test_the_build_stage_keeps_its_lines(name: str) -> None:
    subject = subject_of(name)
    assert subject.dockerfile is not None
    old = subject.dockerfile.text
    new = after(subject, fix_of(name, subject))
    newline = subject.dockerfile.newline
    kept = new.replace(" AS build", "", 1) if " AS " not in old else new
    assert kept.startswith(old)
    added = kept[len(old) :]
    assert added.startswith(newline)
    assert added.replace("\r\n", "").count("\n") == (0 if newline == "\r\n" else added.count("\n"))


def test_an_entrypoint_that_always_switches_the_user_keeps_its_root() -> None:
    text = 'FROM debian:12\nRUN useradd shop\nCOPY run.sh /\nENTRYPOINT ["/run.sh"]\n'
    subject = memory_subject(text, files={"run.sh": '#!/bin/sh\nexec gosu shop "$@"\n'})
    fix = non_root_user(subject)
    assert fix is not None
    assert fix.safety is Safety.MANUAL
    assert any("gosu" in one.evidence for one in fix.preconditions)
