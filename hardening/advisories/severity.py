"""Which severity counts, and who said so.

Order: the distribution's own rating; CVSS v4, else v3, else v2; the database's label; nothing.
CVSS arithmetic is the `cvss` library's. Cuts: 0.1 low, 4 medium, 7 high, 9 critical.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from hardening.advisories.model import Rating
from hardening.model import Severity

_WORDS = {
    "negligible": Severity.INFO,
    "unimportant": Severity.INFO,
    "low": Severity.LOW,
    "minor": Severity.LOW,
    "medium": Severity.MEDIUM,
    "moderate": Severity.MEDIUM,
    "high": Severity.HIGH,
    "important": Severity.HIGH,
    "critical": Severity.CRITICAL,
}
_CUTS = (
    (9.0, Severity.CRITICAL),
    (7.0, Severity.HIGH),
    (4.0, Severity.MEDIUM),
    (0.1, Severity.LOW),
    (0.0, Severity.INFO),
)
UNRATED = Rating(None, "nobody rated it")


def rating_of(record: Mapping[str, Any]) -> Rating:
    """The rating of a decoded OSV record."""
    if str(record.get("id", "")).startswith("MAL-"):
        return Rating(Severity.CRITICAL, "malicious package")
    severities = _severities(record)
    distribution = _distribution(record, severities)
    return distribution or _vectors(severities) or _label(record) or UNRATED


def _severities(record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The record's own, else those it gives for its first rated package."""
    given = listed(record.get("severity"))
    if not given:
        affected = (one for one in listed(record.get("affected")) if isinstance(one, dict))
        given = next(filter(None, (listed(one.get("severity")) for one in affected)), [])
    return [one for one in given if isinstance(one, dict)]


def urgency_rating(urgency: str) -> Rating | None:
    """Debian's urgency where it says something; "not yet assigned" says nothing."""
    severity = _WORDS.get(urgency.lower())
    return None if severity is None else Rating(severity, "Debian")


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _distribution(record: Mapping[str, Any], severities: list[Mapping[str, Any]]) -> Rating | None:
    for one in severities:
        word = str(one.get("score", "")).lower()
        if one.get("type") == "Ubuntu" and word in _WORDS:
            return Rating(_WORDS[word], "Ubuntu")
    identifier, summary = str(record.get("id", "")), str(record.get("summary", ""))
    word = summary.partition(":")[0].lower()
    if identifier.startswith(("ALSA-", "RLSA-", "RHSA-")) and word in _WORDS:
        return Rating(_WORDS[word], identifier[:4])
    return None


def _vectors(severities: list[Mapping[str, Any]]) -> Rating | None:
    for kind in ("CVSS_V4", "CVSS_V3", "CVSS_V2"):
        for one in severities:
            score = base_score(str(one.get("score", ""))) if one.get("type") == kind else None
            if score is not None:
                severity = next(severity for cut, severity in _CUTS if score >= cut)
                return Rating(severity, kind.replace("_V", " v"), score)
    return None


def _label(record: Mapping[str, Any]) -> Rating | None:
    specific = record.get("database_specific")
    word = specific.get("severity") if isinstance(specific, dict) else None
    severity = _WORDS.get(word.lower()) if isinstance(word, str) else None
    return None if severity is None else Rating(severity, str(record.get("id", "")).split("-")[0])


@lru_cache(maxsize=20000)
def base_score(vector: str) -> float | None:
    """The base score of a CVSS v2, v3.x or v4 vector, None for a text that is none."""
    if len(vector) > 400:
        return None
    import cvss

    try:
        if vector.startswith("CVSS:4"):
            return float(cvss.CVSS4(vector).base_score)
        if vector.startswith("CVSS:3"):
            return float(cvss.CVSS3(vector).base_score)
        return float(cvss.CVSS2(vector).base_score)
    except (cvss.CVSSError, ValueError, KeyError, ArithmeticError):
        return None
