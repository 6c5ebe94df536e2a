"""The report for people: the findings, what was left out and what was not assessed, the counts.

On a terminal findings stand under the file they are about, in columns. Elsewhere each is a line
`path:line severity rule message`, which editors and other programs read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from hardening.model import FilePlace, Finding, Fix, ImagePathPlace, Report, Safety, Severity
from hardening.reports.places import describe, headline, shown_path
from hardening.reports.plain import plural, printable, severity_word
from hardening.reports.sheet import (
    BOLD,
    DIM,
    PLAIN,
    Look,
    cells,
    painted,
    safety_code,
    severity_cell,
    wrapped,
)
from hardening.subject import Subject

WIDEST_PLACE = 10
"""Columns of a place beside its finding; a longer one gets a line of its own."""
MOST_RULES = 3
"""Rules that are named where they were not assessed; more are counted."""
NARROW = 60
"""Columns below which a finding's text stands under its place and severity."""
Skips = Iterable[tuple[str, str, str]]


def text_of(
    path: str,
    image: str | None,
    subject: Subject,
    report: Report,
    *,
    look: Look = PLAIN,
    alone: bool = True,
) -> str:
    """One report as text with a final newline; findings grouped by file, severest first, and the
    summary last. Without `alone` what was not assessed is left to `skipped_lines`."""
    found = _grouped(report)
    lines = (
        _on_terminal(subject, found, image, look)
        if look.width
        else _by_line(subject, found, image, look)
    )
    lines += _unparsed_lines(subject, report, look)
    for one in report.failures:
        lines += wrapped(f"rule {one.rule} crashed and said nothing: {one.error}", look)
    if look.width and lines:
        lines.append("")
    lines += _ignored_lines(subject, report, image, look)
    if alone:
        lines += skipped_lines(
            ((one.what, one.reason, one.next_step) for one in report.skipped), look
        )
    lines += _packages(subject, look)
    lines += wrapped(_summary(path, image, report), look, code=BOLD)
    return "\n".join(lines) + "\n"


def skipped_lines(skipped: Skips, look: Look) -> list[str]:
    """What was not assessed, why, and what to do; the same is told once, with how often."""
    lines = []
    for (what, reason, next_step), count in Counter(skipped).items():
        hint = f" ({next_step})" if next_step else ""
        times = f" ({count} times)" if count > 1 else ""
        what = _counted(what)
        lines += wrapped(f"{what}: {reason}{times}{hint}", look, first="  not assessed: ")
    return lines


def _counted(what: str) -> str:
    """Many rules as their number; the JSON report names them."""
    rules = what.removeprefix("rules ").split(", ")
    return f"{len(rules)} rules" if what.startswith("rules ") and len(rules) > MOST_RULES else what


def total_line(reports: int, failed: int, counts: Mapping[Severity, int], look: Look) -> list[str]:
    """The sum over several paths, and how many of them could not be opened."""
    found = plural(sum(counts.values()), "finding")
    left = f"; {failed} could not be opened" if failed else ""
    said = f"{plural(reports, 'path')}: {found}{_listed(counts)}{left}"
    return wrapped(said, look, code=BOLD)


def _grouped(report: Report) -> list[Finding]:
    """By file in the order in which the files come up; what has no file comes last."""
    groups: dict[str, list[Finding]] = {}
    for finding in report.findings:
        groups.setdefault(_file(finding), []).append(finding)
    named = [group for path, group in groups.items() if path]
    return [one for group in [*named, groups.get("", [])] for one in group]


def _file(finding: Finding) -> str:
    place = finding.places[0]
    return place.path if isinstance(place, FilePlace) else ""


def _by_line(
    subject: Subject, found: Sequence[Finding], image: str | None, look: Look
) -> list[str]:
    lines: list[str] = []
    told: set[str] = set()
    for finding in found:
        place = printable(headline(subject.root, finding, image or "image"))
        severity = severity_word(finding.severity, colour=look.colour)
        marker = _marker(finding)
        lines.append(f"{place} {severity} {finding.rule} {printable(finding.message)}{marker}")
        if finding.best_fix is not None:
            lines.append(f"    fix: {printable(finding.best_fix.title)}")
        elif finding.tip:
            lines.append(f"    tip: {printable(_tip(finding, told))}")
    return lines


def _marker(finding: Finding) -> str:
    best = finding.best_fix
    if best is not None:
        return " [safe fix]" if best.safety is Safety.SAFE else " [fix to review]"
    return " [fix by hand]" if finding.fixes else ""


def _tip(finding: Finding, told: set[str]) -> str:
    """The tip, once: a long one is not repeated under every finding that it is for."""
    if finding.tip in told and len(finding.tip) > len(finding.message):
        return "the same as above"
    told.add(finding.tip)
    return finding.tip


def _on_terminal(
    subject: Subject, found: Sequence[Finding], image: str | None, look: Look
) -> list[str]:
    lines: list[str] = []
    told: set[str] = set()
    for path, group in groupby(found, key=_file):
        if lines:
            lines.append("")
        title = shown_path(subject.root, path) if path else image or "image"
        lines += wrapped(title, look, code=BOLD)
        findings = list(group)
        places = [_place(one) for one in findings]
        width = max(map(cells, places))
        for finding, place in zip(findings, places, strict=True):
            lines += _finding(finding, place.rjust(width), look, told)
    return lines


def _place(finding: Finding) -> str:
    place = finding.places[0]
    if isinstance(place, FilePlace):
        return str(place.start_line)
    shown = f"layer {place.layer}" if isinstance(place, ImagePathPlace) else describe(place)
    return shown if cells(shown) <= WIDEST_PLACE else ""


def _finding(finding: Finding, place: str, look: Look, told: set[str]) -> list[str]:
    """Place, severity, and under each other: rule and message, where it is, what to do."""
    severity = severity_cell(finding.severity)
    head = f"  {printable(place)}  "
    word = painted(severity.text, severity.code, look) + " " * (8 - len(severity.text)) + "  "
    narrow = look.width is not None and look.width < NARROW
    margin = "    " if narrow else " " * cells(head + word)
    lines = [f"{head}{word}".rstrip()] if narrow else []
    said = wrapped(
        f"{finding.rule}: {finding.message}", look, first=margin if narrow else head + word
    )
    lines += [_emphasised(said[0], finding.rule, look), *said[1:]]
    if not place.strip():
        lines += wrapped(describe(finding.places[0]), look, first=f"{margin}in ", code=DIM)
    fix = finding.best_fix
    if fix is not None:
        lines += wrapped(fix.title, look, first=f"{margin}{_fix_word(fix, look)}: ")
    elif finding.tip:
        lines += wrapped(_tip(finding, told), look, first=f"{margin}tip: ")
    return lines


def _fix_word(fix: Fix, look: Look) -> str:
    return painted(f"{fix.safety.label} fix", safety_code(fix.safety), look)


def _emphasised(line: str, rule: str, look: Look) -> str:
    return line.replace(f"{rule}:", painted(f"{rule}:", BOLD, look), 1)


def _unparsed_lines(subject: Subject, report: Report, look: Look) -> Iterator[str]:
    parts = subject.dockerfile.unparsed if subject.dockerfile is not None else ()
    reasons = {(one.start_line, one.end_line): one.reason for one in parts}
    for place in report.unparsed:
        reason = reasons.get((place.start_line, place.end_line), "not understood")
        path = shown_path(subject.root, place.path)
        yield from wrapped(f"{path}:{place.start_line} not parsed: {reason}", look)


def _ignored_lines(
    subject: Subject, report: Report, image: str | None, look: Look
) -> Iterator[str]:
    for one in report.ignored:
        until = f" until {one.expires}" if one.expires else ""
        reason = f": {one.reason}" if one.reason else ""
        place = headline(subject.root, one.finding, image or "image")
        said = f"{place} {one.finding.rule} by {one.source}{until}{reason}"
        yield from wrapped(said, look, first="  ignored: ")


def _packages(subject: Subject, look: Look) -> Iterator[str]:
    """What was looked up, on what data; nothing where nothing was."""
    if subject.assessment is None or not subject.assessment.assessed:
        return
    from hardening.reports.vulns import in_short

    yield from wrapped(in_short(subject.assessment), look, first="  packages: ")


def _summary(path: str, image: str | None, report: Report) -> str:
    found = plural(len(report.findings), "finding")
    fixable = sum(1 for one in report.findings if one.best_fix is not None)
    fixes = f", {fixable} with a fix" if fixable else ""
    ignored = f", {len(report.ignored)} ignored" if report.ignored else ""
    score = "not assessed" if report.score is None else f"{report.score}/100"
    name = path if image is None else f"{path} with {image}" if path else image
    return f"{name}: {found}{_listed(report.counts())}{fixes}{ignored}, score {score}"


def _listed(counts: Mapping[Severity, int]) -> str:
    parts = [
        f"{counts[severity]} {severity.label}"
        for severity in sorted(Severity, reverse=True)
        if counts[severity]
    ]
    return f" ({', '.join(parts)})" if parts else ""
