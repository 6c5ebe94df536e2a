"""Stages, arguments, shells, wrappers, configuration: each row is one Dockerfile and one rule."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hardening.analyse import analyse
from hardening.model import Safety
from hardening.opening import memory_subject
from hardening.replay import all_fixes
from hardening.rules import Profile, rule_by_id
from hardening.settings import Settings
from hardening.subject import Subject
from tests.rules.semantics import Rows, whole
from tests.rules.semantics.files import ROWS as FILES
from tests.rules.semantics.packages import ROWS as PACKAGES
from tests.rules.semantics.shells import ROWS as SHELLS
from tests.rules.semantics.stages import ROWS as STAGES
from tests.rules.semantics.trust import ROWS as TRUST
from tests.rules.test_examples import TODAY

ROWS: tuple[tuple[str, Rows], ...] = (
    *PACKAGES.items(),
    *FILES.items(),
    *SHELLS.items(),
    *STAGES.items(),
    *TRUST.items(),
)
CASES = [
    pytest.param(rule, text, expected, id=f"{rule}-{'fires' if expected else 'silent'}-{number}")
    for rule, rows in ROWS
    for expected, texts in ((True, rows.fires), (False, rows.silent))
    for number, text in enumerate(texts, 1)
]
FIXED = [
    pytest.param(rule, before, after, id=f"{rule}-{number}")
    for rule, rows in ROWS
    for number, (before, after) in enumerate(rows.fixed, 1)
]


def subject_of(text: str) -> Subject:
    subject = memory_subject(whole(text), settings=Settings(profile=Profile.ALL))
    return replace(subject, today=TODAY)


def fires(rule_id: str, text: str) -> bool:
    rule = rule_by_id(rule_id)
    assert rule is not None, rule_id
    report = analyse(subject_of(text), rules=(rule,), today=TODAY)
    assert not report.failures
    return any(one.rule == rule_id for one in report.findings)


@pytest.mark.parametrize(("rule_id", "text", "expected"), CASES)
def test_row(rule_id: str, text: str, expected: bool) -> None:
    assert fires(rule_id, text) is expected, whole(text)


@pytest.mark.parametrize(("rule_id", "before", "after"), FIXED)
def test_patch_of_row(rule_id: str, before: str, after: str) -> None:
    rule = rule_by_id(rule_id)
    assert rule is not None, rule_id
    done = all_fixes(subject_of(before), Safety.REVIEW, rules=(rule,))
    assert not done.conflicts and not done.dropped
    assert done.applied and all(one.silenced for one in done.applied)
    assert done.subject.dockerfile is not None
    assert done.subject.dockerfile.text == whole(after)


def test_tables_are_wide() -> None:
    """Every rule that is listed has rows of both kinds."""
    assert len(CASES) + len(FIXED) >= 150
    assert all(rows.fires and rows.silent for _, rows in ROWS)
