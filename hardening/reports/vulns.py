"""Vulnerabilities as text and as JSON, with the dates of the data and what was not assessed."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hardening.advisories.assessment import Assessment, Row
from hardening.reports.plain import printable

SCHEMA = "drydock.vulns/1"


def vulns_values(subject: str, assessed: Assessment) -> dict[str, Any]:
    """The JSON document; `subject` is the image as it was named."""
    return {
        "schema": SCHEMA,
        "image": subject,
        "assessed": assessed.assessed,
        "vulnerabilities": [_row(one) for one in assessed.rows],
        "not_assessed": [
            {"what": one.what, "reason": one.reason, "next_step": one.next_step}
            for one in assessed.not_assessed
        ],
        "data": [
            {
                "name": one.name,
                "records": one.records,
                "imported": one.imported,
                "newest": one.newest,
                "licence": one.licence,
            }
            for one in assessed.feeds
        ],
    }


def _row(line: Row) -> dict[str, Any]:
    row, package = line.vulnerability, line.packages[0]
    severity = row.rating.severity
    return {
        "id": row.id,
        "aliases": list(row.aliases),
        "package": package.name,
        "installed": package.version,
        "fixed": row.fixed or None,
        "severity": None if severity is None else severity.label,
        "severity_source": row.rating.source,
        "cvss": row.rating.score,
        "epss": row.epss,
        "kev": row.kev,
        "ransomware": row.ransomware,
        "risk": row.risk,
        "layer": package.layer,
        "base": package.base.value,
        "action": line.action,
        "path": package.path,
        "summary": row.summary,
        "note": row.note or None,
        "advisory": row.advisory,
        "hidden": row.hidden or None,
    }


def vulns_text(assessed: Assessment) -> str:
    """A line for each, those without a fix apart, what was hidden as a count, groups by action,
    what was not assessed, and the dates of the data."""
    shown = [one for one in assessed.rows if not one.vulnerability.hidden]
    unfixed = [one for one in shown if not one.vulnerability.fixed]
    lines = [_line(one) for one in shown if one.vulnerability.fixed]
    if unfixed:
        lines += ["without a fix:", *(f"  {_line(one)}" for one in unfixed)]
    lines.append(total(assessed, shown))
    lines += [
        f"not assessed: {one.what}: {one.reason}. {one.next_step}".rstrip()
        for one in assessed.not_assessed
    ]
    lines += [f"data: {one.name}, imported {one.imported[:10]}" for one in assessed.feeds]
    return "".join(printable(line) + "\n" for line in lines)


def in_short(assessed: Assessment) -> str:
    """One line: the count by action, and when the data is from."""
    shown = [one for one in assessed.rows if not one.vulnerability.hidden]
    dates = ", ".join(
        f"{one.name} of {(one.newest or one.imported)[:10]}" for one in assessed.feeds
    )
    return total(assessed, shown) + (f"; data: {dates}" if dates else "")


def _line(line: Row) -> str:
    row, package = line.vulnerability, line.packages[0]
    severity = "unrated" if row.rating.severity is None else row.rating.severity.label
    marks = " exploited" if row.kev else ""
    if row.epss is not None:
        marks += f" {100 * row.epss:.1f}%"
    fixed = f"fixed in {row.fixed}" if row.fixed else row.note or "no fix"
    return f"{row.id} {severity}{marks} {package.name} {package.version}, {fixed}"


def total(assessed: Assessment, shown: list[Row]) -> str:
    """The count by action; that nothing was found is said only of what was looked up."""
    groups = Counter(line.action for line in shown)
    hidden = Counter(one.vulnerability.hidden for one in assessed.rows if one.vulnerability.hidden)
    if not assessed.assessed:
        return "nothing was assessed"
    noun = "vulnerability" if len(shown) == 1 else "vulnerabilities"
    packages = "package" if assessed.assessed == 1 else "packages"
    parts = ", ".join(f"{action} {count}" for action, count in sorted(groups.items()))
    left = ", ".join(f"{count} {reason}" for reason, count in sorted(hidden.items()))
    return (
        f"{len(shown):,} {noun} in {assessed.assessed:,} {packages}"
        + (f": {parts}" if parts else "")
        + (f"; {sum(hidden.values())} hidden ({left})" if left else "")
    )
