"""Here-documents of RUN, COPY and ADD.

Source: BuildKit's `parser/parser.go` (`heredocsFromLine`, `Parse`).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from hardening.dockerfile.lexer import Lexer, LexError
from hardening.dockerfile.lines import LineReader, LogicalLine
from hardening.dockerfile.model import Heredoc
from hardening.dockerfile.words import RefusedError
from hardening.model import Span

_OPENER = r"(?s)\d*<<(-?)([^<]*)"


class Opener(NamedTuple):
    """`<<EOF` on a line, before its body was read."""

    name: str
    strip_tabs: bool
    expand: bool
    span: Span


def openers(line: LogicalLine) -> list[Opener]:
    """The here-documents that a line opens; none when its quotes or `${}` do not fit Docker's
    grammar. Raises RefusedError for a name that cannot be read."""
    if "<<" not in line.text:
        return []
    lexer = Lexer(line.text, {}, raw_quotes=True, raw_escapes=True, keep_unset=True)
    try:
        words = lexer.words()
    except LexError:
        return []
    found = []
    for word, start, end in words:
        match = _match(word)
        opener = _opener(match, line.span(start, end)) if match else None
        if opener:
            found.append(opener)
    return found


def is_opener(word: str) -> bool:
    """True when a word opens a here-document."""
    match = _match(word)
    try:
        return match is not None and _opener(match, Span(0, 0)) is not None
    except RefusedError:
        return False


def _match(word: str) -> re.Match[str] | None:
    match = re.fullmatch(_OPENER, word) if "<<" in word else None
    return match if match and match[2] else None


def _opener(match: re.Match[str], span: Span) -> Opener | None:
    rest = match[2]
    try:
        names = Lexer(rest, {}, keep_unset=True).words()
        quoted = Lexer(rest, {}, keep_unset=True, raw_quotes=True).words()
    except LexError as error:
        raise RefusedError(f"here-document name {rest!r}: {error}") from error
    if len(names) != 1:
        return None
    name = names[0][0]
    if len(quoted) != 1:
        raise RefusedError(f"here-document name {rest!r} cannot be read")
    expand = _quotes(name) == _quotes(quoted[0][0])
    return Opener(name, match[1] == "-", expand, span)


def _quotes(word: str) -> int:
    return word.count("'") + word.count('"')


def read_bodies(text: str, reader: LineReader, opened: list[Opener]) -> tuple[Heredoc, ...]:
    """Takes the bodies from the reader. Raises RefusedError when a terminator is missing."""
    return tuple(_read_body(text, reader, opener) for opener in opened)


def _read_body(text: str, reader: LineReader, opener: Opener) -> Heredoc:
    begin = reader.offset
    while reader.more:
        offset, content = reader.take()
        shown = content.lstrip("\t") if opener.strip_tabs else content
        if shown != opener.name:
            continue
        body = Span(begin, offset)
        content_text = body.slice(text)
        if opener.strip_tabs:
            content_text = re.sub(r"(?m)^\t+", "", content_text)
        return Heredoc(
            name=opener.name,
            content=content_text,
            strip_tabs=opener.strip_tabs,
            expand=opener.expand,
            opener=opener.span,
            body=body,
            terminator=Span(offset, offset + len(content)),
        )
    raise RefusedError(f"here-document {opener.name!r} has no end")
