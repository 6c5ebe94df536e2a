"""Four times the file is about four times the work: the calls of each rule are counted."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date
from types import FrameType

import pytest

from hardening.model import Profile
from hardening.opening import memory_subject
from hardening.rules import all_rules
from hardening.settings import Settings
from tests.rules.long_files import SHAPES

SMALL = 120
FACTOR = 4
SLACK = 1.5
"""Times more than linear that is let pass: a rule may be silent below some number of lines."""

BOUNDED = {"undefined-variable"}
"""Compares with all names of the stage, up to a number that a test file does not reach."""

ENOUGH = 4000
"""Calls below which a rule's growth says nothing."""


def calls_of_rules(text: str) -> dict[str, int]:
    """How often a Python function starts or a generator goes on, for each rule on a new subject."""
    subject = memory_subject(text, settings=Settings(profile=Profile.ALL))
    subject = replace(subject, today=date(2026, 11, 24))
    counted: dict[str, int] = {}
    count = 0

    def note(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    for rule in all_rules():
        count = 0
        sys.setprofile(note)
        try:
            rule.run(subject)
        finally:
            sys.setprofile(None)
        counted[rule.id] = count
    return counted


@pytest.mark.parametrize("shape", SHAPES)
def test_work_grows_with_the_length(shape: str) -> None:
    make = SHAPES[shape]
    calls_of_rules(make(SMALL, 10_000))  # what is loaded and compiled once does not count
    small = calls_of_rules(make(SMALL, 20_000))
    large = calls_of_rules(make(SMALL * FACTOR, 30_000))
    grown = {
        rule: (small[rule], count)
        for rule, count in large.items()
        if rule not in BOUNDED and count > ENOUGH and count > SLACK * FACTOR * small[rule]
    }
    assert not grown
