"""Every rule's examples are its tests: it fires, its fix gives exactly this text, it is silent
afterwards, and a second fix does nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from hardening.analyse import analyse
from hardening.image.synthetic import ImageSketch, make_image
from hardening.model import Finding, Safety
from hardening.opening import memory_subject, scan_secrets
from hardening.plan import Plan, fix_key
from hardening.replay import all_fixes, replay
from hardening.rules import Example, Need, Rule, all_rules
from hardening.settings import Settings
from hardening.subject import Subject

TODAY = date(2026, 11, 24)
RULES = all_rules()


def subject_of(rule: Rule, example: Example) -> Subject:
    settings = Settings(
        profile=rule.profile,
        labels=example.labels,
        strict_labels=example.strict_labels,
        allowed_registries=example.allowed_registries,
    )
    image = make_image(example.image) if isinstance(example.image, ImageSketch) else None
    subject = memory_subject(
        example.text,
        files=example.files,
        image=image,
        run=example.run,
        settings=settings,
        assessment=example.assessment(),
    )
    subject = replace(subject, base_digests=example.base_digests, today=TODAY)
    return scan_secrets(subject) if Need.SECRETS in rule.needs else subject


def findings_of(rule: Rule, subject: Subject) -> tuple[Finding, ...]:
    report = analyse(subject, rules=(rule,), today=TODAY)
    assert not report.failures, report.failures[0].traceback
    return tuple(one for one in report.findings if one.rule == rule.id)


def cases(kind: str) -> list[object]:
    return [
        pytest.param(rule, example, id=f"{rule.id}-{number}")
        for rule in RULES
        for number, example in enumerate(getattr(rule, kind), 1)
    ]


@pytest.mark.parametrize(("rule", "example"), cases("good"))
def test_good_example_is_silent(rule: Rule, example: Example) -> None:
    assert not findings_of(rule, subject_of(rule, example))


@pytest.mark.parametrize(("rule", "example"), cases("bad"))
def test_bad_example_fires(rule: Rule, example: Example) -> None:
    found = findings_of(rule, subject_of(rule, example))
    assert found
    if example.findings is not None:
        assert len(found) == example.findings
    assert len({one.key for one in found}) == len(found)


@pytest.mark.parametrize(("rule", "example"), cases("bad"))
def test_fix_gives_exactly_the_example(rule: Rule, example: Example) -> None:
    subject = subject_of(rule, example)
    done = all_fixes(subject, Safety.REVIEW, rules=(rule,))
    assert not done.dropped
    assert not done.conflicts
    texts = done.subject.texts
    expected_files = {**example.files, **example.files_after}
    if example.after is None and not example.files_after:
        assert not done.applied, done.workspace.diff()
        return
    after = example.text if example.after is None else example.after
    assert done.subject.dockerfile is not None
    assert texts[done.subject.dockerfile.path] == after
    for path, content in texts.items():
        if path != done.subject.dockerfile.path:
            assert content == expected_files.get(path), path
    assert set(example.files_after) <= set(texts)
    assert all(one.silenced for one in done.applied), "a fix did not silence its finding"
    assert not done.subject.dockerfile.unparsed or subject.dockerfile.unparsed  # type: ignore[union-attr]
    again = all_fixes(done.subject, Safety.REVIEW, rules=(rule,))
    assert not again.applied, again.workspace.diff()


@pytest.mark.parametrize(("rule", "example"), cases("bad"))
def test_each_fix_alone_brings_no_other_finding(rule: Rule, example: Example) -> None:
    subject = subject_of(rule, example)
    for finding in findings_of(rule, subject):
        for fix in finding.fixes:
            if fix.safety is Safety.MANUAL:
                continue
            done = replay(subject, Plan((fix_key(finding, fix),)))
            assert len(done.applied) == 1, done.dropped
            applied = done.applied[0]
            assert applied.silenced, done.workspace.diff()
            assert not applied.introduced, (applied.introduced, done.workspace.diff())


@pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])
def test_rule_describes_itself(rule: Rule) -> None:
    assert rule.bad and rule.good
    assert rule.title and not rule.title.endswith(".")
    assert rule.title[0].isupper()
    assert len(rule.why) > 40, "say what an attacker gains or what breaks"
    assert rule.references and all(one.startswith("https://") for one in rule.references)
    assert all(":" in alias for alias in rule.aliases)
    assert len(set(rule.aliases)) == len(rule.aliases)
    for finding in findings_of(rule, subject_of(rule, rule.bad[0])):
        assert finding.message
        assert finding.fixes or finding.tip, "a finding without a fix needs a tip"
