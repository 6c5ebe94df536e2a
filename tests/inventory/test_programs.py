"""Executable formats: sections, segments and the forms that have no names for them."""

from __future__ import annotations

import json
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.image.passing import MemoryBlob
from hardening.inventory.catalogers import go, rust
from hardening.inventory.frame import Unreadable
from hardening.inventory.programs import MAX_SECTIONS, programs_of
from tests.inventory.test_language_packages import elf, inline_program
from tests.inventory.test_more_languages import CRATES

GO = inline_program()[128:]
CRATE = zlib.compress(json.dumps(CRATES).encode())


def pe(name: bytes, data: bytes) -> bytes:
    """A 64-bit Windows program of one section of variables."""
    coff = b"PE\0\0" + struct.pack("<2H3I2H", 0x8664, 1, 0, 0, 0, 112, 0)
    optional = bytearray(112)
    struct.pack_into("<H", optional, 0, 0x20B)
    struct.pack_into("<Q", optional, 24, 0x140000000)
    section = struct.pack(
        "<8s4I2I2HI", name, len(data), 0x1000, len(data), 512, 0, 0, 0, 0, 0xC0000040
    )
    head = b"MZ".ljust(60, b"\0") + struct.pack("<I", 64)
    return (head + coff + bytes(optional) + section).ljust(512, b"\0") + data


def macho(name: bytes, data: bytes) -> bytes:
    """A 64-bit Mach-O of one segment `__DATA` with one section."""
    size = 72 + 80
    head = struct.pack("<7I4x", 0xFEEDFACF, 0x01000007, 3, 2, 1, size, 0)
    segment = struct.pack(
        "<2I16s4Q2i2I", 0x19, size, b"__DATA", 0x4000, len(data), 512, len(data), 3, 3, 1, 0
    )
    section = struct.pack("<16s16s2Q8I", name, b"__DATA", 0x4000, len(data), 512, *[0] * 7)
    return (head + segment + section).ljust(512, b"\0") + data


def fat(*slices: bytes) -> bytes:
    table, body, at = b"", b"", 4_096
    for one in slices:
        table += struct.pack(">5I", 7, 3, at, len(one), 12)
        body += one
        at += len(one)
    return (b"\xca\xfe\xba\xbe" + struct.pack(">I", len(slices)) + table).ljust(4_096, b"\0") + body


@pytest.mark.parametrize(
    "data",
    [
        inline_program(),
        elf(GO, ".go.buildinfo"),
        pe(b".data", GO),
        macho(b"__go_buildinfo", GO),
        fat(macho(b"__go_buildinfo", GO), macho(b"__go_buildinfo", GO)),
    ],
)
def test_go_programs_of_every_format(data: bytes) -> None:
    names = [found.name for found in go.read("app", data)]
    assert names == ["stdlib", "golang.org/x/net", "example.com/new", "example.com/app"]


@pytest.mark.parametrize(
    "data", [elf(CRATE, ".dep-v0"), pe(b".dep-v0", CRATE), macho(b".dep-v0", CRATE)]
)
def test_rust_programs_of_every_format(data: bytes) -> None:
    assert [found.name for found in rust.read("app", data)] == ["serde"]


def test_a_packed_program_is_told() -> None:
    for data in (elf(b"UPX!".ljust(400, b"\0")), pe(b"UPX0", b"UPX!".ljust(400, b"\0"))):
        with pytest.raises(Unreadable, match="UPX"):
            list(go.read("app", data))


def test_another_section_holds_no_build_information() -> None:
    assert list(go.read("app", elf(GO, ".data"))) == []


def test_absurd_counts_read_a_bounded_part() -> None:
    data = bytearray(elf(GO, ".go.buildinfo"))
    struct.pack_into("<H", data, 60, 0)  # the count stands in the first section
    table = struct.unpack_from("<Q", data, 40)[0]
    struct.pack_into("<Q", data, table + 32, 1 << 60)
    whole = bytes(data).ljust(len(data) + (1 << 20), b"\xff")
    asked: list[int] = []

    class Counting(MemoryBlob):
        def read(self, offset: int, size: int) -> bytes:
            asked.append(size)
            return MemoryBlob.read(self, offset, size)

    (program,) = programs_of(Counting(whole))
    assert len(program.sections) <= MAX_SECTIONS
    assert max(asked) <= 1 << 20


def test_a_program_of_gigabytes_is_read_through_small_windows() -> None:
    data = elf(GO, ".go.buildinfo")
    asked: list[int] = []

    class Huge:
        size = 8 << 30

        def read(self, offset: int, size: int) -> bytes:
            asked.append(size)
            return data[offset : offset + size].ljust(min(size, self.size - offset), b"\0")

    names = [found.name for found in go.read_programs("app", programs_of(Huge()))]
    assert "stdlib" in names and len(names) == 4
    assert sum(asked) < 1 << 20


def test_a_java_class_is_no_program() -> None:
    assert programs_of(MemoryBlob(b"\xca\xfe\xba\xbe\0\0\0\x34".ljust(200, b"\1"))) == ()


@given(
    st.sampled_from(
        (elf(GO, ".go.buildinfo"), elf(CRATE, ".dep-v0"), pe(b".data", GO),
         pe(b".dep-v0", CRATE), macho(b"__go_buildinfo", GO), fat(macho(b".dep-v0", CRATE)))
    ),
    st.lists(st.tuples(st.integers(0, 700), st.binary(min_size=1, max_size=9)), max_size=5),
    st.integers(0, 5_000),
)  # fmt: skip
def test_no_damage_breaks_the_readers(
    data: bytes, noise: list[tuple[int, bytes]], end: int
) -> None:
    broken = bytearray(data)
    for at, piece in noise:
        broken[at : at + len(piece)] = piece
    for one in (go, rust):
        try:
            for found in one.read("app", bytes(broken[: len(data) - end % len(data)])):
                assert found.name and found.version
        except Unreadable as error:
            assert str(error)
