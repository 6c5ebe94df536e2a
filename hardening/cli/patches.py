"""Patches as a command prints them, and what it says when it wrote them."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from hardening.cli.output import look_of, note, put
from hardening.workspace import Workspace


def print_patch(workspace: Workspace, options: argparse.Namespace) -> None:
    """The patch with paths from the current folder: exact for programs and files; on a terminal,
    where people look on, in colour and with secrets masked."""
    diff = _from_here(workspace).diff()
    if not diff:
        return
    from hardening.reports.diff import coloured
    from hardening.secrets.hiding import Masks, text_secrets

    hidden = Masks(text_secrets(workspace.before)).hide(diff)
    if options.output is None and sys.stdout.isatty():
        put(coloured(hidden, look_of(options)), options)
        if hidden != diff:
            note("secrets are masked here; a pipe or file gets the exact patch", options)
        return
    put(diff, options)
    if hidden != diff:
        note("the patch holds secrets: its lines must be those of the file", options)


def write_patch(workspace: Workspace, options: argparse.Namespace) -> None:
    """Write the files and say which. Raises WriteError."""
    from hardening.writing import write

    written = write(workspace)
    for file in written.files:
        note(f"wrote {file}", options)
    for backup in written.backups:
        note(f"kept the old text as {backup}", options)


def _from_here(workspace: Workspace) -> Workspace:
    """With paths from the current folder, when the project lies below it."""
    prefix = os.path.relpath(workspace.root)
    if prefix == "." or prefix.startswith(".."):
        return workspace
    before, after = (
        {f"{prefix}/{path}": text for path, text in texts.items()}
        for texts in (workspace.before, workspace.after)
    )
    return Workspace(Path(), before, after)
