"""Dockerfiles put together from the examples of all rules: no rule crashes, no fix breaks the
file, and what was fixed stays fixed."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hardening.analyse import analyse
from hardening.dockerfile import parse
from hardening.model import Profile, Safety
from hardening.opening import memory_subject
from hardening.replay import all_fixes
from hardening.rules import all_rules
from hardening.settings import Settings
from hardening.subject import Subject
from tests.rules.test_examples import TODAY

BLOCKS = sorted(
    {
        example.text
        for rule in all_rules()
        for example in (*rule.bad, *rule.good)
        if example.text.endswith("\n") and not parse(example.text).unparsed
    }
)
LINES = sorted(
    {
        instruction.span.slice(block)
        for block in BLOCKS
        for instruction in parse(block).instructions
        if instruction.keyword != "FROM" and "\r" not in block and "escape" not in block
    }
)
THEMES = ("base", "user", "packages", "build", "style")


def subject_of(text: str) -> Subject:
    subject = memory_subject(text, settings=Settings(profile=Profile.ALL))
    return replace(subject, today=TODAY)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
@given(st.lists(st.sampled_from(BLOCKS), min_size=1, max_size=3))
def test_no_rule_crashes_on_stages_of_examples(blocks: list[str]) -> None:
    report = analyse(subject_of("".join(blocks)), today=TODAY)
    assert not report.failures, report.failures[0].traceback


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
@given(
    st.lists(st.sampled_from(LINES), min_size=1, max_size=6),
    st.sampled_from(["\n", "\r\n"]),
)
def test_all_fixes_together_leave_a_file_that_stays_fixed(lines: list[str], newline: str) -> None:
    text = newline.join(["FROM debian:13", *(one.replace("\n", newline) for one in lines), ""])
    subject = subject_of(text)
    rules = tuple(
        rule
        for rule in all_rules()
        if rule.theme in THEMES and rule.id not in ("root-user", "single-stage-build")
    )
    done = all_fixes(subject, Safety.REVIEW, rules=rules)
    assert not done.conflicts
    after = done.subject.dockerfile
    assert after is not None and subject.dockerfile is not None
    assert len(after.unparsed) <= len(subject.dockerfile.unparsed)
    assert all(one.silenced for one in done.applied), done.workspace.diff()
    if newline == "\r\n":
        assert "\n" not in after.text.replace("\r\n", "")
    again = all_fixes(done.subject, Safety.REVIEW, rules=rules)
    assert not again.applied, again.workspace.diff()
