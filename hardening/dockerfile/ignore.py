"""`.dockerignore` with Docker's own rules.

Sources: moby/patternmatcher (`ignorefile.ReadAll`, `MatchesUsingParentResults`, which BuildKit's
file sender uses): the last matching pattern wins, a pattern that matches a parent directory
matches what is below, `**` crosses slashes, matching is case sensitive.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from hardening.dockerfile.lines import SPACE
from hardening.model import Span

_REGEX_SPECIAL = frozenset(".+()|{}$")
Matcher = Callable[[str], bool]


@dataclass(frozen=True)
class IgnoreRule:
    """One pattern, cleaned as Docker cleans it and without its `!`. `line` is one-based, `span`
    covers the pattern in the text, `!` included. `problem` says why Docker would refuse it ("" for
    a good one); such a rule matches nothing."""

    pattern: str
    negated: bool
    line: int
    span: Span
    problem: str = ""

    @cached_property
    def _matcher(self) -> Matcher:
        return _never if self.problem else _compiled(self.pattern)

    def matches(self, path: str) -> bool:
        """Whether the pattern fits exactly this path (parents not looked at)."""
        return self._matcher(path)


class IgnoreFile:
    """A parsed ignore file. `ignored` remembers directories, so a whole tree is cheap."""

    def __init__(self, text: str) -> None:
        self.rules: tuple[IgnoreRule, ...] = tuple(_rules(text))
        self._directories: dict[str, tuple[bool, ...]] = {}

    @property
    def has_exceptions(self) -> bool:
        """True when some rule begins with `!`: an ignored directory may hold kept files."""
        return any(rule.negated for rule in self.rules)

    def ignored(self, path: str) -> bool:
        """True when the builder would not get this path (relative to the context, `/` between)."""
        parts = [part for part in path.split("/") if part not in ("", ".")]
        if not parts:
            return False
        parent = self._directory(parts[:-1])
        return self._match("/".join(parts), parent)[0]

    def _directory(self, parts: list[str]) -> tuple[bool, ...] | None:
        if not parts:
            return None
        path = "/".join(parts)
        known = self._directories.get(path)
        if known is not None:
            return known
        parent: tuple[bool, ...] | None = None
        for end in range(1, len(parts) + 1):
            path = "/".join(parts[:end])
            known = self._directories.get(path)
            if known is None:
                known = self._directories[path] = self._match(path, parent)[1]
            parent = known
        return parent

    def _match(self, path: str, parent: tuple[bool, ...] | None) -> tuple[bool, tuple[bool, ...]]:
        """Whether the path is left out, and which rules matched it or a directory above."""
        matched = False
        results = []
        for index, rule in enumerate(self.rules):
            match = parent is not None and parent[index]
            if not match and rule.negated == matched:
                match = rule.matches(path)
            results.append(match)
            if match:
                matched = not rule.negated
        return matched, tuple(results)


def _rules(text: str) -> list[IgnoreRule]:
    rules = []
    position = 1 if text.startswith("\ufeff") else 0
    for line, content in enumerate(text[position:].split("\n"), 1):
        begin = position
        position += len(content) + 1
        pattern = content.strip(SPACE)
        if content.startswith("#") or not pattern:
            continue
        begin += len(content) - len(content.lstrip(SPACE))
        span = Span(begin, begin + len(pattern))
        negated, pattern = _read(pattern)
        rules.append(IgnoreRule(pattern, negated, line, span, _problem(pattern)))
    return rules


def _read(pattern: str) -> tuple[bool, str]:
    """What the file's reader makes of a line, and then the matcher of that: `/!x` is `!x`."""
    mark = "!" if pattern[0] == "!" else ""
    cleaned = _clean(pattern[len(mark) :].strip(SPACE))
    if len(cleaned) > 1:
        cleaned = cleaned.removeprefix("/")
    again = _clean((mark + cleaned).strip(SPACE))
    if again.startswith("!"):
        return True, again[1:]
    return False, again


def _clean(pattern: str) -> str:
    """Go's `filepath.Clean`, the empty pattern left alone."""
    if not pattern:
        return ""
    cleaned = posixpath.normpath(pattern)
    return cleaned[1:] if cleaned.startswith("//") else cleaned


def _problem(pattern: str) -> str:
    """What Go's `filepath.Match` would not take in a pattern, "" for a good one."""
    if not pattern:
        return "an exclamation mark alone"
    position = 0
    while position < len(pattern):
        character = pattern[position]
        position += 1
        if character == "\\":
            if position == len(pattern):
                return "a backslash at the end"
            position += 1
        elif character == "[":
            end = _class_end(pattern, position)
            if end < 0:
                return "a malformed [...] class"
            position = end
    if ("\\" in pattern or "[" in pattern) and _expression(pattern) is _never:
        return "a pattern that is no expression"
    return ""


def _class_end(pattern: str, position: int) -> int:
    """Offset behind the class that begins at `position`, -1 when it is malformed."""
    if pattern[position : position + 1] == "^":
        position += 1
    ranges = 0
    while True:
        if ranges and pattern[position : position + 1] == "]":
            return position + 1
        position = _class_character(pattern, position)
        if position >= 0 and pattern[position : position + 1] == "-":
            position = _class_character(pattern, position + 1)
        if position < 0 or position >= len(pattern):
            return -1
        ranges += 1


def _class_character(pattern: str, position: int) -> int:
    character = pattern[position : position + 1]
    if character in ("", "-", "]"):
        return -1
    if character == "\\":
        return position + 2 if position + 1 < len(pattern) else -1
    return position + 1


def _never(path: str) -> bool:
    return False


def _compiled(pattern: str) -> Matcher:
    """The pattern as a function; plain shapes need no expression."""
    if not any(character in pattern for character in "*?[]\\"):
        return pattern.__eq__
    inner = pattern[2:]
    plain_inner = not any(character in inner for character in "*?[]\\")
    if pattern.startswith("**") and plain_inner:
        if inner in ("", "/"):
            return _always
        return _suffix(inner)
    if pattern.endswith("**") and not any(character in pattern[:-2] for character in "*?[]\\"):
        prefix = pattern[:-2]
        return lambda path: path.startswith(prefix)
    return _expression(pattern)


def _always(path: str) -> bool:
    return True


def _suffix(suffix: str) -> Matcher:
    if suffix.startswith("/"):
        bare = suffix[1:]
        return lambda path: path == bare or path.endswith(suffix)
    return lambda path: path.endswith(suffix)


def _expression(pattern: str) -> Matcher:
    """A regular expression, run by a linear-time engine for patterns come from outside."""
    import re2

    quiet = re2.Options()
    quiet.log_errors = False
    try:
        compiled = re2.compile("^" + _translated(pattern) + "$", quiet)
    except (re2.error, UnicodeError):
        return _never
    return lambda path: bool(compiled.match(path.encode("utf-8", "replace").decode()))


def _translated(pattern: str) -> str:
    out: list[str] = []
    position = 1 if pattern.startswith("\ufeff") else 0  # Go's scanner drops it
    while position < len(pattern):
        character = pattern[position]
        position += 1
        if character == "*" and pattern.startswith("*", position):
            position += 1
            if pattern.startswith("/", position):
                position += 1
            out.append(".*" if position == len(pattern) else "(.*/)?")
        elif character == "*":
            out.append("[^/]*")
        elif character == "?":
            out.append("[^/]")
        elif character in _REGEX_SPECIAL:
            out.append("\\" + character)
        elif character == "\\" and position < len(pattern):
            out.append("\\" + pattern[position])
            position += 1
        else:
            out.append(character)
    return "".join(out)
