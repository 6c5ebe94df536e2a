"""`drydock fix`: every fix up to a safety, composed into one patch."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from hardening.cli import codes
from hardening.cli.opening import STANDARD_INPUT, open_named
from hardening.cli.output import hint, note, progress_of
from hardening.cli.patches import print_patch, write_patch
from hardening.errors import InputError, UsageError
from hardening.model import Safety
from hardening.opening.base_digests import with_base_digests
from hardening.replay import Replayed, all_fixes
from hardening.reports.plain import plural


def fix(options: argparse.Namespace) -> int:
    """Print the patch, write it, or write the patched Dockerfile elsewhere; what was done is told
    on standard error. Raises DrydockError."""
    if options.path == STANDARD_INPUT and options.write:
        raise UsageError(
            "Standard input cannot be written back", "", "Use --diff or --output FILE."
        )
    only = _rules(options.rule)
    subject = open_named(options.path, options, progress=progress_of(options))
    if options.image is None and not options.offline:
        subject = with_base_digests(subject)
    if subject.dockerfile is None and not subject.texts:
        raise InputError(f"{options.path} has nothing to patch", "no Dockerfile was found there")
    done = all_fixes(subject, Safety[options.safety.upper()], only=only)
    if options.output is not None:
        _write_elsewhere(done, options)
    elif options.write:
        write_patch(done.workspace, options)
    else:
        print_patch(done.workspace, options)
    _tell(done, options)
    return codes.INTERNAL if done.report.failures else codes.CLEAN


def _rules(names: list[str]) -> frozenset[str] | None:
    if not names:
        return None
    from hardening.cli.rules import named_rules

    return frozenset(rule.id for name in names for rule in named_rules(name))


def _write_elsewhere(done: Replayed, options: argparse.Namespace) -> None:
    output: str = options.output
    dockerfile = done.subject.dockerfile
    if dockerfile is None:
        raise InputError("There is no Dockerfile to write", "the path has none", "Use --diff.")
    others = [path for path in done.workspace.changed if path != dockerfile.path]
    if output == STANDARD_INPUT:
        sys.stdout.write(dockerfile.text)
    else:
        from hardening.writing import write_text

        note(f"wrote {write_text(Path(output), dockerfile.text)}", options)
    for path in others:
        note(f"not written: the changes of {path}; --diff shows them, --write writes", options)


def _tell(done: Replayed, options: argparse.Namespace) -> None:
    notes = ["no fix of this safety applies"] if not done.applied else []
    for one in done.applied:
        left = "" if one.silenced else "; its finding is still there"
        notes.append(f"{one.fix.safety.label}: {one.finding.rule}: {one.fix.title}{left}")
    notes += [f"dropped: {one.key}: {one.reason}" for one in done.dropped]
    notes += [f"conflict: {one.fix} with {one.other}: {one.reason}" for one in done.conflicts]
    notes += [f"rule {one.rule} crashed: {one.error}" for one in done.report.failures]
    score = "not assessed" if done.report.score is None else f"{done.report.score}/100"
    notes.append(f"{plural(len(done.report.findings), 'finding')} left, score {score}")
    for text in notes:
        note(text, options)
    if done.applied and not options.write and options.output is None:
        hint(f"`drydock fix {options.path} --safety {options.safety} --write` writes it", options)
