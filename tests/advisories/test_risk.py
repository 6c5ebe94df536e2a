"""How much a vulnerability matters, and which comes first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hardening.advisories.importing import import_path
from hardening.advisories.model import Rating
from hardening.advisories.risk import risk
from hardening.advisories.severity import rating_of
from hardening.model import Severity
from tests.advisories.building import matched, record, store_of, until


@pytest.mark.parametrize(
    ("rating", "epss", "kev", "ransomware", "expected"),
    [
        (Rating(Severity.CRITICAL, "x", 9.8), None, True, False, 98.7),
        (Rating(Severity.CRITICAL, "x", 9.8), None, True, True, 100.0),
        (Rating(Severity.HIGH, "x"), 0.5, False, False, 37.5),
        (Rating(None, "x"), 0.1, False, False, 5.0),
        (Rating(Severity.CRITICAL, "x", 9.8), None, False, False, 0.0),
    ],
)
def test_risk(
    rating: Rating, epss: float | None, kev: bool, ransomware: bool, expected: float
) -> None:
    assert risk(rating, epss=epss, kev=kev, ransomware=ransomware) == expected


def test_order_is_exploited_mendable_risk_severity(tmp_path: Path) -> None:
    low = {"database_specific": {"severity": "LOW"}}
    high = {"database_specific": {"severity": "HIGH"}}
    unfixed = ("introduced", "0")
    kev = {
        "catalogVersion": "1",
        "vulnerabilities": [{"cveID": "CVE-2026-1", "dateAdded": "2026-01-01"}],
    }
    store = store_of(
        tmp_path,
        record("CVE-2026-1", "npm", "x", unfixed, **low),
        record("CVE-2026-2", "npm", "x", *until("2.0.0"), **low),
        record("CVE-2026-3", "npm", "x", *until("2.0.0"), **high),
        record("CVE-2026-4", "npm", "x", *until("2.0.0")),
        record("CVE-2026-5", "npm", "x", unfixed, **high),
        kev,
    )
    found = matched(store, ("npm", "x", "1.0.0"))
    assert [one.id[-1] for one in found.vulnerabilities] == ["1", "3", "4", "2", "5"]
    scores = tmp_path / "epss.csv"
    scores.write_text("cve,epss,percentile\nCVE-2026-2,0.9,0.99\nCVE-2026-3,0.01,0.5\n")
    import_path(scores, store=store)
    found = matched(store, ("npm", "x", "1.0.0"))
    assert [one.id[-1] for one in found.vulnerabilities] == ["1", "2", "3", "4", "5"]
    assert found.vulnerabilities[1].risk == 27.0


V2 = {"type": "CVSS_V2", "score": "AV:N/AC:L/Au:N/C:P/I:P/A:P"}
V3 = {"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}
V30 = {"type": "CVSS_V3", "score": "CVSS:3.0/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N"}
V4 = {
    "type": "CVSS_V4",
    "score": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:L/VA:N/SC:N/SI:N/SA:N",
}
BROKEN = {"type": "CVSS_V4", "score": "CVSS:4.0/AV:N"}
LABEL = {"database_specific": {"severity": "CRITICAL"}}


@pytest.mark.parametrize(
    ("more", "severity", "source", "score"),
    [
        ({"severity": [V2]}, Severity.HIGH, "CVSS v2", 7.5),
        ({"severity": [V30]}, Severity.LOW, "CVSS v3", 1.8),
        ({"severity": [V2, V3]}, Severity.CRITICAL, "CVSS v3", 9.8),
        ({"severity": [V3, V4]}, Severity.MEDIUM, "CVSS v4", 6.9),
        ({"severity": [BROKEN, V2]}, Severity.HIGH, "CVSS v2", 7.5),
        ({"severity": [V2], **LABEL}, Severity.HIGH, "CVSS v2", 7.5),
        ({"severity": [BROKEN], **LABEL}, Severity.CRITICAL, "GHSA", None),
        ({"affected": [{"severity": [V3]}]}, Severity.CRITICAL, "CVSS v3", 9.8),
        ({"severity": [{"type": "Ubuntu", "score": "low"}, V3]}, Severity.LOW, "Ubuntu", None),
        ({"id": "ALSA-1", "summary": "Moderate: nodejs:20 security update", "severity": [V3]},
         Severity.MEDIUM, "ALSA", None),
        ({"id": "RHSA-1", "summary": "nodejs:20 security update", "severity": [V3]},
         Severity.CRITICAL, "CVSS v3", 9.8),
        ({}, None, "nobody rated it", None),
    ],
)  # fmt: skip
def test_who_is_believed_about_the_severity(
    more: dict[str, Any], severity: Severity | None, source: str, score: float | None
) -> None:
    assert rating_of({"id": "GHSA-1", **more}) == Rating(severity, source, score)
