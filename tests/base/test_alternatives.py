"""Alternatives of one base as separate fixes, and what the plan makes of several of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from hardening.analyse import analyse
from hardening.model import Finding, Safety
from hardening.opening import memory_subject
from hardening.plan import Plan, fix_key
from hardening.replay import replay
from hardening.rewrites.base_image import Risk, onward
from hardening.subject import Subject

TODAY = date(2026, 11, 24)


def subject_of(text: str) -> Subject:
    return replace(memory_subject(text), today=TODAY)


def finding_of(subject: Subject, rule: str) -> Finding:
    [found] = [one for one in analyse(subject, today=TODAY).findings if one.rule == rule]
    return found


def test_an_ended_base_has_every_sensible_way_on() -> None:
    found = finding_of(subject_of("FROM python:3.11-slim-buster\nUSER 1\n"), "end-of-life-base")
    assert [fix.name for fix in found.fixes] == [
        "system-3-11-slim-bookworm",
        "system-3-11-slim-trixie",
        "minor-3-12-slim-bookworm",
        "minor-3-14-slim-trixie",
    ]
    assert found.best_fix is found.fixes[0]
    assert all(fix.preconditions and fix.effect for fix in found.fixes)


def test_what_needs_hands_comes_last_and_is_no_best_fix() -> None:
    found = finding_of(subject_of("FROM mysql:5.7\nUSER 1\n"), "end-of-life-base")
    assert found.fixes
    assert all(fix.safety is Safety.MANUAL for fix in found.fixes)
    assert found.best_fix is None


def test_one_finding_for_all_stages_with_the_base() -> None:
    text = "FROM golang:1.19 AS a\nRUN x\nFROM golang:1.19 AS b\nRUN y\nFROM scratch\n"
    found = finding_of(subject_of(text), "end-of-life-base")
    assert len(found.places) == 2


def test_another_alternative_takes_the_place_of_the_first() -> None:
    subject = subject_of("FROM python:3.11-slim-buster\nUSER 1\n")
    found = finding_of(subject, "end-of-life-base")
    first, second = (fix_key(found, fix) for fix in found.fixes[:2])
    plan = Plan().accept(first).accept(second)
    assert plan.fixes == (second,)
    done = replay(subject, plan)
    assert done.subject.texts["Dockerfile"] == "FROM python:3.11-slim-trixie\nUSER 1\n"


@pytest.mark.parametrize("turned", [False, True])
def test_two_alternatives_at_once_give_one_base_and_a_reason(turned: bool) -> None:
    """A plan that holds both, as a hand-made file may: one is applied, the other told."""
    subject = subject_of("FROM python:3.11-slim-buster\nUSER 1\n")
    found = finding_of(subject, "end-of-life-base")
    keys = [fix_key(found, fix) for fix in found.fixes[:2]]
    done = replay(subject, Plan(tuple(keys[::-1] if turned else keys)))
    assert [one.key for one in done.applied] == keys[:1]
    assert [(one.key, one.reason) for one in done.dropped] == [(keys[1], "its finding is gone")]
    assert done.subject.texts["Dockerfile"].startswith("FROM python:3.11-slim-bookworm\n")


def test_an_alternative_of_another_rule_gives_way_too() -> None:
    """A pin of the old base and a move away from it: the base is moved, once."""
    digest = "sha256:" + "1" * 64
    subject = replace(
        subject_of("FROM alpine:3.22\nUSER 1\n"),
        base_digests={"alpine:3.22": digest, "alpine:3.23": digest},
    )
    away, pin = finding_of(subject, "better-base"), finding_of(subject, "unpinned-base")
    keys = (fix_key(pin, pin.fixes[0]), fix_key(away, away.fixes[0]))
    done = replay(subject, Plan(keys))
    assert done.subject.texts["Dockerfile"] == f"FROM alpine:3.23@{digest}\nUSER 1\n"
    assert [one.key for one in done.applied] == [keys[1]]
    assert [one.key for one in done.dropped] == [keys[0]]


@pytest.mark.parametrize(
    ("image", "tag", "risk", "wanted"),
    [
        ("php", "7-fpm", Risk.MAJOR, "8.3-fpm"),
        ("buildpack-deps", "stretch-curl", Risk.SYSTEM, "bookworm-curl"),
        ("mongo", "5", Risk.MAJOR, "7.0"),
    ],
)
def test_tags_that_are_not_compared_have_one_way_on(
    image: str, tag: str, risk: Risk, wanted: str
) -> None:
    [row] = onward(image, tag, TODAY)
    assert (row.risk, row.tag.text) == (risk, wanted)


def test_there_is_no_way_on_where_nothing_is_maintained() -> None:
    assert onward("centos", "7", TODAY) == ()
