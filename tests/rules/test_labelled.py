"""The labelled cases of other tools: at least 0.99 of what they want to hear, and no alarm that is
not argued in docs/disagreements.md."""

from __future__ import annotations

import pytest

from benchmarks.labelled import TODAY, cases_of
from hardening.analyse import analyse
from hardening.rules import all_rules
from tests.shared import shared_data

ARGUED = {"DL3002:88"}
"""Cases in which a rule fires that the other tool wants silent."""


@pytest.mark.shared
@pytest.mark.parametrize("name", ["lint-hadolint", "lint-dockle"])
def test_recall_and_alarms(name: str) -> None:
    cases = cases_of(shared_data(name))
    assert cases
    missed, alarms, wanted = [], [], 0
    for case in cases:
        rules = tuple(one for one in all_rules() if case.alias in one.aliases)
        if not rules:
            continue
        report = analyse(case.subject, rules=rules, today=TODAY)
        assert not report.failures, report.failures[0].traceback
        wanted += case.fires
        if case.fires and not report.findings:
            missed.append(case.name)
        elif report.findings and not case.fires and case.name not in ARGUED:
            alarms.append(case.name)
    assert not alarms
    assert len(missed) <= 0.01 * wanted, missed
