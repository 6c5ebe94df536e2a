"""The same fixes in files of other shapes: CRLF, no final newline, a comment between, lower case,
and inside of a stage that another one is built on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hardening.image.synthetic import ImageSketch, make_image
from hardening.model import Safety
from hardening.opening import memory_subject
from hardening.replay import all_fixes
from hardening.rules import Example, Rule
from hardening.settings import Settings
from tests.rules.test_examples import RULES, TODAY

CASES = [
    pytest.param(rule, example, id=f"{rule.id}-{number}")
    for rule in RULES
    for number, example in enumerate(rule.bad, 1)
    if example.after is not None and not example.files_after and example.run is None
]


def fixed(rule: Rule, example: Example, text: str) -> str:
    settings = Settings(
        profile=rule.profile,
        labels=example.labels,
        strict_labels=example.strict_labels,
        allowed_registries=example.allowed_registries,
    )
    image = make_image(example.image) if isinstance(example.image, ImageSketch) else None
    subject = memory_subject(
        text,
        files=example.files,
        image=image,
        settings=settings,
        assessment=example.assessment(),
    )
    subject = replace(subject, base_digests=example.base_digests, today=TODAY)
    done = all_fixes(subject, Safety.REVIEW, rules=(rule,))
    assert not done.conflicts
    assert not done.dropped
    assert done.subject.dockerfile is not None
    return done.subject.texts[done.subject.dockerfile.path]


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_crlf_stays_crlf(rule: Rule, example: Example) -> None:
    assert example.after is not None
    text = example.text.replace("\r\n", "\n").replace("\n", "\r\n")
    after = example.after.replace("\r\n", "\n").replace("\n", "\r\n")
    assert fixed(rule, example, text) == after


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_missing_final_newline_stays_missing(rule: Rule, example: Example) -> None:
    assert example.after is not None
    if not example.text.endswith("\n"):
        pytest.skip("the example has no final newline already")
    result = fixed(rule, example, example.text.rstrip("\r\n"))
    assert result.rstrip("\r\n") == example.after.rstrip("\r\n")


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_what_stands_around_is_not_touched(rule: Rule, example: Example) -> None:
    """A stage before and comments around change nothing about the fix."""
    assert example.after is not None
    first, last = example.text.splitlines()[0], example.text.splitlines()[-1]
    if not first.startswith("FROM") or not example.after.startswith(("FROM", "ARG")):
        pytest.skip("the beginning of the file matters")
    if (
        len(example.after.splitlines()) > len(example.text.splitlines()) + 3
        and last in example.after
    ):
        pytest.skip("the fix adds a stage at the end")
    newline = "\r\n" if "\r\n" in example.text else "\n"
    head = f"# a comment{newline}{newline}"
    tail = f"{newline}# the end{newline}"
    text = head + example.text + tail
    assert fixed(rule, example, text) == head + example.after + tail
