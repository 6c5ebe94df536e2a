"""The `drydock` command: a sub-command, or the screen. Textual is imported for the screen only."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

from hardening.cli import main as run_command
from hardening.errors import UsageError

if TYPE_CHECKING:
    from hardening.opening import OpenRequest


YOUNG_OBJECTS = 50_000
"""New objects before the collector looks: start-up makes many, and nearly all of them stay."""


def main() -> int:
    """Run what the command line says; the exit code."""
    gc.set_threshold(YOUNG_OBJECTS)
    code = run_command(sys.argv[1:], screen=_screen)
    gc.freeze()  # The interpreter's last collections would only walk what ends with the process.
    return code


def _screen(request: OpenRequest) -> int:
    """Open the screen. Raises UsageError where there is no terminal to draw on."""
    if sys.stdin is None or not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "The screen needs a terminal",
            "standard input or output is closed, a pipe or a file",
            "Run a command without the screen, such as `drydock check PATH`.",
        )
    from tui.app import run

    return run(request)


if __name__ == "__main__":
    sys.exit(main())
