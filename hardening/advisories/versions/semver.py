"""Semantic versions (semver.org 2.0), read as leniently as the ecosystems write them.

A leading `v` is dropped, missing numbers are 0, further numbers are compared too, build metadata
is ignored.
"""

from __future__ import annotations

import re

from hardening.advisories.versions.errors import InvalidVersion

_SHAPE = re.compile(r"[vV]?(\d+(?:\.\d+)*)(.*)", re.ASCII | re.DOTALL)

Key = tuple[tuple[int, ...], tuple[object, ...]]


def numbers(text: str) -> tuple[int, ...]:
    """Dotted numbers without the zeros at the end, at least one."""
    parts = [int(part) for part in text.split(".")]
    while len(parts) > 1 and parts[-1] == 0:
        parts.pop()
    return tuple(parts)


def prerelease_key(text: str) -> tuple[object, ...]:
    """Dotted identifiers: numbers before words, none at all (a release) after everything."""
    if not text:
        return ((2,),)
    words = text.split(".")
    return tuple(
        (0, int(word), "") if word.isascii() and word.isdecimal() else (1, 0, word)
        for word in words
    )


def key(version: str) -> Key:
    """Raises InvalidVersion for a text that does not begin with a number."""
    found = _SHAPE.fullmatch(version.strip())
    if found is None or len(version) > 4096:
        raise InvalidVersion(version)
    core, rest = found.groups()
    rest = rest.partition("+")[0]
    return numbers(core), prerelease_key(rest.removeprefix("-"))
