"""Replay: any order of acceptance gives one text; taking a fix out replays the rest; nothing is
lost, and what could not be applied is told."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from hardening.analyse import analyse
from hardening.model import Safety
from hardening.opening import memory_subject, open_files
from hardening.plan import Plan, fix_key
from hardening.replay import all_fixes, replay
from hardening.subject import Subject

SAMPLES = Path(__file__).resolve().parents[2] / "sample_dockerfiles"
NAMES = sorted(path.parent.name for path in SAMPLES.glob("*/Dockerfile"))


def usable_keys(subject: Subject) -> list[str]:
    keys = []
    for finding in analyse(subject).findings:
        fix = finding.best_fix
        if fix is not None:
            keys.append(fix_key(finding, fix))
    return keys


@pytest.mark.parametrize("name", NAMES)
def test_order_of_acceptance_does_not_matter(name: str) -> None:
    subject = open_files(SAMPLES / name)
    keys = usable_keys(subject)
    chance = random.Random(name)
    reference = replay(subject, Plan(tuple(keys)))
    for _ in range(4):
        chance.shuffle(keys)
        again = replay(subject, Plan(tuple(keys)))
        assert again.workspace.after == reference.workspace.after
        assert {one.key for one in again.dropped} == {one.key for one in reference.dropped}


@pytest.mark.parametrize("name", NAMES)
def test_taking_a_fix_out_is_as_if_it_was_never_in(name: str) -> None:
    subject = open_files(SAMPLES / name)
    keys = usable_keys(subject)
    for key in keys:
        plan = Plan(tuple(keys)).without(key)
        assert key not in plan
        rest = Plan(tuple(one for one in keys if one != key))
        assert replay(subject, plan).workspace.after == replay(subject, rest).workspace.after


@pytest.mark.parametrize("name", NAMES)
def test_every_fix_is_accounted_for(name: str) -> None:
    subject = open_files(SAMPLES / name)
    keys = usable_keys(subject)
    done = replay(subject, Plan(tuple(keys)))
    told = {one.key for one in done.applied} | {one.key for one in done.dropped}
    told |= {one.fix for one in done.conflicts}
    assert told == set(keys)
    assert all(one.reason for one in done.dropped)


def test_empty_plan_changes_nothing() -> None:
    subject = memory_subject("FROM debian:12\r\nRUN apt-get update")
    done = replay(subject, Plan())
    assert done.workspace.after == dict(subject.texts)
    assert done.workspace.diff() == ""


def test_a_key_of_another_file_is_dropped_with_its_reason() -> None:
    subject = memory_subject("FROM scratch\n")
    done = replay(subject, Plan(("root-user:abcdef:abcdef/add-user",)))
    assert [one.key for one in done.dropped] == ["root-user:abcdef:abcdef/add-user"]


def test_keys_survive_edits_elsewhere() -> None:
    before = memory_subject("FROM debian:12\nRUN cd /srv && make\nMAINTAINER me\n")
    after = memory_subject(
        "# new\nFROM debian:12\n\nRUN  cd /srv && make\nEXPOSE 1\nMAINTAINER me\n"
    )
    assert {one.key for one in analyse(before).findings if one.rule == "maintainer"} == {
        one.key for one in analyse(after).findings if one.rule == "maintainer"
    }


def test_safe_fixes_are_a_part_of_all_fixes() -> None:
    subject = open_files(SAMPLES / "python-flask")
    safe = all_fixes(subject, Safety.SAFE)
    review = all_fixes(subject, Safety.REVIEW)
    assert len(review.applied) >= len(safe.applied)
    assert all(one.fix.safety is Safety.SAFE for one in safe.applied)
