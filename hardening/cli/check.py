"""`drydock check`: findings of one or many paths, in order, as text or JSON."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from hardening.cli import codes, complain
from hardening.cli.opening import STANDARD_INPUT, open_named
from hardening.cli.output import hint, look_of, note, progress_of, put
from hardening.errors import DrydockError, UsageError
from hardening.model import Report, Severity
from hardening.progress import SILENT
from hardening.subject import Subject

PARALLEL_FROM = 24
"""Paths from which starting other processes costs less than it saves."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one path gave, small enough to cross a process border."""

    code: int
    text: str = ""
    report: dict[str, Any] | None = None
    error: tuple[str, str, str] | None = None
    fixable: bool = False
    counts: Counter[Severity] = field(default_factory=Counter)
    skipped: tuple[tuple[str, str, str], ...] = ()
    """What was not assessed, why, and what to do: told once for all paths."""
    others: frozenset[str] = frozenset()
    """Files that the imported reports speak of and that this path is not."""


def check(options: argparse.Namespace) -> int:
    """Print the reports; the highest code of all paths. Raises UsageError and WriteError."""
    paths = _paths(options)
    options.look = look_of(options)
    options.alone = len(paths) == 1
    outcomes = []
    for outcome in _outcomes(paths, options):
        outcomes.append(outcome)
        if outcome.error is not None:
            complain(DrydockError(*outcome.error))
        if options.output is None:
            sys.stdout.write(outcome.text)
    if options.format == "json":
        from hardening.reports.json_report import document

        put(document([one.report for one in outcomes if one.report is not None]), options)
    elif options.output is not None or not options.alone:
        texts = "" if options.output is None else "".join(one.text for one in outcomes)
        put(texts + _sums(outcomes, options), options)
    if options.format == "text" and options.alone and outcomes[0].fixable:
        image = f" --image {options.image}" if options.image else ""
        named = paths[0] or "PATH"
        hint(f"`drydock fix {named}{image}` shows the patch, --write makes it", options)
    for path in sorted(_left_out(outcomes)):
        note(f"Imported results about {path} are left out: no PATH names that file", options)
    return max(one.code for one in outcomes)


def _sums(outcomes: list[Outcome], options: argparse.Namespace) -> str:
    """What several paths have in common, and their sum."""
    if options.alone:
        return ""
    from hardening.reports.text import skipped_lines, total_line

    counts: Counter[Severity] = Counter()
    for one in outcomes:
        counts.update(one.counts)
    skipped = [skip for one in outcomes for skip in one.skipped]
    lines = skipped_lines(skipped, options.look)
    failed = sum(one.error is not None for one in outcomes)
    lines += total_line(len(outcomes) - failed, failed, counts, options.look)
    return "\n".join(lines) + "\n"


def _left_out(outcomes: list[Outcome]) -> frozenset[str]:
    """Files that every path says are not its own."""
    found = [one.others for one in outcomes if one.error is None]
    return frozenset.intersection(*found) if found else frozenset()


def _paths(options: argparse.Namespace) -> list[str | None]:
    given: list[str] = options.paths
    if not given:
        return [None if options.image is not None else "."]
    if len(given) > 1 and options.image is not None:
        raise UsageError(
            "--image goes with one PATH", f"{len(given)} were given", "Check them one by one."
        )
    if len(given) > 1 and options.service is not None:
        raise UsageError(
            "--service goes with one PATH", f"{len(given)} were given", "Check them one by one."
        )
    if given.count(STANDARD_INPUT) > 1:
        raise UsageError("Standard input can be read once", "- was given twice")
    if options.jobs is not None and options.jobs < 1:
        raise UsageError("--jobs is at least 1", f"{options.jobs} was given")
    return list(given)


def _outcomes(paths: list[str | None], options: argparse.Namespace) -> Iterator[Outcome]:
    jobs = min(options.jobs or _cores(), len(paths))
    if jobs == 1 or len(paths) < PARALLEL_FROM or STANDARD_INPUT in paths:
        return (_check_one(path, options) for path in paths)
    return _in_processes(paths, options, jobs)


def _in_processes(
    paths: list[str | None], options: argparse.Namespace, jobs: int
) -> Iterator[Outcome]:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from itertools import repeat

    from hardening.rules import all_rules

    all_rules()  # read once here: forked processes have them already, and the reports
    if options.imports:
        from hardening.imports import read_import

        with suppress(DrydockError):  # told for each path
            for file in options.imports:
                read_import(file)
    method = "fork" if sys.platform == "linux" else "spawn"
    context = multiprocessing.get_context(method)
    pool = ProcessPoolExecutor(jobs, mp_context=context)
    try:
        yield from pool.map(
            _check_one, paths, repeat(options), chunksize=max(1, len(paths) // (jobs * 8))
        )
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _check_one(path: str | None, options: argparse.Namespace) -> Outcome:
    from hardening.analyse import analyse

    name = path if path is not None else ""
    try:
        progress = progress_of(options) if options.alone else SILENT
        subject = open_named(path, options, progress=progress)
        others: frozenset[str] = frozenset()
        if subject.imported and len(options.paths) > 1:
            from hardening.imports.merge import about_others, only_about

            others = frozenset(about_others(subject.imported, subject))
            subject = replace(subject, imported=only_about(subject.imported, subject))
        report = analyse(subject)
    except DrydockError as error:
        return _failed(name, options, error)
    image = subject.image.reference if subject.image is not None else options.image
    code = _code(report, _threshold(subject, options.fail_on))
    if options.format == "json":
        from hardening.reports.json_report import report_of

        found = report_of(name or options.image, image, subject, report)
        return Outcome(code, report=found, others=others)
    from hardening.reports.text import text_of

    text = text_of(name, image, subject, report, look=options.look, alone=options.alone)
    skipped = tuple((one.what, one.reason, one.next_step) for one in report.skipped)
    counts = Counter(one.severity for one in report.findings)
    fixable = any(one.best_fix is not None for one in report.findings)
    return Outcome(code, text, None, None, fixable, counts, skipped, others)


def _failed(name: str, options: argparse.Namespace, error: DrydockError) -> Outcome:
    told = (error.what, error.why, error.next_step)
    if options.format != "json":
        return Outcome(codes.INPUT, error=told)
    from hardening.reports.json_report import failed_report

    reason = f"{error.what}: {error.why}" if error.why else error.what
    report = failed_report(name or options.image, options.image, reason, error.next_step)
    return Outcome(codes.INPUT, report=report, error=told)


def _threshold(subject: Subject, asked: str | None) -> Severity | None:
    """The lowest severity that fails; None: none does."""
    if asked == "never":
        return None
    if asked is not None:
        return Severity[asked.upper()]
    configured = subject.settings.fail_on if subject.settings is not None else None
    return Severity.LOW if configured is None else configured


def _code(report: Report, threshold: Severity | None) -> int:
    if report.failures:
        return codes.INTERNAL
    if threshold is not None and any(one.severity >= threshold for one in report.findings):
        return codes.FINDINGS
    return codes.CLEAN


def _cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1
