"""Vulnerabilities as text and as JSON, with the dates of the data and what was not assessed."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import Any

from hardening.advisories.assessment import Assessment, Row
from hardening.advisories.model import Feed
from hardening.reports.sheet import (
    BOLD,
    GREEN,
    PLAIN,
    RED,
    Cell,
    Look,
    severity_cell,
    table,
    wrapped,
)

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


def vulns_text(assessed: Assessment, *, look: Look = PLAIN) -> str:
    """A row for each, those without a fix apart; what was not assessed; the dates of the data; and
    the count by action, with what was hidden."""
    shown = [one for one in assessed.rows if not one.vulnerability.hidden]
    lines = table([_cells(one) for one in shown if one.vulnerability.fixed], look)
    unfixed = [_cells(one) for one in shown if not one.vulnerability.fixed]
    if unfixed:
        lines += ["without a fix:", *table(unfixed, look, indent="  ")]
    for one in assessed.not_assessed:
        said = f"{one.what}: {one.reason}. {one.next_step}".rstrip()
        lines += wrapped(said, look, first="not assessed: ")
    for day, feeds in groupby(sorted(assessed.feeds, key=_imported), key=_imported):
        names = ", ".join(one.name for one in feeds)
        lines += wrapped(f"imported {day}: {names}", look, first="data: ")
    lines += wrapped(total(assessed, shown), look, code=BOLD)
    return "\n".join(lines) + "\n"


def _imported(feed: Feed) -> str:
    return feed.imported[:10]


def in_short(assessed: Assessment) -> str:
    """One line: the count by action, and when the data is from."""
    shown = [one for one in assessed.rows if not one.vulnerability.hidden]
    dates = ", ".join(
        f"{one.name} of {(one.newest or one.imported)[:10]}" for one in assessed.feeds
    )
    return total(assessed, shown) + (f"; data: {dates}" if dates else "")


def _cells(line: Row) -> tuple[Cell, ...]:
    """Id, severity, what threatens, the package, and what mends it."""
    row, package = line.vulnerability, line.packages[0]
    marks = ["exploited"] if row.kev else []
    marks += [f"{100 * row.epss:.1f}%"] if row.epss is not None else []
    mends = f"fixed in {row.fixed} ({line.action})" if row.fixed else row.note or "no fix"
    return (
        Cell(row.id),
        severity_cell(row.rating.severity),
        Cell(" ".join(marks), RED if row.kev else ""),
        Cell(f"{package.name} {package.version}"),
        Cell(mends, GREEN if row.fixed else ""),
    )


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
