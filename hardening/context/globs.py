"""Go's `filepath.Match`, which COPY and ADD use for their source patterns.

Grammar (golang.org/pkg/path/filepath#Match): `*` any run without a slash, `?` one character that
is no slash, `[a-z]` and `[^a-z]` classes, `\\` takes the next character literally.
"""

from __future__ import annotations

import re
from functools import lru_cache

WILDCARDS = frozenset("*?[\\")
MAX_PATTERN = 4096


class BadPatternError(ValueError):
    """The pattern is malformed: Go answers `syntax error in pattern`."""


def has_wildcard(pattern: str) -> bool:
    return not WILDCARDS.isdisjoint(pattern)


@lru_cache(maxsize=1024)
def component(pattern: str) -> re.Pattern[str]:
    """One path component as a compiled expression. Raises BadPatternError."""
    if len(pattern) > MAX_PATTERN:
        raise BadPatternError("pattern too long")
    parts: list[str] = []
    position = 0
    while position < len(pattern):
        character = pattern[position]
        if character == "*":
            if parts[-1:] != ["[^/]*"]:
                parts.append("[^/]*")
            position += 1
        elif character == "?":
            parts.append("[^/]")
            position += 1
        elif character == "[":
            source, position = _character_class(pattern, position + 1)
            parts.append(source)
        else:
            literal, position = _literal(pattern, position)
            parts.append(re.escape(literal))
    return re.compile("".join(parts), re.DOTALL)


def matches(pattern: str, path: str) -> bool:
    """True when the whole path matches, component by component. Raises BadPatternError."""
    wanted, given = pattern.split("/"), path.split("/")
    if len(wanted) != len(given):
        return False
    return all(match_component(one, name) for one, name in zip(wanted, given, strict=True))


def match_component(pattern: str, name: str) -> bool:
    """One component against one name, in polynomial time. Raises BadPatternError."""
    if not has_wildcard(pattern):
        return pattern == name
    if pattern.count("*") <= 3:
        return component(pattern).fullmatch(name) is not None
    return _match_many_stars(pattern, name)


def _match_many_stars(pattern: str, name: str) -> bool:
    """Greedy segments: a backtracking engine would take exponential time on `*a*a*a*a...`."""
    segments = _split_at_stars(pattern)
    first, last = segments[0], segments[-1]
    opening = component(first).match(name)
    if opening is None:
        return False
    position = opening.end()
    for segment in segments[1:-1]:
        found = component(segment).search(name, position)
        if found is None:
            return False
        position = found.end()
    width = _width(last)
    start = len(name) - width
    return start >= position and component(last).fullmatch(name, start) is not None


def _split_at_stars(pattern: str) -> list[str]:
    segments, current, position = [], "", 0
    while position < len(pattern):
        character = pattern[position]
        if character == "*":
            segments.append(current)
            current = ""
            position += 1
        elif character == "[":
            _, end = _character_class(pattern, position + 1)
            current += pattern[position:end]
            position = end
        else:
            _, end = _literal(pattern, position)
            current += pattern[position:end]
            position = end
    return [*segments, current]


def _width(segment: str) -> int:
    """Number of characters that a segment without stars matches."""
    width = position = 0
    while position < len(segment):
        if segment[position] == "[":
            _, position = _character_class(segment, position + 1)
        else:
            _, position = _literal(segment, position)
        width += 1
    return width


def _literal(pattern: str, position: int) -> tuple[str, int]:
    if pattern[position] != "\\":
        return pattern[position], position + 1
    if position + 1 >= len(pattern):
        raise BadPatternError("pattern ends in a backslash")
    return pattern[position + 1], position + 2


def _character_class(pattern: str, position: int) -> tuple[str, int]:
    """What follows `[`, up to and with `]`."""
    negated = pattern[position : position + 1] == "^"
    position += negated
    ranges: list[str] = []
    while position < len(pattern):
        if pattern[position] == "]" and ranges:
            return _class_source("".join(ranges), negated=negated), position + 1
        if pattern[position] in "-]":
            raise BadPatternError("character class with a bare - or ]")
        low, position = _literal(pattern, position)
        high = low
        if pattern[position : position + 1] == "-":
            if position + 1 >= len(pattern) or pattern[position + 1] in "-]":
                raise BadPatternError("range without an end")
            high, position = _literal(pattern, position + 1)
        if low > high:
            ranges.append("")
        else:
            ranges.append(f"{re.escape(low)}-{re.escape(high)}")
    raise BadPatternError("character class is not closed")


def _class_source(body: str, *, negated: bool) -> str:
    if negated:
        return f"[^/{body}]"
    return f"(?!/)[{body}]" if body else "(?!)"
