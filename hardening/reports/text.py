"""The report for people: one line per finding, then what to do, the counts and what was skipped."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import FilePlace, Finding, Report, Safety, Severity
from hardening.reports.places import headline, shown_path
from hardening.reports.plain import plural, printable, severity_word
from hardening.subject import Subject


def text_of(path: str, image: str | None, subject: Subject, report: Report, *, colour: bool) -> str:
    """One report as text with a final newline.

    Findings are grouped by file, severest first: `path:line severity rule message`.
    """
    lines: list[str] = []
    for finding in _grouped(report):
        lines.extend(_finding_lines(subject, finding, image, colour=colour))
    lines.extend(_unparsed_lines(subject, report))
    lines.extend(
        f"rule {one.rule} crashed and said nothing: {printable(one.error)}"
        for one in report.failures
    )
    lines.append(_summary(path, image, report))
    lines.extend(_packages(subject))
    for one in report.ignored:
        until = f" until {one.expires}" if one.expires else ""
        reason = f": {one.reason}" if one.reason else ""
        place = headline(subject.root, one.finding, image or "image")
        lines.append(
            printable(f"  ignored: {place} {one.finding.rule} by {one.source}{until}{reason}")
        )
    for skipped in report.skipped:
        hint = f" ({skipped.next_step})" if skipped.next_step else ""
        lines.append(printable(f"  not assessed: {skipped.what}: {skipped.reason}{hint}"))
    return "\n".join(lines) + "\n"


def _packages(subject: Subject) -> Iterator[str]:
    """What was looked up, on what data; nothing where nothing was."""
    if subject.assessment is None or not subject.assessment.assessed:
        return
    from hardening.reports.vulns import in_short

    yield printable(f"  packages: {in_short(subject.assessment)}")


def _grouped(report: Report) -> list[Finding]:
    """By file in the order in which the files come up; what has no file comes last."""
    groups: dict[str, list[Finding]] = {}
    for finding in report.findings:
        place = finding.places[0]
        groups.setdefault(place.path if isinstance(place, FilePlace) else "", []).append(finding)
    named = [group for path, group in groups.items() if path]
    return [one for group in [*named, groups.get("", [])] for one in group]


def _finding_lines(
    subject: Subject, finding: Finding, image: str | None, *, colour: bool
) -> Iterator[str]:
    place = printable(headline(subject.root, finding, image or "image"))
    severity = severity_word(finding.severity, colour=colour)
    marker = _marker(finding)
    yield f"{place} {severity} {finding.rule} {printable(finding.message)}{marker}"
    if finding.best_fix is not None:
        yield f"    fix: {printable(finding.best_fix.title)}"
    elif finding.tip:
        yield f"    tip: {printable(finding.tip)}"


def _marker(finding: Finding) -> str:
    best = finding.best_fix
    if best is not None:
        return " [safe fix]" if best.safety is Safety.SAFE else " [fix to review]"
    return " [fix by hand]" if finding.fixes else ""


def _unparsed_lines(subject: Subject, report: Report) -> Iterator[str]:
    parts = subject.dockerfile.unparsed if subject.dockerfile is not None else ()
    reasons = {(one.start_line, one.end_line): one.reason for one in parts}
    for place in report.unparsed:
        reason = reasons.get((place.start_line, place.end_line), "not understood")
        path = shown_path(subject.root, place.path)
        yield printable(f"{path}:{place.start_line} not parsed: {reason}")


def _summary(path: str, image: str | None, report: Report) -> str:
    counts = report.counts()
    parts = [
        f"{counts[severity]} {severity.label}"
        for severity in sorted(Severity, reverse=True)
        if counts[severity]
    ]
    found = plural(len(report.findings), "finding")
    listed = f" ({', '.join(parts)})" if parts else ""
    fixable = sum(1 for one in report.findings if one.best_fix is not None)
    fixes = f", {fixable} with a fix" if fixable else ""
    ignored = f", {len(report.ignored)} ignored" if report.ignored else ""
    score = "not assessed" if report.score is None else f"{report.score}/100"
    name = printable(path if image is None else f"{path} with {image}" if path else image)
    return f"{name}: {found}{listed}{fixes}{ignored}, score {score}"
