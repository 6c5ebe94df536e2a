"""`drydock fix`: every fix up to a safety, composed into one patch."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from hardening.cli import codes
from hardening.cli.opening import STANDARD_INPUT, open_named
from hardening.cli.output import hint, look_of_stream, note, progress_of
from hardening.errors import InputError, UsageError
from hardening.model import Safety
from hardening.opening.base_digests import with_base_digests
from hardening.replay import Replayed, all_fixes
from hardening.reports.plain import plural
from hardening.workspace import Workspace


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
        _write(done, options)
    else:
        _print_diff(done.workspace, options)
    _tell(done, options)
    return codes.INTERNAL if done.report.failures else codes.CLEAN


def _rules(names: list[str]) -> frozenset[str] | None:
    if not names:
        return None
    from hardening.cli.rules import named_rules

    return frozenset(rule.id for name in names for rule in named_rules(name))


def _print_diff(workspace: Workspace, options: argparse.Namespace) -> None:
    """The patch: exact for programs; on a terminal, where people look on, with secrets masked."""
    diff = _relative_diff(workspace)
    if not diff:
        return
    from hardening.reports.diff import coloured
    from hardening.secrets.hiding import Masks, text_secrets

    masks = Masks(text_secrets(workspace.before))
    hidden = masks.hide(diff)
    if sys.stdout.isatty():
        sys.stdout.write(coloured(hidden, look_of_stream(options.color)))
        if hidden != diff:
            note("secrets are masked here; a pipe or file gets the exact patch", options)
        return
    sys.stdout.write(diff)
    if hidden != diff:
        note("the patch holds secrets: its lines must be those of the file", options)


def _relative_diff(workspace: Workspace) -> str:
    """The patch with paths from the current folder, when the project lies below it."""
    prefix = os.path.relpath(workspace.root)
    if prefix == "." or prefix.startswith(".."):
        return workspace.diff()
    renamed = {
        name: {f"{prefix}/{path}": text for path, text in texts.items()}
        for name, texts in (("before", workspace.before), ("after", workspace.after))
    }
    return Workspace(Path(), renamed["before"], renamed["after"]).diff()


def _write(done: Replayed, options: argparse.Namespace) -> None:
    from hardening.writing import write

    written = write(done.workspace)
    for file in written.files:
        note(f"wrote {file}", options)
    for backup in written.backups:
        note(f"kept the old text as {backup}", options)


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
