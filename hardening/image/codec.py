"""Columns as bytes and back: for the cache and for worker processes.

A row of sections, each with its length ahead (little-endian, 8 bytes); numbers little-endian.
No pickle: what is read is checked, and at worst is wrong, never run.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Mapping
from struct import Struct
from typing import Literal

from hardening.image.columns import KINDS, Columns

FORMAT = b"DDC1"
_LENGTH = Struct("<Q")
_HEAD = Struct("<4sQQ")
Code = Literal["B", "I", "Q"]


def encode(columns: Columns) -> bytes:
    """One layer's columns as bytes."""
    owner_numbers = array("I", (part for owner in columns.owner_table for part in owner))
    sections = [
        _HEAD.pack(FORMAT, len(columns), columns.tar_size),
        join(columns.paths),
        bytes(columns.kinds),
        numbers_to_bytes(columns.owners),
        numbers_to_bytes(owner_numbers),
        numbers_to_bytes(columns.sizes),
        numbers_to_bytes(columns.offsets),
        numbers_to_bytes(array("I", columns.links)),
        join(columns.links.values()),
        *_pack_bytes(columns.capabilities),
        *_pack_bytes(columns.captured),
        join(columns.whiteouts),
        join(columns.opaque),
    ]
    return frame(sections)


def decode(data: bytes) -> Columns:
    """The columns again. Raises ValueError when the bytes are no encoded columns."""
    parts = unframe(data)
    if len(parts) != 15:
        raise ValueError(f"{len(parts)} sections, not 15")
    magic, rows, tar_size = _HEAD.unpack(parts[0]) if len(parts[0]) == _HEAD.size else (b"", 0, 0)
    if magic != FORMAT:
        raise ValueError("another format")
    owners = numbers(parts[4], "I")
    table = [(owners[at], owners[at + 1], owners[at + 2]) for at in range(0, len(owners) - 2, 3)]
    links = zip(_rows(parts[7], rows), split(parts[8]), strict=True)
    columns = Columns(
        paths=split(parts[1]),
        kinds=bytearray(parts[2]),
        owners=numbers(parts[3], "I"),
        owner_table=table,
        sizes=numbers(parts[5], "Q"),
        offsets=numbers(parts[6], "Q"),
        links=dict(links),
        capabilities=_unpack_bytes(parts[9], parts[10], rows),
        captured=_unpack_bytes(parts[11], parts[12], rows),
        whiteouts=split(parts[13]),
        opaque=split(parts[14]),
        tar_size=tar_size,
    )
    _check(columns, rows)
    return columns


def _check(columns: Columns, rows: int) -> None:
    lists = (columns.paths, columns.kinds, columns.owners, columns.sizes, columns.offsets)
    if any(len(one) != rows for one in lists):
        raise ValueError("columns of different length")
    if max(columns.owners, default=-1) >= len(columns.owner_table):
        raise ValueError("an owner is missing")
    if max(columns.kinds, default=0) >= len(KINDS):
        raise ValueError("an unknown type of entry")


def frame(sections: Iterable[bytes]) -> bytes:
    """Sections one after another, each behind its length."""
    parts: list[bytes] = []
    for section in sections:
        parts += (_LENGTH.pack(len(section)), section)
    return b"".join(parts)


def unframe(data: bytes) -> list[bytes]:
    """The sections again. Raises ValueError."""
    parts: list[bytes] = []
    at = 0
    while at < len(data):
        if at + _LENGTH.size > len(data):
            raise ValueError("cut inside a length")
        (length,) = _LENGTH.unpack_from(data, at)
        at += _LENGTH.size
        if at + length > len(data):
            raise ValueError("cut inside a section")
        parts.append(data[at : at + length])
        at += length
    return parts


def join(texts: Iterable[str]) -> bytes:
    """Texts without NUL as bytes, one NUL behind each."""
    found = list(texts)
    return ("\0".join(found) + "\0").encode("utf-8", "surrogateescape") if found else b""


def split(data: bytes) -> list[str]:
    """The texts again. Raises ValueError."""
    if not data:
        return []
    if data[-1]:
        raise ValueError("a text has no end")
    return data[:-1].decode("utf-8", "surrogateescape").split("\0")


def numbers_to_bytes(values: array[int]) -> bytes:
    """Numbers, little-endian."""
    if sys.byteorder == "big":
        values = values[:]
        values.byteswap()
    return values.tobytes()


def numbers(data: bytes, code: Code) -> array[int]:
    """The numbers again. Raises ValueError when the length does not fit."""
    values = array(code)
    values.frombytes(data)
    if sys.byteorder == "big":
        values.byteswap()
    return values


def _rows(data: bytes, rows: int) -> array[int]:
    found = numbers(data, "I")
    if max(found, default=-1) >= rows:
        raise ValueError("a row that does not exist")
    return found


def _pack_bytes(values: Mapping[int, bytes]) -> tuple[bytes, bytes]:
    return numbers_to_bytes(array("I", values)), frame(values.values())


def _unpack_bytes(keys: bytes, values: bytes, rows: int) -> dict[int, bytes]:
    return dict(zip(_rows(keys, rows), unframe(values), strict=True))
