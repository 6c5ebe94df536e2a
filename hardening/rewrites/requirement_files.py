"""Which requirement files an image is installed from: those that a RUN names, and what they
include."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from hardening.context import BuildContext
from hardening.dockerfile.model import Dockerfile
from hardening.dockerfile.packages import package_calls
from hardening.dockerfile.source import decode
from hardening.model import Precondition, holds, unknown

_OPTIONS = ("-r", "--requirement", "-c", "--constraint")
_JOINED = re.compile(r"(?:-r|-c|--requirement=|--constraint=)([^-=\s].*)\Z")
_INCLUDE = re.compile(r"^[ \t]*(?:-r|-c|--requirement|--constraint)[ \t=]*([^\s#]+)", re.M)
MAX_FILES = 24
_MAX_BYTES = 1 << 20


def named_files(dockerfile: Dockerfile | None) -> tuple[tuple[str, int], ...]:
    """Requirement and constraint files that pip is told to read, as the container names them, with
    the line of the RUN."""
    return tuple(_named(dockerfile)) if dockerfile is not None else ()


def _named(dockerfile: Dockerfile) -> Iterator[tuple[str, int]]:
    for one in dockerfile.instructions:
        for call in package_calls(one.shell) if one.shell is not None else ():
            if call.manager != "pip":
                continue
            before = ""
            for word in call.command.arguments:
                text = word.value or word.text.strip("\"'")
                joined = _JOINED.match(text)
                if before in _OPTIONS:
                    yield text, one.start_line
                elif joined is not None and text not in _OPTIONS:
                    yield joined[1], one.start_line
                before = text


def included_files(dockerfile: Dockerfile | None, context: BuildContext | None) -> dict[str, str]:
    """Paths of the context that pip reads, each with what says so. A name in the container is
    taken for the files of the context with that last component."""
    found: dict[str, str] = {}
    if context is None:
        return found
    named = named_files(dockerfile)
    names = {posixpath.basename(name): line for name, line in named}
    waiting = [
        (path, f"Line {names[posixpath.basename(path)]} names it")
        for path in (context.paths() if names else ())
        if posixpath.basename(path) in names
    ]
    while waiting and len(found) < MAX_FILES:
        path, said = waiting.pop(0)
        if path in found:
            continue
        found[path] = said
        text = decode(context.read(path, _MAX_BYTES) or b"")
        for match in _INCLUDE.finditer(text):
            other = posixpath.normpath(posixpath.join(posixpath.dirname(path), match[1]))
            if not other.startswith("..") and context.exists(other):
                waiting.append((other, f"{path} includes it"))
    return found


def requirements_condition(
    paths: list[str], dockerfile: Dockerfile | None, context: BuildContext | None
) -> Precondition:
    """Whether one of these files (workspace paths) decides what is installed."""
    prefix: str = getattr(context, "prefix", "")
    statement = f"The image installs from {' or '.join(paths)}"
    known = included_files(dockerfile, context)
    for path in paths:
        said = known.get(path.removeprefix(prefix))
        if said is not None:
            return holds(statement, f"{path}: {said}" if len(paths) > 1 else said)
    return unknown(statement, "No RUN names it")
