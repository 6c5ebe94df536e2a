"""Arrays of strings as Go's `encoding/json` takes them, with the place of every string."""

from __future__ import annotations

import re
from json import loads

_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"')
_BLANKS = re.compile(r"[ \t\r\n]*")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def strings(text: str, start: int, end: int) -> list[tuple[int, int, str]] | None:
    """Start, end and value of the strings of the array that fills `text[start:end]`, which begins
    with `[`; None when it is no JSON. Raises RefusedError for an array of something else."""
    found: list[tuple[int, int, str]] = []
    position = _behind_blanks(text, start + 1, end)
    if text.startswith("]", position, end):
        return [] if _behind_blanks(text, position + 1, end) == end else None
    while match := _STRING.match(text, position, end):
        value = _LONE_SURROGATE.sub("\ufffd", loads(match.group()))
        found.append((match.start(), match.end(), value))
        position = _behind_blanks(text, match.end(), end)
        if text.startswith("]", position, end):
            return found if _behind_blanks(text, position + 1, end) == end else None
        if not text.startswith(",", position, end):
            return None
        position = _behind_blanks(text, position + 1, end)
    _refuse_other_arrays(text[start:end])
    return None


def _behind_blanks(text: str, start: int, end: int) -> int:
    match = _BLANKS.match(text, start, end)
    return match.end() if match else start


def _refuse_other_arrays(text: str) -> None:
    from hardening.dockerfile.words import RefusedError

    try:
        value = loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return
    if isinstance(value, list):
        raise RefusedError("a JSON array may hold nothing but strings")


def _no_constant(name: str) -> object:
    raise ValueError(name)
