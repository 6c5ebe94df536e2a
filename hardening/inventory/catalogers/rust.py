"""Rust programs built with cargo-auditable: the crates in their ELF section `.dep-v0`.

Format: rust-secure-code/cargo-auditable PARSING.md, JSON compressed with zlib.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from hardening.inventory.frame import MIB, Cataloger, Found, Unreadable
from hardening.inventory.json_reading import json_of

_SECTION = b".dep-v0"
_MAX_JSON = 8 * MIB
_MAX_SECTIONS = 4_096
_ELF64_LITTLE = b"\x7fELF\x02\x01"
_ELF64_BIG = b"\x7fELF\x02\x02"


def read(path: str, data: bytes) -> Iterator[Found]:
    packed = section(data, _SECTION)
    if not packed:
        return
    values = json_of(_inflated(packed))
    packages = values.get("packages") if isinstance(values, dict) else None
    for one in packages if isinstance(packages, list) else ():
        if not isinstance(one, dict) or one.get("kind") == "build":
            continue
        name, version = one.get("name"), one.get("version")
        if isinstance(name, str) and isinstance(version, str) and name and version:
            yield Found("cargo", name, version)


def section(data: bytes, wanted: bytes) -> bytes:
    """The content of a section of a 64-bit ELF file, b"" when it has none."""
    if not data.startswith((_ELF64_LITTLE, _ELF64_BIG)) or wanted not in data:
        return b""
    order = "<" if data.startswith(_ELF64_LITTLE) else ">"
    try:
        (table,) = struct.unpack_from(f"{order}Q", data, 40)
        size, count, strings = struct.unpack_from(f"{order}3H", data, 58)
        (names,) = struct.unpack_from(f"{order}Q", data, table + strings * size + 24)
        for number in range(min(count, _MAX_SECTIONS)):
            start = table + number * size
            (name,) = struct.unpack_from(f"{order}I", data, start)
            if data[names + name : names + name + len(wanted) + 1] != wanted + b"\0":
                continue
            offset, length = struct.unpack_from(f"{order}2Q", data, start + 24)
            return data[offset : offset + min(length, _MAX_JSON)]
    except (struct.error, OverflowError):
        return b""
    return b""


def _inflated(packed: bytes) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        found = unpacker.decompress(packed, _MAX_JSON)
    except zlib.error:
        raise Unreadable("its list of crates is damaged") from None
    if unpacker.unconsumed_tail:
        raise Unreadable("its list of crates is too large")
    return found


CATALOGER = Cataloger("rust", read, programs=True, limit=192 * MIB)
