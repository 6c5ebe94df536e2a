"""Choosing any base as a fix like others: it composes, gives way, and is dropped where it is none
of the choices."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hardening.base_choice import KEY, base_choice, is_choice
from hardening.model import Finding
from hardening.opening import memory_subject
from hardening.plan import Plan, fix_key
from hardening.replay import replay
from hardening.rules import rule_by_id
from hardening.subject import Subject

TODAY = date(2026, 11, 1)
TWO_STAGES = (
    "FROM debian:12 AS build\nRUN make\nFROM debian:12\nCOPY --from=build /a /a\nUSER 1000\n"
)


def subject_of(text: str) -> Subject:
    return replace(memory_subject(text), today=TODAY)


def choice(subject: Subject) -> Finding:
    found = base_choice(subject)
    assert found is not None
    return found


def test_every_stage_moves_or_none() -> None:
    subject = subject_of(TWO_STAGES)
    finding = choice(subject)
    fix = next(one for one in finding.fixes if one.title == "Move to debian:13")
    done = replay(subject, Plan((fix_key(finding, fix),)))
    assert done.subject.texts["Dockerfile"] == TWO_STAGES.replace("debian:12", "debian:13")
    (applied,) = done.applied
    assert applied.silenced and applied.finding.message == "Move to debian:13"
    assert not done.dropped and not done.conflicts


def test_it_goes_before_the_fixes_of_findings() -> None:
    subject = subject_of("FROM debian:12\nRUN apt-get update && apt-get install -y curl\n")
    rule = rule_by_id("apt-lists-left-behind")
    assert rule is not None
    rules = (rule,)
    finding = choice(subject)
    fix = next(one for one in finding.fixes if one.title == "Move to debian:13")
    others = replay(subject, Plan(), rules=rules).report.findings
    keys = [fix_key(one, one.fixes[0]) for one in others if one.fixes]
    assert keys
    done = replay(subject, Plan((*keys, fix_key(finding, fix))), rules=rules)
    assert [one.key for one in done.applied] == [fix_key(finding, fix), *keys]


def test_what_is_no_choice_is_dropped_with_a_reason() -> None:
    for text in ("FROM debian:12\n", "FROM scratch\n", "FROM team/app:1\n"):
        done = replay(subject_of(text), Plan((f"{KEY}/system-99",)))
        assert [one.reason for one in done.dropped] == ["its finding is gone"]


def test_there_is_no_choice_without_a_known_base() -> None:
    for text in ("FROM scratch\n", "FROM team/app:1\n", "ARG X\nFROM $X\n", "RUN x\n"):
        assert base_choice(subject_of(text)) is None
    assert base_choice(replace(subject_of("FROM debian:12\n"), dockerfile=None)) is None
    assert is_choice(KEY) and is_choice(f"{KEY}/a") and not is_choice("base-choice:x:y/a")
