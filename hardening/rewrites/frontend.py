"""Which Dockerfile frontend builds the file, and what it can do.

Source: the release notes of `docker/dockerfile`. Without a `# syntax=` line the builder brings its
own frontend: 1.6 with Docker 24, 1.7 with 26, 1.10 with 27.3, 1.12 with 27.4.
"""

from __future__ import annotations

import re

from hardening.dockerfile.edits import replace_span
from hardening.dockerfile.model import Dockerfile
from hardening.model import Edit, Precondition, Span, fails, holds, unknown

_SYNTAX = re.compile(r"^(?:docker\.io/)?docker/dockerfile(?:-upstream)?(?::([^@\s]+))?(?:@.*)?$")
_VERSION = re.compile(r"^(\d+)(?:\.(\d+))?(?:\.\d+)?(?:-labs)?$")


def frontend_version(dockerfile: Dockerfile) -> tuple[int, int | None] | None:
    """`(1, 4)` for `docker/dockerfile:1.4`, `(1, None)` for the newest of 1; None when the file
    has no `# syntax=` or names another frontend."""
    directive = next((one for one in dockerfile.directives if one.name == "syntax"), None)
    found = _SYNTAX.match(directive.value) if directive else None
    if found is None:
        return None
    if found[1] in (None, "latest", "labs"):
        return (1, None)
    version = _VERSION.match(found[1])
    if version is None:
        return None
    return int(version[1]), int(version[2]) if version[2] else None


def frontend_at_least(dockerfile: Dockerfile, major: int, minor: int, what: str) -> Precondition:
    """Whether the frontend knows a feature that came with `major.minor`."""
    statement = f"The Dockerfile frontend knows {what} ({major}.{minor} or newer)"
    if not any(one.name == "syntax" for one in dockerfile.directives):
        return unknown(statement, "No # syntax= line: the builder's own frontend is used")
    version = frontend_version(dockerfile)
    if version is None:
        return unknown(statement, "Another frontend is named")
    shown = f"docker/dockerfile:{version[0]}" + ("" if version[1] is None else f".{version[1]}")
    if version[0] > major or version[1] is None or version >= (major, minor):
        return holds(statement, f"# syntax= names {shown}")
    return fails(statement, f"# syntax= names {shown}")


def require_frontend(dockerfile: Dockerfile, major: int, minor: int) -> Edit | None:
    """The edit that makes the file ask for a frontend new enough; None when it already does or
    names a frontend of its own."""
    directive = next((one for one in dockerfile.directives if one.name == "syntax"), None)
    if directive is None:
        start = 1 if dockerfile.text.startswith("\ufeff") else 0
        return Edit(dockerfile.path, Span(start, start), f"# syntax=docker/dockerfile:{major}\n")
    version = frontend_version(dockerfile)
    if version is None or version[1] is None or version >= (major, minor):
        return None
    written = directive.span.slice(dockerfile.text)
    replaced = re.sub(
        r"(docker/dockerfile(?:-upstream)?):[^@\s]+(?:@\S+)?", rf"\1:{major}", written
    )
    return replace_span(dockerfile, directive.span, replaced)
