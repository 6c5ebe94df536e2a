"""The hardening score, 0 to 100; docs/score.md explains it to people.

Each finding costs points by severity and confidence; the score falls exponentially with the sum,
so that every finding taken away raises it or leaves it where it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from hardening.model import Confidence, Finding, Severity

COST = {
    Severity.INFO: 0.0,
    Severity.LOW: 1.5,
    Severity.MEDIUM: 5.0,
    Severity.HIGH: 12.0,
    Severity.CRITICAL: 30.0,
}
WEIGHT = {Confidence.LOW: 0.4, Confidence.MEDIUM: 0.7, Confidence.HIGH: 1.0}
HALVING = 40.0
"""Cost that halves the score."""


def cost(finding: Finding) -> float:
    return COST[finding.severity] * WEIGHT[finding.confidence]


def score(findings: Iterable[Finding]) -> int:
    """100 when no finding costs anything, less otherwise; never below 0."""
    total = math.fsum(cost(finding) for finding in findings)
    return math.floor(100 * math.pow(0.5, total / HALVING) + 1e-9)
