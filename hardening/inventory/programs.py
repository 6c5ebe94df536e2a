"""The sections and segments of programs, read through small windows.

ELF: System V ABI, elf(5). PE: Microsoft "PE Format". Mach-O: mach-o/loader.h and fat.h. Headers
are hostile: counts and sizes are bounded, and what is damaged has no sections.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from hardening.image.model import Blob

MAX_SECTIONS = 4_096
MAX_COMMANDS = 1_024
MAX_SLICES = 16
_MAX_TABLE = 1 << 20
_SCAN = 1 << 20
_HEAD = 64
_ELF = b"\x7fELF"
_FAT = b"\xca\xfe\xba\xbe"
_MACHO = {
    b"\xcf\xfa\xed\xfe": ("<", True),
    b"\xce\xfa\xed\xfe": ("<", False),
    b"\xfe\xed\xfa\xcf": (">", True),
    b"\xfe\xed\xfa\xce": (">", False),
}
_PE_DATA = 0xC0000040
"""Initialised data that may be read and written."""
_LOAD, _WRITABLE = 1, 2


@dataclass(frozen=True, slots=True)
class Stretch:
    """A section or a segment: where it is loaded and where it lies in the file, in bytes."""

    name: str
    address: int
    offset: int
    size: int
    data: bool = False


@dataclass(frozen=True, slots=True)
class Program:
    """One executable. `order` is the byte order of its numbers as `struct` writes it; `sections`
    is empty where the table was stripped; the first of `loaded` with `data` holds its variables."""

    blob: Blob
    order: str
    wide: bool
    sections: tuple[Stretch, ...] = ()
    loaded: tuple[Stretch, ...] = field(default=())

    def section(self, *names: str) -> Stretch | None:
        return next((one for one in self.sections if one.name in names and one.size), None)

    def data(self) -> Stretch | None:
        return next((one for one in self.loaded if one.data and one.size), None)

    def at(self, address: int, size: int) -> bytes:
        """At most `size` bytes of what is loaded at an address, b"" for none."""
        for one in self.loaded:
            if one.address <= address < one.address + one.size:
                into = address - one.address
                return self.blob.read(one.offset + into, min(size, one.size - into))
        return b""

    def find(self, place: Stretch, mark: bytes, limit: int) -> Iterator[int]:
        """Offsets in the file of a mark in the first `limit` bytes of a stretch."""
        end = place.offset + min(place.size, limit)
        at = place.offset
        while at < end:
            window = self.blob.read(at, min(_SCAN, end - at))
            found = window.find(mark)
            while found >= 0:
                yield at + found
                found = window.find(mark, found + 1)
            if len(window) < len(mark):
                return
            at += max(1, len(window) - len(mark) + 1)


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of a blob as a blob."""

    whole: Blob
    start: int
    size: int

    def read(self, offset: int, size: int) -> bytes:
        return self.whole.read(self.start + offset, max(0, min(size, self.size - offset)))


def programs_of(blob: Blob) -> tuple[Program, ...]:
    """The executable that a file is, several for a Mach-O of many processors, none otherwise.
    Raises ImageError when the file cannot be read."""
    head = blob.read(0, _HEAD)
    if len(head) < _HEAD:
        return ()
    try:
        if head.startswith(_ELF):
            return (_elf(blob, head),)
        if head.startswith(b"MZ"):
            return tuple(_pe(blob, head))
        if head[:4] in _MACHO:
            return (_macho(blob, head),)
        if head.startswith(_FAT):
            return tuple(_slices(blob, head))
    except (struct.error, OverflowError):
        return ()
    return ()


def _elf(blob: Blob, head: bytes) -> Program:
    order = ">" if head[5] == 2 else "<"
    wide = head[4] == 2
    if wide:
        segments, sections = struct.unpack_from(f"{order}2Q", head, 32)
        counts = struct.unpack_from(f"{order}5H", head, 54)
    else:
        segments, sections = struct.unpack_from(f"{order}2I", head, 28)
        counts = struct.unpack_from(f"{order}5H", head, 42)
    segment_size, segment_count, section_size, section_count, names = counts
    loaded = tuple(_elf_segments(blob, order, segments, segment_size, segment_count, wide=wide))
    found: tuple[Stretch, ...] = ()
    try:
        where = sections, section_size, section_count, names
        found = tuple(_elf_sections(blob, order, where, wide=wide))
    except struct.error:
        found = ()  # stripped or damaged: the segments still tell
    return Program(blob, order, wide, found, loaded)


def _elf_segments(
    blob: Blob, order: str, table: int, size: int, count: int, *, wide: bool
) -> Iterator[Stretch]:
    count = min(count, MAX_SECTIONS)
    data = blob.read(table, size * count)
    if size < (56 if wide else 32):
        return
    for start in range(0, len(data) - size + 1, size):
        if wide:
            kind, flags, offset, address, _, stored = struct.unpack_from(
                f"{order}2I4Q", data, start
            )
        else:
            kind, offset, address, _, stored, _, flags = struct.unpack_from(
                f"{order}7I", data, start
            )
        if kind == _LOAD:
            yield Stretch("", address, offset, stored, bool(flags & _WRITABLE))


def _elf_sections(
    blob: Blob, order: str, where: tuple[int, int, int, int], *, wide: bool
) -> Iterator[Stretch]:
    """Sections with their names. A count that does not fit stands in the first one."""
    table, size, count, names = where
    if not table or size < (64 if wide else 40):
        return
    form = f"{order}2I4Q2I" if wide else f"{order}8I"
    first = struct.unpack_from(form, blob.read(table, size))
    count, names = count or first[5], first[6] if names == 0xFFFF else names
    data = blob.read(table, size * min(count, MAX_SECTIONS))
    rows = [struct.unpack_from(form, data, start) for start in range(0, len(data) - size + 1, size)]
    if names >= len(rows):
        return
    texts = blob.read(rows[names][4], min(rows[names][5], _MAX_TABLE))
    for row in rows:
        end = texts.find(b"\0", row[0])
        if 0 <= row[0] < end:
            name = texts[row[0] : end].decode("latin-1")
            yield Stretch(name, row[3], row[4], row[5])


def _pe(blob: Blob, head: bytes) -> Iterator[Program]:
    (start,) = struct.unpack_from("<I", head, 60)
    coff = blob.read(start, 24)
    if coff[:4] != b"PE\0\0":
        return
    count, optional_size = struct.unpack_from("<H12xH", coff, 6)
    optional = blob.read(start + 24, min(optional_size, 64))
    wide = optional[:2] == b"\x0b\x02"
    (base,) = struct.unpack_from("<Q" if wide else "<I", optional, 24 if wide else 28)
    table = blob.read(start + 24 + optional_size, 40 * min(count, MAX_SECTIONS))
    found = []
    for at in range(0, len(table) - 39, 40):
        name, virtual, address, stored, offset, flags = struct.unpack_from("<8s4I12xI", table, at)
        data = flags & _PE_DATA == _PE_DATA and bool(address)
        text = name.rstrip(b"\0").decode("latin-1")
        size = min(stored, virtual) if virtual else stored
        found.append(Stretch(text, base + address, offset, size, data))
    yield Program(blob, "<", wide, tuple(found), tuple(found))


def _macho(blob: Blob, head: bytes) -> Program:
    order, wide = _MACHO[head[:4]]
    count, size = struct.unpack_from(f"{order}2I", head, 16)
    data = blob.read(32 if wide else 28, min(size, _MAX_TABLE))
    segments: list[Stretch] = []
    sections: list[Stretch] = []
    at = 0
    for _ in range(min(count, MAX_COMMANDS)):
        if at + 8 > len(data):
            break
        kind, length = struct.unpack_from(f"{order}2I", data, at)
        if length < 8:
            break
        if kind == (0x19 if wide else 1):
            segment, own = _macho_segment(data[at : at + length], order, wide=wide)
            segments.append(segment)
            sections += own
        at += length
    return Program(blob, order, wide, tuple(sections), tuple(segments))


def _macho_segment(command: bytes, order: str, *, wide: bool) -> tuple[Stretch, list[Stretch]]:
    form = f"{order}16s4Q2iI" if wide else f"{order}16s4I2iI"
    name, address, _, offset, size, _, _, count = struct.unpack_from(form, command, 8)
    start, step = (72, 80) if wide else (56, 68)
    form = f"{order}16s16s2QI" if wide else f"{order}16s16s3I"
    own = []
    for at in range(start, min(len(command) - step, start + step * (count - 1)) + 1, step):
        title, _, place, length, where = struct.unpack_from(form, command, at)
        own.append(Stretch(title.rstrip(b"\0").decode("latin-1"), place, where, length))
    text = name.rstrip(b"\0").decode("latin-1")
    return Stretch(text, address, offset, size, text.startswith("__DATA")), own


def _slices(blob: Blob, head: bytes) -> Iterator[Program]:
    """Java classes begin alike: their version stands where the count would."""
    (count,) = struct.unpack_from(">I", head, 4)
    if count > MAX_SLICES:
        return
    table = blob.read(8, 20 * count)
    for at in range(0, len(table) - 19, 20):
        _, _, offset, size, _ = struct.unpack_from(">5I", table, at)
        part = _Part(blob, offset, max(0, min(size, blob.size - offset)))
        inner = part.read(0, 64)
        if inner[:4] in _MACHO:
            yield _macho(part, inner)
