"""Python, Node and Go packages in images."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from hardening.image.synthetic import FileSketch
from hardening.inventory.catalogers import catalogers
from hardening.inventory.catalogers import go as go_cataloger
from hardening.inventory.frame import Unreadable
from tests.inventory.sketches import inventory_of, packages_of, rows

MODULES = (
    "path\texample.com/app\n"
    "mod\texample.com/app\t(devel)\t\n"
    "dep\tgolang.org/x/net\tv0.17.0\th1:a=\n"
    "dep\texample.com/old\tv1.0.0\n"
    "=>\texample.com/new\tv1.2.0\th1:b=\n"
    'build\t-ldflags="-s -w -X main.version=v2.3.4"\n'
)
FRAME = b"0" * 16 + MODULES.encode() + b"1" * 16
EXPECTED = [
    ("golang", "example.com/app", "v2.3.4"),
    ("golang", "example.com/new", "v1.2.0"),
    ("golang", "golang.org/x/net", "v0.17.0"),
    ("golang", "stdlib", "1.21.5"),
]


def _varint(size: int) -> bytes:
    out = bytearray()
    while size > 0x7F:
        out.append(size & 0x7F | 0x80)
        size >>= 7
    return bytes((*out, size))


def inline_program(
    frame: bytes = FRAME, version: bytes = b"go1.21.5 X:nocoverageredesign"
) -> bytes:
    """A 64-bit ELF without sections, with build info as Go 1.18 and later write it."""
    strings = _varint(len(version)) + version + _varint(len(frame)) + frame
    return elf(b"\xff Go buildinf:\x08\x02" + bytes(16) + strings)


def elf(data: bytes, section: str = "") -> bytes:
    """A 64-bit ELF with a writable segment of `data` from byte 128 on, and a section of that name
    for it."""
    header = bytearray(b"\x7fELF\x02\x01\x01".ljust(64, b"\0"))
    struct.pack_into("<Q", header, 32, 64)
    struct.pack_into("<2H", header, 54, 56, 1)
    segment = struct.pack("<2I6Q", 1, 6, 128, 0x400080, 0x400080, len(data), len(data), 4096)
    body = (bytes(header) + segment).ljust(128, b"\0") + data
    if not section:
        return body
    names = b"\0" + section.encode() + b"\0"
    table = len(body) + len(names)
    header[40:48] = struct.pack("<Q", table)
    header[58:64] = struct.pack("<3H", 64, 2, 1)
    own = struct.pack("<2I4Q2I2Q", 1, 1, 0, 0x400080, 128, len(data), 0, 0, 1, 0)
    texts = struct.pack("<2I4Q2I2Q", 0, 3, 0, 0, len(body), len(names), 0, 0, 1, 0)
    return bytes(header) + body[64:] + names + own + texts


def pointed_program() -> bytes:
    """A whole 64-bit ELF with build info as before Go 1.18: two pointers to Go strings."""
    base, version = 0x400000, b"go1.21.5"
    texts = 256
    header = bytearray(b"\x7fELF\x02\x01\x01".ljust(64, b"\0"))
    struct.pack_into("<Q", header, 32, 64)
    struct.pack_into("<2H", header, 54, 56, 1)
    size = texts + len(version) + len(FRAME)
    segment = struct.pack("<2I6Q", 1, 6, 0, base, base, size, size, 4096)
    info = b"\xff Go buildinf:\x08\x00" + struct.pack("<2Q", base + 176, base + 192)
    first = struct.pack("<2Q", base + texts, len(version))
    second = struct.pack("<2Q", base + texts + len(version), len(FRAME))
    body = (bytes(header) + segment).ljust(128, b"\0") + info.ljust(48, b"\0") + first + second
    return body.ljust(texts, b"\0") + version + FRAME


def _program(data: bytes) -> FileSketch:
    return FileSketch(data.ljust(128 << 10, b"\0"), mode=0o755)


def test_go_programs_tell_their_modules_in_both_forms() -> None:
    for data in (inline_program(), pointed_program()):
        assert rows(packages_of({"usr/bin/app": _program(data)})) == EXPECTED


def test_a_program_that_mentions_the_mark_is_no_go_program() -> None:
    data = elf(b"\xff Go buildinf:\x08\x02" + b"\xff" * 64)
    assert packages_of({"usr/bin/app": _program(data)}) == ()


def test_a_module_replaced_by_a_folder_keeps_its_name() -> None:
    frame = b"0" * 16 + b"dep\texample.com/a\tv1.0.0\n=>\t./a\t(devel)\t\n" + b"1" * 16
    packages = packages_of({"app": _program(inline_program(frame))})
    assert rows(packages)[0] == ("golang", "example.com/a", "(devel)")
    assert packages[0].purl == "pkg:golang/example.com/a"


def test_a_development_version_has_no_version_in_its_url() -> None:
    frame = b"0" * 16 + b"mod\texample.com/app\t(devel)\t\n" + b"1" * 16
    packages = packages_of({"app": _program(inline_program(frame))})
    assert packages[0].purl == "pkg:golang/example.com/app"


def test_python_names_are_shown_as_written_and_normal_in_the_url() -> None:
    metadata = "Metadata-Version: 2.1\nName: Flask_SQLAlchemy.Ext\nVersion: 3.0\n\nbody\n"
    for path in (
        "lib/a.dist-info/METADATA",
        "lib/a.egg-info/PKG-INFO",
        "lib/a-3.0.egg-info",
        "lib/a.egg/EGG-INFO/PKG-INFO",
    ):
        (package,) = packages_of({path: metadata})
        assert package.name == "Flask_SQLAlchemy.Ext"
        assert package.purl == "pkg:pypi/flask-sqlalchemy-ext@3.0"


def test_node_packages_are_those_below_node_modules() -> None:
    packages = packages_of(
        {
            "app/node_modules/@types/node/package.json": (
                '{"name":"@types/node","version":"20.1.0"}'
            ),
            "app/node_modules/a/lib/package.json": '{"name":"inner","version":"1.0.0"}',
            "app/package.json": '{"name":"app","version":"1.0.0"}',
            "usr/local/lib/node_modules/npm/node_modules/tar/package.json": (
                '{"name":"tar","version":"6.2.0"}'
            ),
        }
    )
    assert [(one.name, one.tooling) for one in packages] == [("@types/node", False), ("tar", True)]
    assert packages[0].purl == "pkg:npm/%40types/node@20.1.0"


def test_a_damaged_file_is_told_and_the_rest_goes_on() -> None:
    found = inventory_of(
        {
            "a/node_modules/bad/package.json": "[" * 100_000,
            "a/node_modules/odd/package.json": '{"name": 3, "version": []}',
            "a/node_modules/good/package.json": '{"name":"good","version":"1.0.0"}',
        }
    )
    assert rows(found.packages) == [("npm", "good", "1.0.0")]
    assert [one.what for one in found.not_assessed] == ["/a/node_modules/bad/package.json"]


def test_a_program_that_cannot_be_had_whole_is_told() -> None:
    huge = FileSketch(b"\x7fELF", mode=0o755, size=193 << 20)
    found = inventory_of({"usr/bin/huge": huge, "usr/bin/app": _program(inline_program())})
    assert rows(found.packages) == EXPECTED
    assert {one.what for one in found.not_assessed} == {"/usr/bin/huge"}


def test_damaged_build_information_is_told() -> None:
    data = elf(b"\xff Go buildinf:\x08\x02" + b"\xff" * 64, ".go.buildinfo")
    found = inventory_of({"usr/bin/app": _program(data)})
    assert found.packages == ()
    assert "Go modules" in found.not_assessed[0].reason


def test_a_compiler_of_the_development_branch() -> None:
    data = inline_program(b"", b"devel go1.24-abcdef0 Mon Jan 1 00:00:00 2024 +0000")
    assert rows(packages_of({"app": _program(data)})) == [("golang", "stdlib", "1.24-abcdef0")]


@given(st.binary(max_size=400))
def test_no_bytes_break_a_cataloger(data: bytes) -> None:
    _read_all(data)


@given(st.binary(max_size=200), st.integers(0, 400), st.sampled_from([0, 1, 2, 3]))
def test_no_damage_breaks_the_reader_of_go_programs(noise: bytes, at: int, flags: int) -> None:
    for whole in (inline_program(), pointed_program()):
        start = whole.index(b"\xff Go buildinf:")
        data = bytearray(whole)
        data[start + 15] = flags
        data[at : at + len(noise)] = noise
        assert all(one.type == "golang" for one in go_cataloger.read("app", bytes(data)))


def _read_all(data: bytes) -> None:
    for one in catalogers():
        try:
            found = list(one.read("lib/x-1.0.gemspec", data))
        except Unreadable:
            continue
        assert all(each.name and each.version for each in found)
