"""Rust programs built with cargo-auditable: the crates in their section `.dep-v0`.

Format: rust-secure-code/cargo-auditable PARSING.md, JSON compressed with zlib.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence

from hardening.image.passing import MemoryBlob
from hardening.inventory.frame import MIB, Cataloger, Found, Unreadable
from hardening.inventory.json_reading import json_of
from hardening.inventory.programs import Program, programs_of

_SECTION = ".dep-v0"
_MAX_JSON = 8 * MIB


def read(path: str, data: bytes) -> Iterator[Found]:
    """The crates of a program at hand as a whole. Raises Unreadable."""
    yield from read_programs(path, programs_of(MemoryBlob(data)))


def read_programs(path: str, programs: Sequence[Program]) -> Iterator[Found]:
    """The crates of a program, those that only its build used left out. Raises Unreadable."""
    made: dict[Found, None] = {}
    for program in programs:
        section = program.section(_SECTION)
        if section is not None:
            packed = program.blob.read(section.offset, min(section.size, _MAX_JSON))
            made.update(dict.fromkeys(_crates(packed)))
    yield from made


def _crates(packed: bytes) -> Iterator[Found]:
    values = json_of(_inflated(packed))
    packages = values.get("packages") if isinstance(values, dict) else None
    for one in packages if isinstance(packages, list) else ():
        if not isinstance(one, dict) or one.get("kind") == "build":
            continue
        name, version = one.get("name"), one.get("version")
        if isinstance(name, str) and isinstance(version, str) and name and version:
            yield Found("cargo", name, version)


def _inflated(packed: bytes) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        found = unpacker.decompress(packed, _MAX_JSON)
    except zlib.error:
        raise Unreadable("its list of crates is damaged") from None
    if unpacker.unconsumed_tail:
        raise Unreadable("its list of crates is too large")
    return found


CATALOGER = Cataloger("rust", read, programs=True, limit=64 * MIB, read_programs=read_programs)
