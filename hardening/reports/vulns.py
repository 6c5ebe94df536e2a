"""Vulnerabilities as text and as JSON, with the dates of the data and what was not assessed."""

from __future__ import annotations

from typing import Any

from hardening.advisories.assessment import Assessment, Row
from hardening.reports.plain import printable

SCHEMA = "drydock.vulns/1"


def vulns_values(subject: str, assessed: Assessment) -> dict[str, Any]:
    """The JSON document; `subject` is the image as it was named."""
    return {
        "schema": SCHEMA,
        "image": subject,
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
        "layer": package.layer,
        "base": package.base.value,
        "action": line.action,
        "path": package.path,
        "summary": row.summary,
        "hidden": row.hidden or None,
    }


def vulns_text(assessed: Assessment) -> str:
    """A line for each, what was hidden as a count, groups by action, and what was not assessed."""
    shown = [one for one in assessed.rows if not one.vulnerability.hidden]
    lines = []
    groups: dict[str, int] = {}
    for line in shown:
        row, package = line.vulnerability, line.packages[0]
        severity = "unrated" if row.rating.severity is None else row.rating.severity.label
        mark = " exploited" if row.kev else ""
        fixed = f"fixed in {row.fixed}" if row.fixed else "no fix"
        lines.append(f"{row.id} {severity}{mark} {package.name} {package.version}, {fixed}")
        groups[line.action] = groups.get(line.action, 0) + 1
    hidden = len(assessed.rows) - len(shown)
    parts = ", ".join(f"{action} {count}" for action, count in sorted(groups.items()))
    lines.append(
        f"{len(shown):,} {'vulnerability' if len(shown) == 1 else 'vulnerabilities'}"
        + (f": {parts}" if parts else "")
        + (f"; {hidden} hidden" if hidden else "")
    )
    lines += [
        f"not assessed: {one.what}: {one.reason}. {one.next_step}".rstrip()
        for one in assessed.not_assessed
    ]
    lines += [f"data: {one.name}, imported {one.imported[:10]}" for one in assessed.feeds]
    return "".join(printable(line) + "\n" for line in lines)
