"""Physical lines joined into logical ones, as BuildKit's `parser.Parse` does it.

A line that ends in the escape character goes on in the next one; comment lines and empty lines
in between are dropped. Every character of a logical line knows where it stands in the file.
"""

from __future__ import annotations

from hardening.dockerfile.mapped import MappedText
from hardening.dockerfile.model import Comment
from hardening.model import Span

SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
    "\u200a\u2028\u2029\u202f\u205f\u3000"
)
"""What Go's `unicode.IsSpace` takes for white space (Python's `str.isspace` differs)."""

MAX_LINE = 65_535
"""Longest physical line in bytes that BuildKit's scanner takes, newline included."""


class LogicalLine(MappedText):
    """One instruction's text; `begin` and `end` are offsets in the file: of its first character
    (a lone continuation may stand above the keyword), and behind its last physical line, newline
    not included."""

    __slots__ = ("begin", "comments", "end", "end_line", "start_line")

    def __init__(
        self, text: str, starts: list[int], sources: list[int], file: str, lines: tuple[int, int]
    ) -> None:
        super().__init__(text, starts, sources, file)
        self.start_line, self.end_line = lines
        self.begin = sources[0]
        self.end = 0
        self.comments: list[Comment] = []


class LineReader:
    """The physical lines of a text, one after another."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.split("\n")
        if self.lines[-1] == "":
            self.lines.pop()
        self.next = 0
        """Zero-based number of the line that comes next."""
        self.offset = 0
        self.end = 0
        """Where the content of the last line that was taken ends."""
        if text.startswith("\ufeff"):
            self.lines[0] = self.lines[0][1:]
            self.offset = 1

    @property
    def more(self) -> bool:
        return self.next < len(self.lines)

    def take(self) -> tuple[int, str]:
        """Offset and content (no newline) of the next line."""
        line = self.lines[self.next]
        offset = self.offset
        self.next += 1
        self.offset = offset + len(line) + 1
        content = line.rstrip("\r")
        self.end = offset + len(content)
        return offset, content


def without_continuation(line: str, escape: str) -> tuple[str, bool]:
    """The line without its continuation character, and whether it goes on.

    An escape character before the last one cancels it.
    """
    trimmed = line.rstrip(" \t")
    if not trimmed.endswith(escape) or trimmed[-2:-1] == escape:
        return line, False
    return trimmed[:-1], True


def read_logical_line(reader: LineReader, offset: int, first: str, escape: str) -> LogicalLine:
    """Joins `first` (already taken, white space at its left removed) with what continues it."""
    start_line = reader.next
    end = offset + len(first)
    body, more = without_continuation(first, escape)
    pieces, starts, sources = [body], [0], [offset]
    length = len(body)
    comments: list[Comment] = []
    while more and reader.more:
        offset, content = reader.take()
        end = offset + len(content)
        stripped = content.lstrip(SPACE)
        if not stripped:
            continue
        if stripped[0] == "#":
            begin = end - len(stripped)
            comments.append(Comment(stripped, Span(begin, end), reader.next))
            continue
        body, more = without_continuation(content, escape)
        if body:
            pieces.append(body)
            starts.append(length)
            sources.append(offset)
            length += len(body)
    lines = (start_line, reader.next)
    line = LogicalLine("".join(pieces), starts, sources, reader.text, lines)
    line.end = end
    line.comments = comments
    return line
