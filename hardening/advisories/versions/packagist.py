"""Composer versions, in the order of PHP's version_compare (php.net).

Separators and changes between digits and letters split a version into parts; words rank
`any other` < dev < alpha < beta < RC < (the end) # < a number < pl.
"""

from __future__ import annotations

import re

from hardening.advisories.versions.errors import InvalidVersion

_TOKEN = re.compile(r"\d+|[A-Za-z]+", re.ASCII)
_WORDS = {
    "dev": 0,
    "alpha": 1,
    "a": 1,
    "beta": 2,
    "b": 2,
    "rc": 3,
    "c": 3,
    "pl": 6,
    "p": 6,
    "patch": 6,
}
_OTHER, _END, _NUMBER = -1, 4, 5


def key(version: str) -> tuple[tuple[int, int, str], ...]:
    """Raises InvalidVersion for a text without any letter or digit."""
    text = version.strip().partition("+")[0]
    text = text[1:] if re.match(r"[vV]\d", text) else text
    tokens = _TOKEN.findall(text)
    if not tokens or len(version) > 4096:
        raise InvalidVersion(version)
    return (*(_part(token) for token in tokens), (_END, 0, ""))


def _part(token: str) -> tuple[int, int, str]:
    if token.isdecimal():
        return (_NUMBER, int(token), "")
    return (_WORDS.get(token.lower(), _OTHER), 0, "")
