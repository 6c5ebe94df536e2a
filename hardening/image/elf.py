"""What a program needs in order to start, read from its ELF header without running it.

Format: System V ABI, ELF header, program headers and dynamic section (elf(5)). Only those are
read; section headers may be stripped or lie and are not needed. Input is hostile: every offset
and count is checked, all loops are bounded, and damaged files give fewer facts, never an error.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

MAX_PROGRAM_HEADERS = 512
MAX_DYNAMIC_ENTRIES = 4_096
MAX_NEEDED = 1_024
MAX_STRING = 4_096

_MACHINES = {
    3: "386",
    8: "mips",
    20: "ppc",
    21: "ppc64",
    22: "s390x",
    40: "arm",
    62: "amd64",
    183: "arm64",
    243: "riscv64",
    258: "loong64",
}
_ET_EXEC, _ET_DYN = 2, 3
_PT_LOAD, _PT_DYNAMIC, _PT_INTERP = 1, 2, 3
_DT_NULL, _DT_NEEDED, _DT_STRTAB, _DT_SONAME, _DT_RPATH, _DT_RUNPATH = 0, 1, 5, 14, 15, 29
_DT_FLAGS_1 = 0x6FFFFFFB
_DF_1_PIE = 0x08000000


@dataclass(frozen=True, slots=True)
class ElfFacts:
    """`machine` is Go's name for the architecture (`amd64`) or `machine-N`. `interpreter` is the
    path of the dynamic loader without its leading slash. `static` is true for a program that needs
    neither loader nor library. `libc` is None for static programs and where nothing tells.
    `complete` is false when the data was cut or damaged before everything could be read: `needed`
    may then be short."""

    machine: str
    bits: int
    kind: str
    """"program", "library" or "other" (object file, core dump)."""
    interpreter: str | None = None
    needed: tuple[str, ...] = ()
    static: bool = False
    libc: str | None = None
    soname: str | None = None
    search_path: tuple[str, ...] = ()
    """Folders of DT_RUNPATH, or of DT_RPATH without one, as written (`$ORIGIN/../lib`)."""
    complete: bool = True


@dataclass(frozen=True, slots=True)
class _Segment:
    type: int
    offset: int
    address: int
    size: int


@dataclass(frozen=True, slots=True)
class _Header:
    order: str
    bits: int
    type: int
    machine: int
    table: int
    entry_size: int
    count: int


@dataclass(slots=True)
class _Dynamic:
    """Values of the dynamic section, strings still as offsets into the string table."""

    needed: list[int]
    single: dict[int, int]
    complete: bool = True


def elf_facts(data: bytes) -> ElfFacts | None:
    """Facts of an ELF file given whole, or as its first bytes; None when it is not ELF."""
    header = _header(data)
    if header is None:
        return None
    segments, complete = _segments(data, header)
    interpreter, interpreter_complete = _interpreter(data, segments)
    dynamic = _dynamic(data, header, segments)
    strings = _string_table(segments, dynamic)
    needed = tuple(
        name for offset in dynamic.needed if (name := _string_at(data, strings, offset)) is not None
    )
    complete = (
        complete
        and interpreter_complete
        and dynamic.complete
        and len(needed) == len(dynamic.needed)
    )
    soname = _string_at(data, strings, dynamic.single.get(_DT_SONAME))
    kind = _kind(header, interpreter, dynamic)
    return ElfFacts(
        machine=_MACHINES.get(header.machine, f"machine-{header.machine}"),
        bits=header.bits,
        kind=kind,
        interpreter=interpreter,
        needed=needed,
        static=kind == "program" and complete and interpreter is None and not needed,
        libc=_libc(interpreter, needed),
        soname=soname,
        search_path=_search_path(data, strings, dynamic),
        complete=complete,
    )


def _header(data: bytes) -> _Header | None:
    if len(data) < 52 or data[:4] != b"\x7fELF" or data[4] not in (1, 2) or data[5] not in (1, 2):
        return None
    order = "<" if data[5] == 1 else ">"
    if data[4] == 1:
        kind, machine, _, _, table, _, _, _, size, count = struct.unpack_from(
            order + "HHIIIIIHHH", data, 16
        )
        return _Header(order, 32, kind, machine, table, size, count)
    if len(data) < 64:
        return None
    kind, machine, _, _, table, _, _, _, size, count = struct.unpack_from(
        order + "HHIQQQIHHH", data, 16
    )
    return _Header(order, 64, kind, machine, table, size, count)


def _segments(data: bytes, header: _Header) -> tuple[tuple[_Segment, ...], bool]:
    layout = header.order + ("IIQQQQQQ" if header.bits == 64 else "IIIIIIII")
    if header.entry_size < struct.calcsize(layout):
        return (), header.count == 0
    found: list[_Segment] = []
    for number in range(min(header.count, MAX_PROGRAM_HEADERS)):
        start = header.table + number * header.entry_size
        if start + struct.calcsize(layout) > len(data):
            return tuple(found), False
        fields = struct.unpack_from(layout, data, start)
        if header.bits == 64:
            found.append(_Segment(fields[0], fields[2], fields[3], fields[5]))
        else:
            found.append(_Segment(fields[0], fields[1], fields[2], fields[4]))
    return tuple(found), header.count <= MAX_PROGRAM_HEADERS


def _first(segments: tuple[_Segment, ...], kind: int) -> _Segment | None:
    return next((segment for segment in segments if segment.type == kind), None)


def _interpreter(data: bytes, segments: tuple[_Segment, ...]) -> tuple[str | None, bool]:
    segment = _first(segments, _PT_INTERP)
    if segment is None:
        return None, True
    if segment.offset + segment.size > len(data) or not 1 < segment.size <= MAX_STRING:
        return None, False
    raw = data[segment.offset : segment.offset + segment.size].partition(b"\0")[0]
    return raw.decode("utf-8", "replace").lstrip("/") or None, True


def _dynamic(data: bytes, header: _Header, segments: tuple[_Segment, ...]) -> _Dynamic:
    result = _Dynamic([], {})
    segment = _first(segments, _PT_DYNAMIC)
    if segment is None:
        return result
    layout = header.order + ("qQ" if header.bits == 64 else "iI")
    width = struct.calcsize(layout)
    for number in range(min(segment.size // width, MAX_DYNAMIC_ENTRIES)):
        start = segment.offset + number * width
        if start + width > len(data):
            result.complete = False
            return result
        tag, value = struct.unpack_from(layout, data, start)
        if tag == _DT_NULL:
            return result
        if tag == _DT_NEEDED:
            result.needed.append(value)
            if len(result.needed) > MAX_NEEDED:
                break
        else:
            result.single[tag] = value
    result.complete = False
    return result


def _string_table(segments: tuple[_Segment, ...], dynamic: _Dynamic) -> int | None:
    """File offset of the dynamic string table, from its address through the loaded segments."""
    address = dynamic.single.get(_DT_STRTAB)
    if address is None:
        return None
    for segment in segments:
        if segment.type == _PT_LOAD and 0 <= address - segment.address < segment.size:
            return segment.offset + address - segment.address
    return None


def _string_at(data: bytes, table: int | None, offset: int | None) -> str | None:
    if table is None or offset is None or table + offset >= len(data):
        return None
    start = table + offset
    end = data.find(b"\0", start, start + MAX_STRING)
    return data[start:end].decode("utf-8", "replace") if end > start else None


def _search_path(data: bytes, strings: int | None, dynamic: _Dynamic) -> tuple[str, ...]:
    for tag in (_DT_RUNPATH, _DT_RPATH):
        text = _string_at(data, strings, dynamic.single.get(tag))
        if text:
            return tuple(_nonempty(text.split(":")))
    return ()


def _nonempty(parts: list[str]) -> Iterator[str]:
    return (part for part in parts if part)


def _kind(header: _Header, interpreter: str | None, dynamic: _Dynamic) -> str:
    if header.type == _ET_EXEC:
        return "program"
    if header.type != _ET_DYN:
        return "other"
    is_pie = bool(dynamic.single.get(_DT_FLAGS_1, 0) & _DF_1_PIE)
    return "program" if interpreter is not None or is_pie else "library"


def _libc(interpreter: str | None, needed: tuple[str, ...]) -> str | None:
    loader = (interpreter or "").rpartition("/")[2]
    if loader.startswith("ld-musl") or any(name.startswith("libc.musl") for name in needed):
        return "musl"
    is_gnu_loader = loader.startswith(("ld-linux", "ld64.so", "ld.so.1"))
    return "glibc" if is_gnu_loader or "libc.so.6" in needed else None
