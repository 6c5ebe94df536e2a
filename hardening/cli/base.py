"""`drydock base`: which base image would be better, as rows to choose from."""

from __future__ import annotations

import argparse
import shlex
from dataclasses import replace
from pathlib import Path

from hardening.cli import codes
from hardening.cli.arguments import add_opening
from hardening.cli.base_rows import Assessed, assess, base_values, known_numbers, ordered
from hardening.cli.opening import STANDARD_INPUT, open_named
from hardening.cli.output import add_output, look_of, note, progress_of, put, put_json
from hardening.cli.patches import print_patch, write_patch
from hardening.errors import InputError, UsageError
from hardening.model import Fix, Safety, Verdict
from hardening.opening.base_digests import with_base_digests
from hardening.replay import edited
from hardening.reports.base import base_text
from hardening.subject import Subject
from hardening.workspace import Workspace

__all__ = ["Assessed", "add_arguments", "assess", "base", "base_values", "known_numbers"]

EPILOG = codes.text("done, whatever the rows say")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "path",
        nargs="?",
        default=".",
        metavar="PATH|IMAGE",
        help="a Dockerfile, Compose file or folder, - for standard input; or an image: a base such "
        "as python:3.12-slim, or what was built on one (default: this folder)",
    )
    choosing = parser.add_argument_group("choosing")
    choosing.add_argument(
        "--stage", metavar="NAME", help="the base of this stage (default: of the image that ships)"
    )
    choosing.add_argument(
        "--choose", metavar="ROW", help="print the patch of one row, by its fix or its number"
    )
    choosing.add_argument("--write", action="store_true", help="write the chosen patch")
    asking = parser.add_argument_group("comparing")
    asking.add_argument(
        "--ask-registry", action="store_true", help="ask for the digest and size of every row"
    )
    asking.add_argument(
        "--compare",
        action="store_true",
        help="compare vulnerabilities: of rows that the local engine holds, and with "
        "--ask-registry of those whose builder attached a list of packages",
    )
    asking.add_argument(
        "--libc", action="store_true", help="also rows that change the C library (musl)"
    )
    add_opening(parser)
    add_output(parser)
    parser.set_defaults(profile=None)


def base(options: argparse.Namespace) -> int:
    """Print the rows for one base, or the patch of one. Raises UsageError and InputError."""
    _check(options)
    subject = _opened(options)
    if subject.dockerfile is None:
        raise InputError(f"{options.path} has no Dockerfile", "", "Name one, or an image.")
    if not options.offline:
        subject = with_base_digests(subject)
    found = assess(
        subject,
        ask=options.ask_registry,
        libc=options.libc,
        compare=options.compare,
        stage=options.stage,
    )
    if not options.offline:
        found = replace(found, local=_local_sizes())
    if options.compare or subject.assessment is not None:
        found = replace(found, known=known_numbers(found, read=options.compare))
    found = ordered(found)
    if options.choose is not None:
        return _choose(found, options)
    values = base_values(found)
    if getattr(options, "named_image", False):
        values |= {"stage": None, "line": None}
    if options.format == "json":
        put_json(values, options)
    else:
        put(base_text(values, _command(options), look_of(options)), options)
    return codes.CLEAN


def _check(options: argparse.Namespace) -> None:
    if options.write and options.choose is None:
        raise UsageError("--write needs a row", "", "Name one with --choose ROW.")
    if options.write and options.path == STANDARD_INPUT:
        raise UsageError("Standard input cannot be written back", "", "Leave --write out.")
    if options.ask_registry and options.offline:
        raise UsageError("--ask-registry needs the network", "--offline was given", "Drop one.")
    if options.compare and options.offline:
        raise UsageError("--compare asks the engine", "--offline was given", "Drop one.")


def _opened(options: argparse.Namespace) -> Subject:
    """What PATH names: files, or an image where there is no such file."""
    progress = progress_of(options)
    if options.path == STANDARD_INPUT or Path(options.path).exists():
        return open_named(options.path, options, progress=progress)
    from hardening.cli.base_named import named_subject

    return named_subject(options.path, options, progress=progress)


def _command(options: argparse.Namespace) -> str:
    """How the same rows are asked for again."""
    words = ["drydock", "base", options.path]
    for name in ("image", "platform", "context", "service", "stage"):
        value = getattr(options, name)
        words += [f"--{name}", str(value)] if value is not None else []
    for name in ("ask_registry", "compare", "libc", "offline"):
        words += [f"--{name.replace('_', '-')}"] if getattr(options, name) else []
    return shlex.join(words)


def _local_sizes() -> dict[str, int]:
    """Images that the engine holds by tag; empty where none answers."""
    from hardening.errors import DrydockError

    try:
        from hardening.image.engine import local_images

        return {tag: one.size for one in local_images() for tag in one.repo_tags}
    except (DrydockError, ImportError):
        return {}


def _choose(found: Assessed, options: argparse.Namespace) -> int:
    """Print or write the patch of one row."""
    fix = _chosen(found, options.choose)
    if fix.safety is Safety.MANUAL:
        failed = next(one for one in fix.preconditions if one.verdict is Verdict.FAILS)
        raise UsageError(
            f"{fix.name} is for people to make",
            f"this fails: {failed.statement} ({failed.evidence})",
            "Choose another row, or change what stands in its way first.",
        )
    note(f"{fix.title} ({fix.safety.label}): {fix.effect}", options)
    for one in fix.preconditions:
        if one.verdict is Verdict.UNKNOWN:
            note(f"check: {one.statement} ({one.evidence})", options)
    subject = found.subject
    after, _ = edited(subject.texts, {}, fix.edits)
    if subject.dockerfile is None or not subject.texts:
        raise AssertionError("a fix has a Dockerfile")
    if getattr(options, "named_image", False):
        if options.write:
            raise UsageError(
                f"{options.path} is an image", "there is no file to write", "Name one."
            )
        put(after[subject.dockerfile.path], options)
        return codes.CLEAN
    workspace = Workspace(subject.root, subject.texts, after)
    if options.write:
        write_patch(workspace, options)
    else:
        print_patch(workspace, options)
    return codes.CLEAN


def _chosen(found: Assessed, wanted: str) -> Fix:
    """By the name of the fix, or by the number in the list."""
    fixes = [found.fix(row) for row in found.rows]
    if wanted.isascii() and wanted.isdigit() and 0 < int(wanted[:6]) <= len(fixes):
        number = int(wanted[:6])
        fix = fixes[number - 1]
        if fix is None:
            why = found.why_not(found.rows[number - 1])
            raise UsageError(f"Row {number} has no patch", why, "Choose another row.")
        return fix
    known = [one for one in fixes if one is not None]
    for one in known:
        if one.name == wanted:
            return one
    names = ", ".join(one.name for one in known) or "none can be written down"
    raise UsageError(f"There is no patch called {wanted}", "", f"Choose from: {names}")
