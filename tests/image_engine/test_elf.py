from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardening.image.elf import elf_facts

C_PROGRAM = "int main(void){return 0;}\n"


def compiled(folder: Path, *options: str) -> bytes:
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("no C compiler for ELF here")
    source = folder / "a.c"
    source.write_text(C_PROGRAM)
    target = folder / "a.out"
    done = subprocess.run(
        [compiler, "-o", str(target), str(source), *options], capture_output=True, text=True
    )
    if done.returncode:
        pytest.skip(f"the compiler cannot do {options}: {done.stderr[:200]}")
    return target.read_bytes()


def elf64(segments: list[tuple[int, int, int, int]], body: bytes, kind: int = 2) -> bytes:
    """A little-endian amd64 file: (type, offset, address, size) per segment, then `body`."""
    header = b"\x7fELF\x02\x01\x01" + bytes(9)
    header += struct.pack(
        "<HHIQQQIHHHHHH", kind, 62, 1, 0, 64, 0, 0, 64, 56, len(segments), 0, 0, 0
    )
    table = b"".join(
        struct.pack("<IIQQQQQQ", type_, 0, offset, address, 0, size, size, 0)
        for type_, offset, address, size in segments
    )
    return header + table + body


@pytest.mark.skipif(sys.platform != "linux", reason="needs ELF files of the machine")
def test_the_running_python_is_a_dynamic_program_or_static() -> None:
    path = Path(sys.executable).resolve()
    facts = elf_facts(path.read_bytes())
    assert facts is not None
    assert facts.kind == "program"
    assert facts.complete
    if facts.interpreter is not None:
        assert Path("/", facts.interpreter).exists()
        assert facts.libc in ("glibc", "musl")
        assert facts.needed
        assert not facts.static


@pytest.mark.skipif(not Path("/bin/sh").exists(), reason="no /bin/sh")
@pytest.mark.skipif(sys.platform != "linux", reason="needs ELF files of the machine")
def test_the_first_bytes_of_a_program_give_the_interpreter() -> None:
    data = Path("/bin/sh").resolve().read_bytes()
    whole = elf_facts(data)
    part = elf_facts(data[:4096])
    assert whole is not None and part is not None
    assert part.interpreter == whole.interpreter
    assert not part.complete or part.needed == whole.needed


def test_dynamic_program(tmp_path: Path) -> None:
    facts = elf_facts(compiled(tmp_path, "-Wl,-rpath,/opt/lib:$ORIGIN"))
    assert facts is not None
    assert (facts.kind, facts.static, facts.complete) == ("program", False, True)
    assert facts.interpreter is not None
    assert any(name.startswith("libc.") for name in facts.needed)
    assert facts.search_path == ("/opt/lib", "$ORIGIN")


def test_static_programs(tmp_path: Path) -> None:
    for option in ("-static", "-static-pie"):
        facts = elf_facts(compiled(tmp_path, option))
        assert facts is not None
        assert (facts.kind, facts.static, facts.interpreter) == ("program", True, None), option
        assert facts.libc is None


def test_shared_library(tmp_path: Path) -> None:
    facts = elf_facts(compiled(tmp_path, "-shared", "-fPIC", "-Wl,-soname,libdemo.so.2"))
    assert facts is not None
    assert (facts.kind, facts.soname, facts.static) == ("library", "libdemo.so.2", False)


def test_musl_by_its_loader() -> None:
    name = b"/lib/ld-musl-x86_64.so.1\0"
    facts = elf_facts(elf64([(3, 64 + 56, 0, len(name))], name))
    assert facts is not None
    assert (facts.interpreter, facts.libc) == ("lib/ld-musl-x86_64.so.1", "musl")


def test_big_endian_32_bit_header() -> None:
    data = b"\x7fELF\x01\x02\x01" + bytes(9)
    data += struct.pack(">HHIIIIIHHHHHH", 2, 20, 1, 0, 52, 0, 0, 52, 32, 0, 0, 0, 0)
    facts = elf_facts(data)
    assert facts is not None
    assert (facts.machine, facts.bits, facts.static) == ("ppc", 32, True)


def test_an_unknown_machine_is_named_by_its_number() -> None:
    data = bytearray(elf64([], b""))
    data[18:20] = struct.pack("<H", 4242)
    facts = elf_facts(bytes(data))
    assert facts is not None
    assert facts.machine == "machine-4242"


def test_what_is_not_elf() -> None:
    assert elf_facts(b"") is None
    assert elf_facts(b"#!/bin/sh\n") is None
    assert elf_facts(b"\x7fELF") is None
    assert elf_facts(b"\x7fELF\x09\x09" + bytes(100)) is None


def test_a_cut_program_header_table_is_not_called_static() -> None:
    facts = elf_facts(elf64([(3, 500, 0, 10)] * 4, b"")[:100])
    assert facts is not None
    assert (facts.complete, facts.static) == (False, False)


def test_an_endless_dynamic_section_is_bounded() -> None:
    entry = struct.pack("<qQ", 1, 0)
    offset = 64 + 56
    facts = elf_facts(elf64([(2, offset, 0, 2**40)], entry * 10_000))
    assert facts is not None
    assert not facts.complete


@settings(max_examples=300)
@given(st.binary(max_size=600), st.integers(1, 2), st.integers(1, 2))
def test_hostile_bytes_never_crash(body: bytes, bits: int, order: int) -> None:
    elf_facts(b"\x7fELF" + bytes([bits, order, 1]) + body)


@settings(max_examples=200)
@given(st.data())
def test_damaged_real_programs_never_crash(data: st.DataObject) -> None:
    original = bytearray(_real_program())
    for _ in range(data.draw(st.integers(1, 8))):
        original[data.draw(st.integers(0, len(original) - 1))] = data.draw(st.integers(0, 255))
    elf_facts(bytes(original[: data.draw(st.integers(0, len(original)))]))


def _real_program() -> bytes:
    with open(os.path.realpath(sys.executable), "rb") as file:  # noqa: PTH123
        head = file.read(8192)
    return head if head[:4] == b"\x7fELF" else elf64([(2, 120, 0, 64), (3, 120, 0, 8)], bytes(64))
