"""Pairs the tail of an image's history with the instructions of a Dockerfile.

A global alignment (Needleman and Wunsch) that may leave any number of entries at the beginning of
the history out for nothing: those are the base image's. Work is bounded whatever the input.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hardening.image.created_by import Told
from hardening.image.recorded import SAME, Recorded, fit

MAX_ENTRIES = 600
MAX_INSTRUCTIONS = 600
MAX_COMPARISONS = 60_000
"""Pairs of texts that are compared; what is left of a monstrous history stays without partner."""

LEAST_FIT = 0.4
"""Below this two texts are not said to be the same instruction changed."""

_SKIP_INSTRUCTION = -0.5
_SKIP_ENTRY = -0.4
_DIAGONAL, _UP, _LEFT = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Pair:
    """Indices of an instruction and a history entry that belong together."""

    wanted: int
    told: int
    fit: float

    @property
    def exact(self) -> bool:
        return self.fit >= SAME


def align(wanted: Sequence[Recorded], entries: Sequence[Told]) -> tuple[Pair, ...]:
    """The best pairing, in order; instructions and entries may stay without a partner.

    Of a very long history or Dockerfile only the last 600 take part.
    """
    first_wanted = max(0, len(wanted) - MAX_INSTRUCTIONS)
    first_entry = max(0, len(entries) - MAX_ENTRIES)
    own = wanted[first_wanted:]
    tail = entries[first_entry:]
    if not own or not tail:
        return ()
    fits, moves = _fill(own, tail)
    return tuple(
        Pair(row + first_wanted, column + first_entry, fits[row, column])
        for row, column in _walk_back(moves, len(own), len(tail))
    )


def _fill(
    wanted: Sequence[Recorded], entries: Sequence[Told]
) -> tuple[dict[tuple[int, int], float], list[bytearray]]:
    """Fit of each pair worth having, and the best move into each cell."""
    width = len(entries)
    fits: dict[tuple[int, int], float] = {}
    above = [0.0] * (width + 1)
    moves = [bytearray([_LEFT]) * (width + 1)]
    comparisons = 0
    for row, one in enumerate(wanted):
        skip = 0.0 if one.keyword in ("ARG", "ONBUILD", "MAINTAINER") else _SKIP_INSTRUCTION
        scores = [above[0] + skip]
        choice = bytearray([_UP])
        for column, entry in enumerate(entries):
            best, move = scores[column] + _SKIP_ENTRY, _LEFT
            if above[column + 1] + skip > best:
                best, move = above[column + 1] + skip, _UP
            if entry.keyword == one.keyword and comparisons < MAX_COMPARISONS:
                comparisons += 1
                value = fit(entry, one)
                if value >= LEAST_FIT:
                    fits[row, column] = value
                    gained = above[column] + _gain(one, value)
                    if gained >= best:
                        best, move = gained, _DIAGONAL
            scores.append(best)
            choice.append(move)
        above = scores
        moves.append(choice)
    return fits, moves


def _gain(one: Recorded, value: float) -> float:
    """An exact match counts more than a resembling one, a layer more than a setting."""
    weight = 2.0 if one.makes_layer else 1.0
    return weight * (value if value >= SAME else 0.6 * value)


def _walk_back(moves: list[bytearray], row: int, column: int) -> list[tuple[int, int]]:
    pairs = []
    while row > 0 and column > 0:
        move = moves[row][column]
        if move == _DIAGONAL:
            row, column = row - 1, column - 1
            pairs.append((row, column))
        elif move == _UP:
            row -= 1
        else:
            column -= 1
    return pairs[::-1]
