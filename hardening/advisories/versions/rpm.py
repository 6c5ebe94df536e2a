"""RPM versions: `[epoch:]version[-release]`, compared as rpmvercmp does (rpm-version(7)).

Separators only divide; a number is newer than a word, `~` is older than the end and `^` newer.
"""

from __future__ import annotations

import re

from hardening.advisories.versions.errors import InvalidVersion

_TOKEN = re.compile(r"\d+|[A-Za-z]+|~|\^", re.ASCII)
_END = (-1,)

Part = tuple[tuple[object, ...], ...]
Key = tuple[Part, Part, Part]


def _token(text: str) -> tuple[object, ...]:
    if text == "~":
        return (-2,)
    if text == "^":
        return (0,)
    return (2, int(text)) if text.isdecimal() else (1, text)


def _part(text: str) -> Part:
    return (*(_token(token) for token in _TOKEN.findall(text)), _END)


def key(version: str) -> Key:
    """A malformed epoch compares as a version does; a missing release is older than an empty one.
    Raises InvalidVersion for an empty text."""
    if not version or len(version) > 4096:
        raise InvalidVersion(version)
    epoch, colon, rest = version.partition(":")
    if not colon:
        epoch, rest = "0", version
    upstream, dash, release = rest.partition("-")
    return _part(epoch), _part(upstream), _part(release) if dash else ()
