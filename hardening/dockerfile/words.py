"""Words of an instruction's arguments, cut as BuildKit's line parsers cut them.

Sources: BuildKit's `parser/line_parsers.go` and `parser/split_command.go`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from hardening.dockerfile.lexer import unquoted
from hardening.dockerfile.lines import SPACE, LogicalLine
from hardening.dockerfile.model import Flag, KeyValue, Word

BLANK = re.compile(r"[\t\v\f\r ]+")
_NOT_BLANK = re.compile(r"[^\t\v\f\r ]+")
_ASCII_SPACE = "\t\n\v\f\r "


@lru_cache(maxsize=1)
def _flag_word() -> re.Pattern[str]:
    """A flag as `extractBuilderFlags` ends it; the escape directive changes nothing here."""
    single = r"'(?:[^'\\]|\\.)*(?:'|\\?\Z)"
    double = r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)'
    plain = rf"""[^{_ASCII_SPACE}'"\\]+|\\.|\\\Z"""
    return re.compile(f"--(?:{plain}|{single}|{double})*", re.DOTALL)


class RefusedError(Exception):
    """BuildKit would not take this instruction; the message says why."""


class UnbuildableError(RefusedError):
    """The same, found after the whole file was parsed: an ONBUILD trigger may be like that."""


def word_of(line: LogicalLine, start: int, end: int, value: str) -> Word:
    raw = line.text[start:end]
    span = line.span(start, end)
    text = raw if len(raw) == span.end - span.start else line.file[span.start : span.end]
    return Word(text, value, span, raw)


def split_flags(line: LogicalLine, start: int, end: int) -> tuple[tuple[Flag, ...], int]:
    """The `--flags` at the front of the arguments, and where the rest begins."""
    flags: list[Flag] = []
    text = line.text
    while True:
        while start < end and text[start] in _ASCII_SPACE:
            start += 1
        if not text.startswith("--", start, end):
            return tuple(flags), start
        match = _flag_word().match(text, start, end)
        assert match is not None
        if match.group() == "--":
            return tuple(flags), match.end()
        flags.append(_flag(line, start, match.end()))
        start = match.end()


def _flag(line: LogicalLine, start: int, end: int) -> Flag:
    raw = line.text[start:end]
    name, equals, value = raw.partition("=")
    span = line.span(start, end)
    if not equals:
        return Flag(_flag_text(name[2:]), None, span)
    value_span = line.span(start + len(name) + 1, end)
    return Flag(_flag_text(name[2:]), _flag_text(value), span, value_span)


def _flag_text(raw: str) -> str:
    """A flag's text without quotes; the backslash escapes whatever the escape directive says."""
    if "\\" not in raw and '"' not in raw and "'" not in raw:
        return raw
    quote = ""
    out: list[str] = []
    characters = iter(raw)
    for character in characters:
        if character == "\\":
            out.append(next(characters, ""))
        elif quote:
            if character == quote:
                quote = ""
            else:
                out.append(character)
        elif character in "'\"":
            quote = character
        else:
            out.append(character)
    return "".join(out)


def plain_words(line: LogicalLine, start: int, end: int) -> tuple[Word, ...]:
    """Split at blanks, quotes kept: the words of a command in shell form."""
    return tuple(
        word_of(line, match.start(), match.end(), match.group())
        for match in _NOT_BLANK.finditer(line.text, start, end)
    )


def split_words(line: LogicalLine, start: int, end: int, escape: str) -> tuple[Word, ...]:
    """Split at blanks whatever the quotes say (FROM, EXPOSE, COPY ...), then unquoted."""
    return tuple(
        word_of(line, match.start(), match.end(), unquoted(match.group(), escape))
        for match in _NOT_BLANK.finditer(line.text, start, end)
    )


def whole_word(line: LogicalLine, start: int, end: int, escape: str) -> tuple[Word, ...]:
    """Everything as one word (USER, WORKDIR, STOPSIGNAL, MAINTAINER)."""
    if start >= end:
        return ()
    return (word_of(line, start, end, unquoted(line.text[start:end], escape)),)


def json_words(line: LogicalLine, start: int, end: int) -> tuple[Word, ...] | None:
    """The strings of a JSON array, None when it is none. Raises RefusedError for an array that
    holds something else than strings."""
    if not line.text.startswith("[", start, end):
        return None
    from hardening.dockerfile.json_array import strings

    found = strings(line.text, start, end)
    if found is None:
        return None
    return tuple(word_of(line, first, last, value) for first, last, value in found)


@lru_cache(maxsize=4)
def _quoted_word(escape: str) -> re.Pattern[str]:
    e = re.escape(escape)
    return re.compile(
        rf"""(?:[^{SPACE}'"{e}]+|{e}.|{e}\Z|'[^']*(?:'|\Z)|"(?:[^"{e}]|{e}.)*(?:"|{e}?\Z))+""",
        re.DOTALL,
    )


def quoted_ranges(text: str, start: int, end: int, escape: str) -> list[tuple[int, int]]:
    """Words that respect quotes (ENV, LABEL, ARG), as offsets."""
    matches = _quoted_word(escape).finditer(text[:end], start)
    return [match.span() for match in matches if match.group() != escape]


def key_values(
    line: LogicalLine, start: int, end: int, escape: str, keyword: str
) -> tuple[tuple[Word, ...], tuple[KeyValue, ...]]:
    """Words and pairs of ENV and LABEL, in the `K=V` or the old `K V` form.

    Raises RefusedError."""
    text = line.text
    ranges = quoted_ranges(text, start, end, escape)
    if not ranges:
        raise UnbuildableError(f"{keyword} needs at least one argument")
    if "=" not in text[slice(*ranges[0])]:
        return _old_key_value(line, start, end, escape, keyword)
    pairs = []
    for first, last in ranges:
        if "=" not in text[first:last]:
            raise RefusedError(f"{keyword} has a word without =")
        pairs.append(_pair(line, first, last, escape))
    if any(text[first] == "=" for first, _ in ranges):
        raise UnbuildableError(f"{keyword} names must not be blank")
    return _words(line, ranges, escape), tuple(pairs)


def _old_key_value(
    line: LogicalLine, start: int, end: int, escape: str, keyword: str
) -> tuple[tuple[Word, ...], tuple[KeyValue, ...]]:
    blank = BLANK.search(line.text, start, end)
    if blank is None:
        raise RefusedError(f"{keyword} must have two arguments")
    ranges = [(start, blank.start()), (blank.end(), end)]
    key, value = _words(line, ranges, escape)
    return (key, value), (KeyValue(key.value, value, line.span(start, end)),)


def argument_names(
    line: LogicalLine, start: int, end: int, escape: str
) -> tuple[tuple[Word, ...], tuple[KeyValue, ...]]:
    """Words and pairs of ARG. Raises RefusedError."""
    ranges = quoted_ranges(line.text, start, end, escape)
    if not ranges:
        raise UnbuildableError("ARG needs at least one argument")
    pairs = tuple(_pair(line, first, last, escape) for first, last in ranges)
    if any(line.text[first] == "=" for first, _ in ranges):
        raise UnbuildableError("ARG names must not be blank")
    return _words(line, ranges, escape), pairs


def _pair(line: LogicalLine, start: int, end: int, escape: str) -> KeyValue:
    raw = line.text[start:end]
    name, equals, value = raw.partition("=")
    key = unquoted(name, escape)
    span = line.span(start, end)
    if not equals:
        return KeyValue(key, None, span)
    return KeyValue(key, word_of(line, start + len(name) + 1, end, unquoted(value, escape)), span)


def _words(line: LogicalLine, ranges: list[tuple[int, int]], escape: str) -> tuple[Word, ...]:
    return tuple(
        word_of(line, first, last, unquoted(line.text[first:last], escape))
        for first, last in ranges
    )
