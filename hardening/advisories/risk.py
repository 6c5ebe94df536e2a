"""How much a vulnerability matters, and the order in which they are shown.

Risk is min(threat * severity * exploited, 1) * 100, as Grype reckons it: threat is 1 when CISA
knows of exploitation, else the EPSS probability (0 when EPSS has none); severity is the mean of the
label's midpoint and the CVSS score, over 10; exploited is 1.05 when it is, 1.1 when by ransomware.
Without EPSS data there is no risk, and severity alone decides.

Order: exploited first, then those that have a fix, then by risk, by severity (unrated between
medium and low), by package and id.
"""

from __future__ import annotations

from hardening.advisories.model import Rating, Vulnerability
from hardening.model import Severity

_MIDPOINTS = {
    Severity.CRITICAL: 9.0,
    Severity.HIGH: 7.5,
    Severity.MEDIUM: 5.0,
    Severity.LOW: 3.0,
    Severity.INFO: 0.5,
    None: 5.0,
}


def risk(rating: Rating, *, epss: float | None, kev: bool, ransomware: bool) -> float:
    """0 to 100, with two decimals."""
    threat = 1.0 if kev else epss or 0.0
    severity = _MIDPOINTS[rating.severity]
    if rating.score is not None:
        severity = (severity + rating.score) / 2
    factor = 1.1 if ransomware else 1.05 if kev else 1.0
    return round(min(threat * severity / 10 * factor, 1.0) * 100, 2)


def order(row: Vulnerability) -> tuple[bool, bool, float, float, str, str]:
    """Sort key: what to look at first comes first."""
    severity = 1.5 if row.rating.severity is None else float(row.rating.severity)
    return (not row.kev, not row.fixed, -(row.risk or 0.0), -severity, row.package, row.id)
