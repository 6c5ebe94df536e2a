"""Word splitting, quotes and `${}` as Docker does them outside of RUN.

Grammar: BuildKit's `frontend/dockerfile/shell` (`lex.go`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from hardening.dockerfile.lines import SPACE

MAX_DEPTH = 50
"""Deepest nesting of `${a:-${b:-...}}` that is followed."""

MAX_RESULT = 1 << 20
"""Most characters that the variables of one word may bring in."""

_SPECIAL_PARAMETERS = frozenset("@*#?-$!0")


class LexError(ValueError):
    """A word that Docker refuses: an open quote, a bad substitution, a required variable unset."""


@lru_cache(maxsize=1)
def _blanks() -> re.Pattern[str]:
    return re.compile(f"([{SPACE}]+)")


@lru_cache(maxsize=4)
def _plain(escape: str) -> re.Pattern[str]:
    """A run of characters that mean nothing special; `/` and `}` may end a nested word."""
    return re.compile("[^" + re.escape(SPACE) + r"'\"$/}" + re.escape(escape) + "]+")


class Lexer:
    """Processes one text. `unset` collects the variables that were replaced by nothing.

    `raw_quotes` and `raw_escapes` keep quotes and escapes in the result, `keep_unset` keeps
    `$NAME` of an unknown variable as it stands.
    """

    def __init__(
        self,
        text: str,
        variables: Mapping[str, str],
        *,
        escape: str = "\\",
        raw_quotes: bool = False,
        raw_escapes: bool = False,
        keep_unset: bool = False,
    ) -> None:
        self.text = text
        self.variables = variables
        self.escape = escape
        self.raw_quotes = raw_quotes
        self.raw_escapes = raw_escapes
        self.keep_unset = keep_unset
        self.position = 0
        self.depth = 0
        self.budget = MAX_RESULT
        self.unset: set[str] = set()
        self.names: set[str] = set()
        self._plain_run = _plain(escape)

    def word(self) -> str:
        """The whole text with quotes removed and variables replaced. Raises LexError."""
        return self._until("")

    def words(self) -> list[tuple[str, int, int]]:
        """The text split at unquoted white space after replacement: value, start, end in the
        text. Raises LexError."""
        found: list[tuple[str, int, int]] = []
        current = ""
        start = end = -1
        length = len(self.text)
        while self.position < length:
            before = self.position
            piece, splits = self._piece()
            parts = _blanks().split(piece) if splits else [piece]
            for part in parts:
                if splits and part and part[0] in SPACE:
                    if current:
                        found.append((current, start, end))
                    current = ""
                elif part:
                    if not current:
                        start = before
                    current += part
                    end = self.position
        if current:
            found.append((current, start, end))
        return found

    def _peek(self) -> str:
        return self.text[self.position : self.position + 1]

    def _take(self) -> str:
        character = self._peek()
        self.position += len(character)
        return character

    def _piece(self) -> tuple[str, bool]:
        """The next piece of the result, and whether white space in it splits words."""
        character = self.text[self.position]
        if character == "$":
            return self._dollar(), True
        if character == "'":
            return self._single_quoted(), False
        if character == '"':
            return self._double_quoted(), False
        if character == self.escape:
            self.position += 1
            following = self._take()
            return (character if self.raw_escapes else "") + following, False
        match = self._plain_run.match(self.text, self.position)
        if match is None:
            self.position += 1
            return character, True
        self.position = match.end()
        return match.group(), True

    def _until(self, stop: str) -> str:
        out: list[str] = []
        length = len(self.text)
        while self.position < length:
            if stop and self.text[self.position] == stop:
                self.position += 1
                return "".join(out)
            out.append(self._piece()[0])
        if stop:
            raise LexError(f"no closing {stop}")
        return "".join(out)

    def _nested(self, stop: str, *, raw_escapes: bool) -> str:
        if self.depth >= MAX_DEPTH:
            raise LexError("substitutions nested too deeply")
        before = self.raw_escapes
        self.raw_escapes = raw_escapes
        self.depth += 1
        try:
            return self._until(stop)
        finally:
            self.depth -= 1
            self.raw_escapes = before

    def _single_quoted(self) -> str:
        end = self.text.find("'", self.position + 1)
        if end < 0:
            raise LexError("single quote without an end")
        inner = self.text[self.position + 1 : end]
        self.position = end + 1
        return f"'{inner}'" if self.raw_quotes else inner

    def _double_quoted(self) -> str:
        quote = '"' if self.raw_quotes else ""
        out = [quote]
        self.position += 1
        while character := self._peek():
            if character == '"':
                self.position += 1
                out.append(quote)
                return "".join(out)
            if character == "$":
                out.append(self._dollar())
                continue
            self.position += 1
            if character == self.escape:
                if self.raw_escapes:
                    out.append(character)
                if not self._peek():
                    continue
                if self._peek() in ('"', "$", self.escape):
                    character = self._take()
            out.append(character)
        raise LexError("double quote without an end")

    def _name(self) -> str:
        first = self._peek()
        begin = self.position
        if first.isdigit():
            while self._peek().isdigit():
                self.position += 1
            return self.text[begin : self.position]
        if first and first in _SPECIAL_PARAMETERS:
            return self._take()
        while (character := self._peek()) and (character.isalnum() or character == "_"):
            self.position += 1
        return self.text[begin : self.position]

    def _lookup(self, name: str) -> str | None:
        self.names.add(name)
        value = self.variables.get(name)
        self.budget -= len(value or "")
        if self.budget < 0:
            raise LexError("the value is too long")
        return value

    def _dollar(self) -> str:
        begin = self.position
        self.position += 1
        if self._peek() != "{":
            name = self._name()
            if not name:
                return "$"
            return self._value(name, begin)
        self.position += 1
        if self._peek() in ("", "{", "}", ":"):
            raise LexError("bad substitution")
        name = self._name()
        operator = self._take()
        if operator == "}":
            return self._value(name, begin)
        empty_is_unset = operator == ":"
        if empty_is_unset:
            operator = self._take()
        if operator and operator in "+-?":
            return self._conditional(name, operator, empty_is_unset, begin)
        if operator and operator in "#%" and not empty_is_unset:
            return self._trimmed(name, operator, begin)
        if operator == "/" and not empty_is_unset:
            return self._replaced(name, begin)
        raise LexError(f"unsupported modifier {operator!r}")

    def _value(self, name: str, begin: int) -> str:
        value = self._lookup(name)
        if value is not None:
            return value
        if self.keep_unset:
            return self.text[begin : self.position]
        self.unset.add(name)
        return ""

    def _conditional(self, name: str, operator: str, empty_is_unset: bool, begin: int) -> str:
        unset_before = set(self.unset)
        word = self._nested("}", raw_escapes=False)
        value = self._lookup(name)
        if value is None and self.keep_unset:
            return self.text[begin : self.position]
        given = value is not None and not (empty_is_unset and value == "")
        if operator != "?" and given == (operator == "+"):
            return word
        self.unset = unset_before
        if operator == "?" and not given:
            raise LexError(f"{name}: {word or 'is not allowed to be unset'}")
        return value if value is not None and operator != "+" else ""

    def _trimmed(self, name: str, operator: str, begin: int) -> str:
        from hardening.dockerfile.glob import without_prefix, without_suffix

        pattern = self._nested("}", raw_escapes=True)
        value = self._value(name, begin)
        if self.keep_unset and name not in self.variables:
            return value
        greedy = pattern.startswith(operator)
        trim = without_prefix if operator == "#" else without_suffix
        return trim(value, pattern[1:] if greedy else pattern, longest=greedy)

    def _replaced(self, name: str, begin: int) -> str:
        from hardening.dockerfile.glob import replaced

        everywhere = self._peek() == "/"
        if everywhere:
            self.position += 1
        pattern = self._nested("/", raw_escapes=True)
        replacement = self._nested("}", raw_escapes=True)
        value = self._value(name, begin)
        if self.keep_unset and name not in self.variables:
            return value
        return replaced(value, pattern, replacement, everywhere=everywhere)


def unquoted(raw: str, escape: str) -> str:
    """`raw` with quotes and escapes removed and variables left as written; `raw` itself where
    Docker would refuse it."""
    if '"' not in raw and "'" not in raw and escape not in raw:
        return raw
    try:
        return Lexer(raw, {}, escape=escape, keep_unset=True).word()
    except LexError:
        return raw
