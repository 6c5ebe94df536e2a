"""How much a vulnerability matters, and which comes first."""

from __future__ import annotations

from pathlib import Path

import pytest

from hardening.advisories.importing import import_path
from hardening.advisories.model import Rating
from hardening.advisories.risk import risk
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
