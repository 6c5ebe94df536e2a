"""Go programs: the modules that the linker wrote into them, and the standard library.

Format: Go's debug/buildinfo. A header of 32 bytes at a 16-byte boundary, in a section of its own
or at the start of the variables; since Go 1.18 version and module list follow as length-prefixed
strings, before that two pointers name Go strings.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence

from hardening.image.passing import MemoryBlob
from hardening.inventory.frame import MIB, Cataloger, Found, Unreadable, text_of
from hardening.inventory.programs import Program, Stretch, programs_of

_MAGIC = b"\xff Go buildinf:"
_SECTIONS = (".go.buildinfo", "__go_buildinfo")
_MAX_MODULES = 4 * MIB
_MAX_VERSION = 4_096
_MAX_SCAN = 64 * MIB
_MAX_TRIES = 64
_VERSION = re.compile(r"(?:devel )?go(\d[\w.+-]*)")
_LDFLAGS = re.compile(r"(?:^|[\s\"'])-X[ =][\"']?[\w./-]*[vV]ersion=[\"']?(v?\d[\w.+-]*)")
_REPLACED = 3
_Module = tuple[str, str]


def read(path: str, data: bytes) -> Iterator[Found]:
    """The modules of a program at hand as a whole. Raises Unreadable."""
    yield from read_programs(path, programs_of(MemoryBlob(data)))


def read_programs(path: str, programs: Sequence[Program]) -> Iterator[Found]:
    """The modules of a program, each once. Raises Unreadable."""
    made: dict[Found, None] = {}
    for program in programs:
        version, modules = _build_info(program)
        matched = _VERSION.match(version)
        if matched is not None:
            made.setdefault(Found("golang", "stdlib", matched[1]))
            made.update(dict.fromkeys(modules_of(modules)))
    yield from made


def modules_of(text: str) -> Iterator[Found]:
    """The main module and its dependencies; a replacement stands for what it replaces."""
    main: _Module | None = None
    pending: _Module | None = None
    flags = ""
    for line in text.split("\n"):
        parts = line.split("\t")
        if parts[0] == "=>" and len(parts) >= _REPLACED:
            pending = _replaced(pending, parts[1], parts[2])
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


def _replaced(module: _Module | None, name: str, version: str) -> _Module | None:
    """What stands for a module. A folder beside the main module has no name and no version: the
    module keeps its own name, but not the version that it does not have."""
    if name.startswith((".", "/")) or name[1:2] == ":":
        return None if module is None else (module[0], "(devel)")
    return (name, version) if version else module


def _main_version(version: str, flags: str) -> str:
    if version and version != "(devel)":
        return version
    told = _LDFLAGS.search(flags)
    return f"v{told[1].removeprefix('v')}" if told else "(devel)"


def _build_info(program: Program) -> tuple[str, str]:
    """Go's version and the list of modules, "" and "" for what is no Go program. Raises
    Unreadable."""
    section = program.section(*_SECTIONS)
    if section is None and _packed(program):
        raise Unreadable("it is packed with UPX: unpack it to see what it was built from")
    if section is None and program.sections and not _nameless(program):
        return "", ""
    for number, at in enumerate(_headers(program, section or program.data())):
        if number >= _MAX_TRIES:
            break
        head = program.blob.read(at, 32)
        found = _inline(program, at) if head[15] & 2 else _pointed(program, head)
        if _VERSION.match(found[0]):
            return found
    if section is not None:
        raise Unreadable("the list of its Go modules is damaged or of an unknown form")
    return "", ""


def _packed(program: Program) -> bool:
    """Whether UPX left its mark behind the headers and no section of the program's own."""
    names = {one.name for one in program.sections}
    return (not names or "UPX0" in names) and b"UPX!" in program.blob.read(0, 4_096)


def _nameless(program: Program) -> bool:
    """Whether the format has no name for the section: PE."""
    return program.blob.read(0, 2) == b"MZ"


def _headers(program: Program, place: Stretch | None) -> Iterator[int]:
    if place is None:
        return
    for at in program.find(place, _MAGIC, _MAX_SCAN):
        if (at - place.offset) % 16 == 0 and len(program.blob.read(at, 32)) == 32:
            yield at


def _inline(program: Program, at: int) -> tuple[str, str]:
    version, end = _counted(program, at + 32, _MAX_VERSION)
    modules, _ = _counted(program, end, _MAX_MODULES)
    return text_of(version), _unframed(modules)


def _counted(program: Program, at: int, limit: int) -> tuple[bytes, int]:
    """A string after its length as an unsigned varint, and where it ends."""
    size = shift = 0
    for number, byte in enumerate(program.blob.read(at, 10)):
        size |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            start = at + number + 1
            return (program.blob.read(start, size) if size <= limit else b""), start + size
    return b"", at


def _unframed(modules: bytes) -> str:
    """The list without the 16 bytes of mark on both sides."""
    if len(modules) < 33 or modules[-17] != 0x0A:
        return ""
    return text_of(modules[16:-16])


def _pointed(program: Program, head: bytes) -> tuple[str, str]:
    wide, order = head[14], ">" if head[15] & 1 else "<"
    if wide not in (4, 8):
        return "", ""
    form = f"{order}2{'Q' if wide == 8 else 'I'}"
    first, second = struct.unpack_from(form, head, 16)
    version = _go_string(program, first, form, _MAX_VERSION)
    return text_of(version), _unframed(_go_string(program, second, form, _MAX_MODULES))


def _go_string(program: Program, address: int, form: str, limit: int) -> bytes:
    parts = program.at(address, struct.calcsize(form))
    if len(parts) < struct.calcsize(form):
        return b""
    pointer, size = struct.unpack(form, parts)
    return program.at(pointer, size) if size <= limit else b""


CATALOGER = Cataloger("go", read, programs=True, limit=64 * MIB, read_programs=read_programs)
