"""Where each character of a changed text came from.

A text that was edited several times is a sequence of pieces: copies of the original, text put in
place of some original text, and text that is wholly new. It lets a finding in the changed text be
recognised as the one that was there before.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from hardening.model import Edit, Span


@dataclass(frozen=True, slots=True)
class Piece:
    """`length` characters. `origin` is an offset in the original text or None for wholly new text;
    `copied` tells a literal copy from a replacement of what stood at `origin`."""

    length: int
    origin: int | None
    copied: bool

    def cut(self, start: int, end: int) -> Piece:
        moved = self.origin + start if self.copied and self.origin is not None else self.origin
        return Piece(end - start, moved, self.copied)


@dataclass(frozen=True, slots=True)
class Origins:
    """The pieces of one text, in order."""

    pieces: tuple[Piece, ...]
    starts: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Origins:
        """The unchanged text."""
        return cls._build([Piece(len(text), 0, True)])

    @classmethod
    def _build(cls, pieces: Sequence[Piece]) -> Origins:
        kept = tuple(piece for piece in pieces if piece.length)
        starts, position = [], 0
        for piece in kept:
            starts.append(position)
            position += piece.length
        return cls(kept, tuple(starts))

    def original(self, offset: int) -> int | None:
        """The original offset of a character of the changed text, None for wholly new text."""
        index = bisect_right(self.starts, offset) - 1
        if index < 0:
            return None
        piece = self.pieces[index]
        inside = offset - self.starts[index]
        if inside >= piece.length:
            inside = piece.length
        if piece.origin is None:
            return None
        return piece.origin + inside if piece.copied else piece.origin

    def is_copied(self, span: Span) -> bool:
        """True when the whole span is one literal copy of original text."""
        index = bisect_right(self.starts, span.start) - 1
        if index < 0:
            return False
        piece = self.pieces[index]
        return piece.copied and span.end <= self.starts[index] + piece.length

    def edited(self, edits: Sequence[Edit]) -> Origins:
        """After these edits: sorted, not overlapping, texts as they are put in."""
        result: list[Piece] = []
        position = 0
        for edit in edits:
            result.extend(self._between(position, edit.span.start))
            replaced = self.original(edit.span.start) if len(edit.span) else None
            result.append(Piece(len(edit.text), replaced, False))
            position = edit.span.end
        total = self.starts[-1] + self.pieces[-1].length if self.pieces else 0
        result.extend(self._between(position, total))
        return self._build(result)

    def _between(self, start: int, end: int) -> list[Piece]:
        found = []
        for at, piece in zip(self.starts, self.pieces, strict=True):
            low, high = max(start, at), min(end, at + piece.length)
            if low < high:
                found.append(piece.cut(low - at, high - at))
        return found
