"""The merged tree as bytes and back, for the cache.

Only the order of the rows is kept: a path is read from its layer's columns, except for the few
that have none of their own there or landed elsewhere through a link.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from struct import Struct

from hardening.image.codec import frame, join, numbers, numbers_to_bytes, split, unframe
from hardening.image.columns import Columns
from hardening.image.merge import Squash
from hardening.image.model import Efficiency
from hardening.image.tree import IMPLICIT, ROW_BITS, ROW_MASK, MergedTree

FORMAT = b"DDT1"
_HEAD = Struct("<4sdQ")


def encode_squash(squash: Squash, layers: Sequence[Columns]) -> bytes:
    """The merged tree of these layers as bytes."""
    rows = array("Q")
    strange_rows = array("Q")
    strange_paths: list[str] = []
    paths = [columns.paths for columns in layers]
    for path, packed in squash.tree.rows().items():
        row = packed & ROW_MASK
        if row == IMPLICIT or paths[packed >> ROW_BITS][row] != path:
            strange_rows.append(packed)
            strange_paths.append(path)
        else:
            rows.append(packed)
    efficiency = squash.efficiency
    return frame(
        [
            _HEAD.pack(FORMAT, efficiency.score, efficiency.removable),
            numbers_to_bytes(array("Q", squash.wasted)),
            numbers_to_bytes(rows),
            numbers_to_bytes(strange_rows),
            join(strange_paths),
        ]
    )


def decode_squash(data: bytes, layers: Sequence[Columns]) -> Squash:
    """The merged tree again. Raises ValueError when the bytes do not fit these layers."""
    parts = unframe(data)
    if len(parts) != 5 or len(parts[0]) != _HEAD.size:
        raise ValueError("no merged tree")
    magic, score, removable = _HEAD.unpack(parts[0])
    if magic != FORMAT:
        raise ValueError("another format")
    wasted = numbers(parts[1], "Q")
    if len(wasted) != len(layers):
        raise ValueError("another number of layers")
    paths = [columns.paths for columns in layers]
    try:
        merged = {
            paths[packed >> ROW_BITS][packed & ROW_MASK]: packed
            for packed in numbers(parts[2], "Q")
        }
        strange = list(zip(numbers(parts[3], "Q"), split(parts[4]), strict=True))
        for packed, path in strange:
            row = packed & ROW_MASK
            if row != IMPLICIT:
                paths[packed >> ROW_BITS][row]
            elif packed >> ROW_BITS >= len(layers):
                raise ValueError("a layer that does not exist")
            merged[path] = packed
    except IndexError:
        raise ValueError("a row that does not exist") from None
    tree = MergedTree(layers, merged)
    return Squash(tree, tuple(wasted), Efficiency(score, removable))
