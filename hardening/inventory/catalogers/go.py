"""Go programs: the modules that the linker wrote into them, and the standard library.

Format: Go's debug/buildinfo. A header of 32 bytes at a 16-byte boundary; since Go 1.18 version
and module list follow as length-prefixed strings, before that two pointers name Go strings.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from hardening.inventory.frame import MIB, Cataloger, Found, text_of

_MAGIC = b"\xff Go buildinf:"
_HEADS = (b"\x7fELF", b"MZ", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xfe\xed\xfa\xcf")
_MAX_MODULES = 4 * MIB
_MAX_SEGMENTS = 64
_MAX_TRIES = 64
_VERSION = re.compile(r"go(\d[\w.+-]*)")
_LDFLAGS = re.compile(r"(?:^|[\s\"'])-X[ =][\"']?[\w./-]*[vV]ersion=[\"']?(v?\d[\w.+-]*)")
_REPLACED = 3


def read(path: str, data: bytes) -> Iterator[Found]:
    if not data.startswith(_HEADS):
        return
    version, modules = _build_info(data)
    matched = _VERSION.match(version)
    if matched is None:
        return
    yield Found("golang", "stdlib", matched[1])
    yield from modules_of(modules)


def modules_of(text: str) -> Iterator[Found]:
    """The main module and its dependencies; a replacement stands for what it replaces."""
    main: tuple[str, str] | None = None
    pending: tuple[str, str] | None = None
    flags = ""
    for line in text.split("\n"):
        parts = line.split("\t")
        if parts[0] == "=>" and len(parts) >= _REPLACED:
            pending = (parts[1], parts[2]) if parts[2] else pending
            continue
        if pending is not None:
            yield Found("golang", *pending)
            pending = None
        if parts[0] == "dep" and len(parts) >= _REPLACED:
            pending = parts[1], parts[2]
        elif parts[0] == "mod" and len(parts) >= _REPLACED:
            main = parts[1], parts[2]
        elif line.startswith("build\t-ldflags="):
            flags = line[len("build\t-ldflags=") :]
    if pending is not None:
        yield Found("golang", *pending)
    if main is not None and main[0]:
        yield Found("golang", main[0], _main_version(main[1], flags))


def _main_version(version: str, flags: str) -> str:
    if version and version != "(devel)":
        return version
    told = _LDFLAGS.search(flags)
    return f"v{told[1].removeprefix('v')}" if told else "(devel)"


def _build_info(data: bytes) -> tuple[str, str]:
    at = data.find(_MAGIC)
    for _ in range(_MAX_TRIES):
        if at < 0:
            break
        if at % 16 == 0 and at + 32 <= len(data):
            found = _inline(data, at) if data[at + 15] & 2 else _pointed(data, at)
            if found[0].startswith(("go", "devel")):
                return found
        at = data.find(_MAGIC, at + 1)
    return "", ""


def _inline(data: bytes, at: int) -> tuple[str, str]:
    version, end = _counted(data, at + 32)
    modules, _ = _counted(data, end)
    return text_of(version), _unframed(modules)


def _counted(data: bytes, at: int) -> tuple[bytes, int]:
    """A string after its length as an unsigned varint, and where it ends."""
    size = shift = 0
    for number in range(10):
        if at + number >= len(data):
            return b"", len(data)
        byte = data[at + number]
        size |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            start = at + number + 1
            if size > _MAX_MODULES:
                return b"", start
            return data[start : start + size], start + size
    return b"", len(data)


def _unframed(modules: bytes) -> str:
    """The list without the 16 bytes of mark on both sides."""
    if len(modules) < 33 or modules[-17] != 0x0A:
        return ""
    return text_of(modules[16:-16])


def _pointed(data: bytes, at: int) -> tuple[str, str]:
    wide, order = data[at + 14], ">" if data[at + 15] & 1 else "<"
    if wide not in (4, 8) or data[:4] != b"\x7fELF":
        return "", ""
    kind = "Q" if wide == 8 else "I"
    try:
        segments = list(_segments(data, order, wide))
        first, second = struct.unpack_from(f"{order}2{kind}", data, at + 16)
        version = _go_string(data, segments, first, f"{order}2{kind}")
        modules = _go_string(data, segments, second, f"{order}2{kind}")
    except (struct.error, OverflowError):
        return "", ""
    return text_of(version), _unframed(modules)


def _segments(data: bytes, order: str, wide: int) -> Iterator[tuple[int, int, int]]:
    """Address, offset and size in the file of each loaded segment."""
    if wide == 8:
        (table,) = struct.unpack_from(f"{order}Q", data, 32)
        size, count = struct.unpack_from(f"{order}2H", data, 54)
    else:
        (table,) = struct.unpack_from(f"{order}I", data, 28)
        size, count = struct.unpack_from(f"{order}2H", data, 42)
    for number in range(min(count, _MAX_SEGMENTS)):
        start = table + number * size
        if wide == 8:
            kind, _, offset, address, _, stored = struct.unpack_from(f"{order}2I4Q", data, start)
        else:
            kind, offset, address, _, stored = struct.unpack_from(f"{order}5I", data, start)
        if kind == 1:
            yield address, offset, stored


def _go_string(data: bytes, segments: list[tuple[int, int, int]], address: int, form: str) -> bytes:
    where = _offset(segments, address)
    if where is None:
        return b""
    pointer, size = struct.unpack_from(form, data, where)
    start = _offset(segments, pointer)
    return b"" if start is None or size > _MAX_MODULES else data[start : start + size]


def _offset(segments: list[tuple[int, int, int]], address: int) -> int | None:
    for begin, offset, size in segments:
        if begin <= address < begin + size:
            return offset + address - begin
    return None


CATALOGER = Cataloger("go", read, programs=True, limit=192 * MIB)
