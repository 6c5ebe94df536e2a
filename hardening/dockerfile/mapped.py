"""Text that was put together from pieces of a file and knows where each character stands."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from hardening.model import Span


class MappedText:
    """`starts[i]` is the offset in `text` of the piece that stands at `sources[i]` in `file`."""

    __slots__ = ("file", "sources", "starts", "text")

    def __init__(self, text: str, starts: list[int], sources: list[int], file: str) -> None:
        self.text = text
        self.starts = starts
        self.sources = sources
        self.file = file

    def at(self, offset: int) -> int:
        """Offset in the file of a character of `text`."""
        if len(self.starts) == 1:
            return self.sources[0] + offset
        piece = bisect_right(self.starts, offset) - 1
        return self.sources[piece] + offset - self.starts[piece]

    def span(self, start: int, end: int) -> Span:
        """Span in the file of `text[start:end]`; what was dropped in the middle is inside."""
        starts = self.starts
        if len(starts) == 1:
            base = self.sources[0]
            return Span(base + start, base + max(start, end))
        piece = bisect_right(starts, start) - 1
        shift = self.sources[piece] - starts[piece]
        if end <= start:
            return Span(start + shift, start + shift)
        if piece + 1 == len(starts) or end <= starts[piece + 1]:
            return Span(start + shift, end + shift)
        return Span(start + shift, max(start + shift, self.at(end - 1) + 1))

    def pick(self, ranges: Iterable[tuple[int, int]]) -> MappedText:
        """A text made of parts of this one, in the order given."""
        pieces: list[str] = []
        starts: list[int] = []
        sources: list[int] = []
        length = 0
        for start, end in ranges:
            while start < end:
                piece = bisect_right(self.starts, start) - 1
                last = piece + 1 == len(self.starts)
                stop = end if last else min(end, self.starts[piece + 1])
                starts.append(length)
                sources.append(self.sources[piece] + start - self.starts[piece])
                pieces.append(self.text[start:stop])
                length += stop - start
                start = stop
        if not starts:
            return MappedText("", [0], [0], self.file)
        return MappedText("".join(pieces), starts, sources, self.file)

    def joined_with(self, other: MappedText) -> MappedText:
        """This text and then the other one, of the same file."""
        shift = len(self.text)
        return MappedText(
            self.text + other.text,
            self.starts + [start + shift for start in other.starts],
            self.sources + other.sources,
            self.file,
        )
