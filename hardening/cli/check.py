"""`drydock check`: findings of one or many paths, in order, as text or JSON."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from hardening.cli import codes, complain
from hardening.cli.opening import STANDARD_INPUT, open_named
from hardening.errors import DrydockError, UsageError
from hardening.model import Report, Severity
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
    others: frozenset[str] = frozenset()
    """Files that the imported reports speak of and that this path is not."""


def check(options: argparse.Namespace) -> int:
    """Print the reports; the highest code of all paths. Raises UsageError."""
    paths = _paths(options)
    options.colour = options.format == "text" and _colour()
    code = codes.CLEAN
    reports: list[dict[str, Any]] = []
    others: frozenset[str] | None = None
    for outcome in _outcomes(paths, options):
        code = max(code, outcome.code)
        if outcome.error is None:
            others = outcome.others if others is None else others & outcome.others
        if outcome.error is not None:
            complain(DrydockError(*outcome.error))
        if outcome.report is not None:
            reports.append(outcome.report)
        sys.stdout.write(outcome.text)
    if options.format == "json":
        from hardening.reports.json_report import document

        sys.stdout.write(document(reports))
    for path in sorted(others or ()):
        complain(
            DrydockError(f"Imported results about {path} are left out", "no PATH names that file")
        )
    return code


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
        subject = open_named(path, options)
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

    text = text_of(name, image, subject, report, colour=options.colour)
    return Outcome(code, text, others=others)


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


def _colour() -> bool:
    from hardening.reports.plain import wants_colour

    return wants_colour(sys.stdout)
