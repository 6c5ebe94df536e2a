"""Rows of the findings pane: what became of each finding, and where its line is now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from hardening.model import FilePlace, Finding, Fix, Report, Safety, Severity
from hardening.plan import finding_key_of
from hardening.workspace import line_opcodes, split_lines

if TYPE_CHECKING:
    from hardening.replay import Applied, Replayed


class Mark(StrEnum):
    """What became of a finding. `PENDING`: accepted, not replayed yet."""

    OPEN = "open"
    ACCEPTED = "accepted"
    PENDING = "pending"
    DROPPED = "dropped"
    NEW = "new"
    STUBBORN = "stubborn"
    """Its fix is in the text and the finding is still there."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A fix that a person accepted, with its finding as it was then."""

    key: str
    finding: Finding
    fix: Fix


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One line of the findings pane. `fix` is the accepted or the chosen one; `line` is one-based
    in the text now, None when the finding is not in a file."""

    finding: Finding
    mark: Mark
    fix: Fix | None
    line: int | None
    note: str = ""

    @property
    def key(self) -> str:
        return self.finding.key


def line_map(before: str, after: str) -> dict[int, int]:
    """One-based lines of the text before → the same lines in the text after; a rewritten line
    leads to the start of what replaced it, a deleted one to nothing."""
    moved: dict[int, int] = {}
    for tag, i1, i2, j1, j2 in line_opcodes(split_lines(before), split_lines(after)):
        if tag == "equal":
            moved.update((i1 + n + 1, j1 + n + 1) for n in range(i2 - i1))
        elif j2 > j1:
            moved.update((i1 + n + 1, min(j1 + n, j2 - 1) + 1) for n in range(i2 - i1))
    return moved


def usable_fixes(finding: Finding) -> list[Fix]:
    """Fixes that may be applied at all, best first."""
    usable = [fix for fix in finding.fixes if fix.safety is not Safety.MANUAL]
    return sorted(usable, key=lambda fix: -fix.safety)


def mark_of(
    key: str, applied: Mapping[str, Applied], refused: Mapping[str, str]
) -> tuple[Mark, str]:
    """What became of an accepted fix, and why it was refused."""
    if key in refused:
        return Mark.DROPPED, refused[key]
    one = applied.get(key)
    if one is None:
        return Mark.PENDING, ""
    if one.silenced:
        return Mark.ACCEPTED, ""
    return Mark.STUBBORN, "its fix is in the text, and the finding is still there"


def refusals(current: Replayed) -> dict[str, str]:
    """Keys of accepted fixes that are not in the text → why."""
    refused = {one.key: one.reason for one in current.dropped}
    refused |= {one.fix: f"clashes with {one.other}: {one.reason}" for one in current.conflicts}
    return refused


def rows_of(
    current: Replayed,
    plan: Mapping[str, Accepted | None],
    fix_of: Callable[[Finding], Fix | None],
    line_now: Callable[[Finding], int | None],
) -> tuple[FindingRow, ...]:
    """Open findings and accepted ones (`plan`: fix keys in order, with what is known of them) as
    rows, severest first; one that was just taken back is open at once. `fix_of` chooses the fix of
    an open finding, `line_now` follows the line of a mended one."""
    planned = {finding_key_of(key): key for key in plan}
    applied = {one.key: one for one in current.applied}
    refused = refusals(current)
    introduced = {key for one in current.applied for key in one.introduced}
    rows: list[FindingRow] = []
    for finding in current.report.findings:
        key = planned.get(finding.key)
        line = line_of(finding)
        if key is None:
            mark = Mark.NEW if finding.key in introduced else Mark.OPEN
            rows.append(FindingRow(finding, mark, fix_of(finding), line))
            continue
        accepted = plan[key]
        mark, note = mark_of(key, applied, refused)
        fix = None if accepted is None else accepted.fix
        rows.append(FindingRow(finding, mark, fix, line, note))
    present = {row.key for row in rows}
    for key, accepted in plan.items():
        if accepted is None or accepted.finding.key in present:
            continue
        mark, note = mark_of(key, applied, refused)
        line = line_now(accepted.finding)
        rows.append(FindingRow(accepted.finding, mark, accepted.fix, line, note))
    present.update(row.key for row in rows)
    rows += [
        FindingRow(one.finding, Mark.OPEN, one.fix, line_now(one.finding))
        for one in current.applied
        if one.finding.key not in present
    ]
    return tuple(sorted(rows, key=by_severity))


def by_severity(row: FindingRow) -> tuple[int, int, str, str]:
    """Severest first, then by line."""
    return (-row.finding.severity, row.line or 1 << 30, row.finding.rule, row.key)


def file_place(finding: Finding) -> FilePlace | None:
    """The first place in a file, None when there is none."""
    return next((place for place in finding.places if isinstance(place, FilePlace)), None)


def line_of(finding: Finding) -> int | None:
    """One-based line of the first place in a file."""
    place = file_place(finding)
    return None if place is None else place.start_line


def severity_counts(report: Report | None) -> dict[Severity, int]:
    """Findings per severity, severest first; empty when nothing was analysed."""
    if report is None:
        return {}
    counts = report.counts()
    return {severity: counts[severity] for severity in sorted(Severity, reverse=True)}
