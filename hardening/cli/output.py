"""Where a command's results go and how they look there; notes and progress go to standard error."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hardening.progress import SILENT, Progress

if TYPE_CHECKING:
    from hardening.reports.sheet import Look

STANDARD_OUTPUT = "-"


def add_output(
    parser: argparse.ArgumentParser,
    *,
    formats: tuple[str, ...] = ("text", "json"),
    default: str = "text",
) -> None:
    """`--format`, `--output`, `--color` and `--quiet`: the same in every command that reports."""
    group = parser.add_argument_group("output")
    group.add_argument(
        "--format",
        choices=formats,
        default=default,
        metavar="FORMAT",
        help=f"{', '.join(formats)} (default: {default})",
    )
    group.add_argument(
        "--output", metavar="FILE", help="write the result to FILE (default: standard output)"
    )
    add_manner(group)


def add_manner(parser: argparse._ActionsContainer) -> None:
    """`--color` and `--quiet`."""
    parser.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        metavar="WHEN",
        help="auto, always, never (default: auto: on a terminal, unless NO_COLOR is set)",
    )
    parser.add_argument(
        "--quiet", action="store_true", help="no progress and no notes; errors are still told"
    )


def look_of(options: argparse.Namespace) -> Look:
    """Colour and width for the place that the result goes to."""
    from hardening.reports.sheet import Look

    if options.output not in (None, STANDARD_OUTPUT):
        return Look(colour=options.color == "always")
    return look_of_stream(options.color)


def look_of_stream(color: str = "auto") -> Look:
    """Colour and width of standard output."""
    from hardening.reports.plain import wants_colour
    from hardening.reports.sheet import PLAIN, Look

    wanted = color == "always" or (color == "auto" and wants_colour(sys.stdout))
    if not sys.stdout.isatty():
        return PLAIN if not wanted else Look(colour=True)
    import shutil

    return Look(wanted, max(1, shutil.get_terminal_size().columns))


def put(text: str, options: argparse.Namespace) -> None:
    """Print the result, or write it to the file that was named, whole or not at all. Raises
    WriteError."""
    if options.output in (None, STANDARD_OUTPUT):
        sys.stdout.write(text)
        return
    from hardening.writing import write_text

    note(f"wrote {write_text(Path(options.output), text)}", options)


def put_json(values: Mapping[str, Any], options: argparse.Namespace) -> None:
    """Values as an indented document with a final newline."""
    put(json.dumps(values, indent=2) + "\n", options)


def note(text: str, options: argparse.Namespace) -> None:
    """What was done, for people: on standard error, silent with `--quiet`."""
    if options.quiet:
        return
    from hardening.reports.plain import printable

    print(f"drydock: {printable(text)}", file=sys.stderr)


def hint(text: str, options: argparse.Namespace) -> None:
    """What to do next, for people at a terminal."""
    if options.quiet or not (sys.stderr.isatty() and sys.stdout.isatty()):
        return
    from hardening.reports.sheet import DIM, wrapped

    look = look_of_stream(options.color)
    print("\n".join(wrapped(text, look, first="next: ", code=DIM)), file=sys.stderr)


def progress_of(options: argparse.Namespace) -> Progress:
    """A line on standard error while it is a terminal that can write over it; else silent."""
    if options.quiet or os.environ.get("TERM") == "dumb":
        return SILENT
    from hardening.cli.progress import progress_on

    return progress_on(sys.stderr)
