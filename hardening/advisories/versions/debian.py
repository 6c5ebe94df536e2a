"""Debian versions: `[epoch:]upstream[-revision]`, compared as dpkg does (deb-version(7)).

Runs of non-digits compare by character, letters before the rest and `~` before everything, even
the end; runs of digits compare as numbers.
"""

from __future__ import annotations

import re
from functools import lru_cache

from hardening.advisories.versions.errors import InvalidVersion

_DIGITS = re.compile(r"(\d+)", re.ASCII)
_END = (0,)

Key = tuple[int, tuple[object, ...], tuple[object, ...]]


def _weight(char: str) -> int:
    if char == "~":
        return -1
    return ord(char) if char.isalpha() else ord(char) + 256


@lru_cache(maxsize=4096)
def _weights(text: str) -> tuple[int, ...]:
    """Versions are made of few different runs: `.`, `-`, `+deb`, `u`."""
    return (*map(_weight, text), 0)


@lru_cache(maxsize=16384)
def _part(text: str) -> tuple[object, ...]:
    pieces = _DIGITS.split(text)
    key: list[object] = []
    for position in range(0, len(pieces) - 1, 2):
        key += (_weights(pieces[position]), int(pieces[position + 1]))
    if pieces[-1]:
        key += (_weights(pieces[-1]), 0)
    while len(key) >= 2 and key[-1] == 0 and key[-2] == _END:
        del key[-2:]
    return (*key, _END)


def key(version: str) -> Key:
    """Raises InvalidVersion for an empty text or an epoch that is no number."""
    version = version.strip()
    if not version or len(version) > 4096:
        raise InvalidVersion(version)
    epoch, rest = "0", version
    if ":" in version:
        epoch, _, rest = version.partition(":")
    if not (epoch.isascii() and epoch.isdecimal()):
        raise InvalidVersion(version)
    upstream, dash, revision = rest.rpartition("-")
    if not dash:
        upstream, revision = rest, ""
    return int(epoch), _part(upstream), _part(revision)
