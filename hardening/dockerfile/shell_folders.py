"""Where a script stands: what `cd`, `pushd` and `popd` do, as far as it is certain."""

from __future__ import annotations

import posixpath
from typing import NamedTuple

from hardening.dockerfile.shell_model import Command

MOVES = frozenset({"cd", "pushd", "popd"})


class Whereabouts(NamedTuple):
    """The folder (`/tmp`, `~/.cache`), the one before, and those that `popd` goes back to; empty
    where it is the WORKDIR or not known."""

    folder: str = ""
    previous: str = ""
    stack: tuple[str, ...] = ()


NOWHERE = Whereabouts()


def moved(place: Whereabouts, command: Command) -> Whereabouts:
    """Where the script stands after a `cd`, `pushd` or `popd`. Behind `||`, or behind a wrapper,
    nobody knows."""
    if command.name == "popd":
        stack = place.stack
        return Whereabouts(stack[-1] if stack else "", place.folder, stack[:-1])
    target = next((word for word in command.arguments if not word.is_flag), None)
    folder = "" if target is None or target.value is None else joined(place.folder, target.value)
    if target is not None and target.text == "-":
        folder = place.previous
    stack = (*place.stack, place.folder) if command.name == "pushd" else place.stack
    return Whereabouts(folder, place.folder, stack[-20:])


def joined(folder: str, path: str) -> str:
    """A path as seen from a folder; a relative one from nowhere is not known: `""`."""
    if path.startswith("/"):
        return posixpath.normpath(path)
    if path == "~" or path.startswith("~/"):
        return path.rstrip("/")
    if not folder or path.startswith("~"):
        return ""
    return posixpath.normpath(f"{folder}/{path}")
