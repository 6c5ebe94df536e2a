"""A file as the pieces that are searched one by one.

Large files come in overlapping windows, so that what lies across a border is whole in one of them.
A hit that touches a border may be a part only: the neighbour has it whole. UTF-16, which Windows
tools write, is searched as UTF-8.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from hardening.secrets.engine import Hit

WINDOW: Final = 5 << 20
OVERLAP: Final = 64 << 10
MAX_FILE: Final = 1 << 30
"""Bytes of one file that are searched; what lies beyond is not."""


class Bytes(Protocol):
    """What is read by position."""

    def read(self, offset: int, size: int) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Window:
    """`data` stands at `offset` of the file; `lines` newlines are before it. `last` is true for the
    piece that ends the file."""

    data: bytes
    offset: int = 0
    lines: int = 0
    last: bool = True

    @property
    def whole(self) -> bool:
        return self.last and not self.offset

    def holds(self, hit: Hit) -> bool:
        """False for a hit that may be cut off."""
        at_left = self.offset > 0 and hit.start - len(hit.name) <= 0
        at_right = not self.last and hit.end >= len(self.data)
        return not (at_left or at_right)

    def line(self, hit: Hit) -> int:
        """One-based line of a hit in text; 0 in binary data."""
        if b"\0" in self.data[:8192]:
            return 0
        return self.lines + self.data.count(b"\n", 0, hit.start) + 1


def rest_of(source: Bytes, size: int, first: bytes) -> Iterator[Window]:
    """The windows of a file behind its first one."""
    end = min(size, MAX_FILE)
    at = len(first) - OVERLAP
    lines = first.count(b"\n", 0, at)
    while at + OVERLAP < end:
        data = source.read(at, min(WINDOW, end - at))
        last = at + len(data) >= end
        yield Window(data, at, lines, last)
        step = len(data) - OVERLAP
        if last or step <= 0:
            return
        lines += data.count(b"\n", 0, step)
        at += step


def readable(data: bytes) -> bytes:
    """Text in UTF-16 as UTF-8, with a byte order mark or when it begins like English text in it;
    everything else as it is."""
    if b"\0" not in data[:8] and data[:2] not in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return data
    encoding = _utf16(data)
    if not encoding:
        return data
    return data.decode(encoding, "replace").encode("utf-8", "surrogatepass")


def _utf16(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    head = data[:64]
    if len(head) < 8 or len(data) % 2:
        return ""
    for encoding, letters, zeros in (
        ("utf-16-le", head[::2], head[1::2]),
        ("utf-16-be", head[1::2], head[::2]),
    ):
        if not any(zeros) and all(31 < one < 127 or one in b"\t\r\n" for one in letters):
            return encoding
    return ""
