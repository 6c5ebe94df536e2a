"""`drydock fix`: every fix up to a safety, composed into one patch."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from hardening.cli import codes
from hardening.cli.opening import STANDARD_INPUT, open_named
from hardening.errors import InputError, UsageError
from hardening.model import Safety
from hardening.opening.base_digests import with_base_digests
from hardening.replay import Replayed, all_fixes
from hardening.reports.plain import plural, printable
from hardening.workspace import Workspace


def fix(options: argparse.Namespace) -> int:
    """Print the patch, write it, or write the patched Dockerfile elsewhere; what was done is told
    on standard error. Raises DrydockError."""
    if options.path == STANDARD_INPUT and options.write:
        raise UsageError(
            "Standard input cannot be written back", "", "Use --diff or --output FILE."
        )
    only = _rules(options.rule)
    subject = open_named(options.path, options)
    if options.image is None and not options.offline:
        subject = with_base_digests(subject)
    if subject.dockerfile is None and not subject.texts:
        raise InputError(f"{options.path} has nothing to patch", "no Dockerfile was found there")
    done = all_fixes(subject, Safety[options.safety.upper()], only=only)
    if options.output is not None:
        _write_elsewhere(done, options.output)
    elif options.write:
        _write(done)
    else:
        sys.stdout.write(_printable_diff(done.workspace))
    _tell(done)
    return codes.INTERNAL if done.report.failures else codes.CLEAN


def _rules(names: list[str]) -> frozenset[str] | None:
    if not names:
        return None
    from hardening.cli.rules import named_rules

    return frozenset(rule.id for name in names for rule in named_rules(name))


def _printable_diff(workspace: Workspace) -> str:
    """The patch with paths from the current folder, when the project lies below it."""
    prefix = os.path.relpath(workspace.root)
    if prefix == "." or prefix.startswith(".."):
        return workspace.diff()
    renamed = {
        name: {f"{prefix}/{path}": text for path, text in texts.items()}
        for name, texts in (("before", workspace.before), ("after", workspace.after))
    }
    return Workspace(Path(), renamed["before"], renamed["after"]).diff()


def _write(done: Replayed) -> None:
    from hardening.writing import write

    written = write(done.workspace)
    for file in written.files:
        _note(f"wrote {file}")
    for backup in written.backups:
        _note(f"kept the old text as {backup}")


def _write_elsewhere(done: Replayed, output: str) -> None:
    dockerfile = done.subject.dockerfile
    if dockerfile is None:
        raise InputError("There is no Dockerfile to write", "the path has none", "Use --diff.")
    others = [path for path in done.workspace.changed if path != dockerfile.path]
    if output == STANDARD_INPUT:
        sys.stdout.write(dockerfile.text)
    else:
        from hardening.writing import write_text

        _note(f"wrote {write_text(Path(output), dockerfile.text)}")
    for path in others:
        _note(f"not written: the changes of {path}; --diff shows them, --write writes them")


def _tell(done: Replayed) -> None:
    if not done.applied:
        _note("no fix of this safety applies")
    for one in done.applied:
        left = "" if one.silenced else "; its finding is still there"
        _note(f"{one.fix.safety.label}: {one.finding.rule}: {one.fix.title}{left}")
    for dropped in done.dropped:
        _note(f"dropped: {dropped.key}: {dropped.reason}")
    for conflict in done.conflicts:
        _note(f"conflict: {conflict.fix} with {conflict.other}: {conflict.reason}")
    for failure in done.report.failures:
        _note(f"rule {failure.rule} crashed: {failure.error}")
    score = "not assessed" if done.report.score is None else f"{done.report.score}/100"
    _note(f"{plural(len(done.report.findings), 'finding')} left, score {score}")


def _note(text: str) -> None:
    print(f"drydock: {printable(text)}", file=sys.stderr)
