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
    cells,
    severity_cell,
    table,
    wrapped,
)

SCHEMA = "drydock.vulns/1"
_OTHER_COLUMNS = 44
"""What indent, id, severity and marks take of a line."""


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
        "packages": list(dict.fromkeys(one.name for one in line.packages)),
        "path": package.path,
        "summary": row.summary,
        "note": row.note or None,
        "advisory": row.advisory,
        "hidden": row.hidden or None,
    }


def vulns_text(assessed: Assessment, *, look: Look = PLAIN) -> str:
    """By the action that mends them, the one that mends the worst first and what nothing mends
    last; what was not assessed; the dates of the data; and the counts, with what was hidden."""
    shown = [one for one in assessed.rows if not one.vulnerability.hidden]
    lines: list[str] = []
    for action, rows in _by_action(shown).items():
        lines += wrapped(f"{action}: {len(rows):,}", look, code=BOLD)
        lines += table(_fitting([_cells(one) for one in rows], look), look, indent="  ")
    for skipped in assessed.not_assessed:
        said = f"{skipped.what}: {skipped.reason}. {skipped.next_step}".rstrip()
        lines += wrapped(said, look, first="not assessed: ")
    for day, feeds in groupby(sorted(assessed.feeds, key=_imported), key=_imported):
        names = ", ".join(one.name for one in feeds)
        lines += wrapped(f"imported {day}: {names}", look, first="data: ")
    lines += wrapped(total(assessed, shown), look, code=BOLD)
    return "\n".join(lines) + "\n"


def _fitting(rows: list[tuple[Cell, ...]], look: Look) -> list[tuple[Cell, ...]]:
    """The rows; where a package's name is too long for a column of its own, it shares the last."""
    widest = max((cells(row[3].text) for row in rows), default=0)
    if not look.width or widest + _OTHER_COLUMNS <= look.width:
        return rows
    joined = (", ".join(filter(None, (row[3].text, row[4].text))) for row in rows)
    return [(*row[:3], Cell(text)) for row, text in zip(rows, joined, strict=True)]


def _by_action(rows: list[Row]) -> dict[str, list[Row]]:
    """The rows keep their order, and each group stands where its first row does."""
    found: dict[str, list[Row]] = {}
    for one in sorted(rows, key=lambda row: not row.vulnerability.fixed):
        found.setdefault(one.action, []).append(one)
    return found


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
    """Id, severity, what threatens, the package, and what mends it; of an unfixed one, what else
    there is to know."""
    row, package = line.vulnerability, line.packages[0]
    marks = ["exploited"] if row.kev else []
    marks += [f"{100 * row.epss:.1f}%"] if row.epss is not None else []
    others = len({one.name for one in line.packages} - {package.name})
    more = f" (and {others} more)" if others else ""
    return (
        Cell(row.id),
        severity_cell(row.rating.severity),
        Cell(" ".join(marks), RED if row.kev else ""),
        Cell(f"{package.name} {package.version}{more}"),
        Cell(f"fixed in {row.fixed}" if row.fixed else row.note, GREEN if row.fixed else ""),
    )


def total(assessed: Assessment, shown: list[Row]) -> str:
    """The count by action; that nothing was found is said only of what was looked up."""
    groups = {action: len(rows) for action, rows in _by_action(shown).items()}
    hidden = Counter(one.vulnerability.hidden for one in assessed.rows if one.vulnerability.hidden)
    if not assessed.assessed:
        return "nothing was assessed"
    noun = "vulnerability" if len(shown) == 1 else "vulnerabilities"
    packages = "package" if assessed.assessed == 1 else "packages"
    parts = ", ".join(f"{action} {count}" for action, count in groups.items())
    left = ", ".join(f"{count} {reason}" for reason, count in sorted(hidden.items()))
    return (
        f"{len(shown):,} {noun} in {assessed.assessed:,} {packages}"
        + (f": {parts}" if parts else "")
        + (f"; {sum(hidden.values())} hidden ({left})" if left else "")
    )
