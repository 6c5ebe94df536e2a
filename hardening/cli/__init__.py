"""The `drydock` command line: the only place in the engine that prints or ends with a code.

Standard output carries results only; everything else goes to standard error.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hardening.cli import codes
from hardening.errors import Cancelled, DrydockError, UsageError

if TYPE_CHECKING:
    from hardening.opening import OpenRequest

LONGEST_NAME = 100
"""Characters of a refused name that are shown."""
Screen = Callable[["OpenRequest"], int]


def main(argv: Sequence[str] | None = None, *, screen: Screen | None = None) -> int:
    """Run one command and return its exit code; nothing but SystemExit's kin escapes.

    `screen` opens the terminal UI; it is asked for only when no sub-command was given.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    _tame_streams()
    try:
        code = _dispatch(arguments, screen)
        sys.stdout.flush()
        return code
    except DrydockError as error:
        complain(error)
        return codes.INPUT
    except BrokenPipeError:
        _forget_stdout()
        return codes.CLEAN
    except KeyboardInterrupt:
        complain(Cancelled("Interrupted"))
        return codes.INTERRUPTED
    except Exception as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            _forget_stdout()
            complain(
                DrydockError("The disk is full", str(error), "Free some space, then run again.")
            )
            return codes.INPUT
        if isinstance(error, OSError) and error.filename is not None:
            complain(_unusable(error))
            return codes.INPUT
        _report_bug(error)
        return codes.INTERNAL


def _unusable(error: OSError) -> DrydockError:
    """A path that the system refuses, wherever that was: too long, forbidden, a broken disk."""
    name = str(error.filename)
    shown = name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}..."
    why = (error.strerror or str(error)).lower()
    return DrydockError(f"{shown} cannot be used", why, "Check the name and its permissions.")


def _dispatch(arguments: list[str], screen: Screen | None) -> int:
    from hardening.cli import commands

    command = commands.find(arguments[:1])
    if command is not None:
        return command(arguments[1:], screen)
    return commands.open_screen(arguments, screen)


def complain(error: DrydockError) -> None:
    """One error on standard error: what, why, what to do next."""
    from hardening.reports.plain import printable

    parts = [f"drydock: {printable(error.what)}"]
    if error.why:
        parts.append(f"  why: {printable(error.why)}")
    if error.next_step:
        end = "" if error.next_step.endswith((".", "?", "!")) else "."
        parts.append(f"  next: {printable(error.next_step)}{end}")
    print(_cleared() + "\n".join(parts), file=sys.stderr)


def _cleared() -> str:
    """What takes a line of progress off the terminal."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return ""
    from hardening.cli.progress import CLEAR

    return CLEAR


def require_screen(screen: Screen | None) -> Screen:
    if screen is None:
        raise UsageError(
            "The screen is not available here",
            "this entry point runs commands only",
            "Use a sub-command such as `drydock check`.",
        )
    return screen


def _tame_streams() -> None:
    """Text that the terminal's encoding does not know is escaped, never an error.

    A stream that was closed before the start (`>&-`) swallows: the exit code still answers.
    """
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - lives to the end
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - lives to the end
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _forget_stdout() -> None:
    """The reader went away: what is still buffered must not raise again at exit."""
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
    except (OSError, ValueError):
        return


def _report_bug(error: Exception) -> None:
    import traceback

    print(
        f"drydock: this is a bug in drydock: {type(error).__name__}: {error}\n"
        "  next: run it again with DRYDOCK_TRACEBACK=1 and report what it prints",
        file=sys.stderr,
    )
    if os.environ.get("DRYDOCK_TRACEBACK"):
        traceback.print_exception(error)
