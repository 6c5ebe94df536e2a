"""The tar walk sees what Python's own tarfile sees, in every format."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from hardening.errors import ImageError
from hardening.image.columns import KINDS, Columns
from hardening.image.feeding import TarFeed
from hardening.image.files import FileBlob, OpenFile, walk_blob
from hardening.image.model import EntryType
from hardening.image.tar import TarHeaders
from hardening.image.tarfields import pax_records
from tests.image.builders import Item, file, folder, hardlink, symlink, tar
from tests.shared import shared_files

TYPES = {
    tarfile.REGTYPE: EntryType.FILE,
    tarfile.AREGTYPE: EntryType.FILE,
    tarfile.DIRTYPE: EntryType.DIRECTORY,
    tarfile.SYMTYPE: EntryType.SYMLINK,
    tarfile.LNKTYPE: EntryType.HARDLINK,
    tarfile.CHRTYPE: EntryType.CHARACTER,
    tarfile.FIFOTYPE: EntryType.FIFO,
}


def walk(data: bytes, tmp_path: Path) -> Columns:
    path = tmp_path / "one.tar"
    path.write_bytes(data)
    opened = OpenFile.at(path)
    headers = TarHeaders()
    walk_blob(FileBlob(opened, 0, opened.size), headers)
    return headers.columns


def feed(data: bytes, step: int) -> Columns:
    taker = TarFeed(TarHeaders())
    for at in range(0, len(data), step):
        taker.feed(data[at : at + step])
    taker.finish()
    return taker.headers.columns


def facts(columns: Columns) -> list[tuple[object, ...]]:
    return [
        (
            columns.paths[row],
            KINDS[columns.kinds[row]],
            *columns.owner_table[columns.owners[row]],
            columns.sizes[row],
            columns.offsets[row] if columns.sizes[row] else 0,
            columns.links.get(row),
        )
        for row in range(len(columns))
    ]


def expected(data: bytes) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for member in archive:
            name = os.path.normpath(member.name).lstrip("/")
            if name in ("", "."):
                continue
            link = member.linkname or None
            if member.islnk():
                link = os.path.normpath(member.linkname).lstrip("/")
            mode = member.mode & 0o7777
            size = member.size if member.isreg() else 0
            offset = member.offset_data if size else 0
            kind = TYPES[member.type]
            found.append((name, kind, mode, member.uid, member.gid, size, offset, link))
    return found


NAME = st.text(
    st.characters(exclude_characters="\0/", codec="utf-8"), min_size=1, max_size=40
).filter(lambda name: name not in (".", "..") and not name.startswith(".wh."))
PATH = st.lists(NAME, min_size=1, max_size=8).map("/".join)
ITEM = st.builds(
    Item,
    name=PATH,
    content=st.binary(max_size=1500),
    mode=st.integers(0, 0o7777),
    uid=st.integers(0, (1 << 32) - 1),
    gid=st.integers(0, (1 << 32) - 1),
) | st.builds(
    Item,
    name=PATH,
    type=st.sampled_from([tarfile.SYMTYPE, tarfile.LNKTYPE]),
    link=PATH,
    mode=st.integers(0, 0o7777),
)
FORMATS = st.sampled_from([tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(ITEM, max_size=12), FORMATS, st.sampled_from([100, 512, 513, 4096, 1 << 20]))
def test_agrees_with_tarfile(tmp_path: Path, items: list[Item], format: int, step: int) -> None:
    # tarfile takes the header's cut name for the whole one, and a slash at its end for a folder
    assume(not any(item.name.encode()[:100].endswith(b"/") for item in items))
    data = tar(*items, format=format)
    wanted = expected(data)
    assert facts(walk(data, tmp_path)) == wanted
    assert facts(feed(data, step)) == wanted


@pytest.mark.parametrize("format", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_names_of_all_lengths(tmp_path: Path, format: int) -> None:
    longest = 250 if format == tarfile.USTAR_FORMAT else 900
    names = ["/".join(["d" * 49] * (length // 50)) + "/f" for length in range(50, longest, 50)]
    data = tar(*(file(name, b"abc") for name in names), format=format)
    assert walk(data, tmp_path).paths == names


def test_normalised_names(tmp_path: Path) -> None:
    items = (folder("./"), file("./a"), file("/b"), file("c//d/./e"), file("f/../g"), folder("h/"))
    columns = walk(tar(*items), tmp_path)
    assert columns.paths == ["a", "b", "c/d/e", "g", "h"]


def test_old_directories_end_in_a_slash(tmp_path: Path) -> None:
    items = (Item("old/", type=tarfile.AREGTYPE), Item("old/file", b"x", type=tarfile.AREGTYPE))
    columns = walk(tar(*items, format=tarfile.USTAR_FORMAT), tmp_path)
    kinds = [columns.entry(row, 0).type for row in range(2)]
    assert kinds == [EntryType.DIRECTORY, EntryType.FILE]


def test_whiteouts_are_no_entries(tmp_path: Path) -> None:
    items = (
        file("a/.wh.b", b""),
        file(".wh.c", b""),
        file("d/.wh..wh..opq", b""),
        file("e/.wh..wh.plnk", b""),
        file("f/.hidden"),
    )
    columns = walk(tar(*items), tmp_path)
    assert columns.paths == ["f/.hidden"]
    assert (columns.whiteouts, columns.opaque) == (["a/b", "c"], ["d"])


def test_file_capabilities(tmp_path: Path) -> None:
    value = "\x01\x00\x00\x02\x00\x04"
    item = Item("ping", b"x", pax={"SCHILY.xattr.security.capability": value})
    columns = walk(tar(item, file("after")), tmp_path)
    assert columns.capabilities == {0: value.encode()}


def test_huge_sizes_are_base_256(tmp_path: Path) -> None:
    info = tarfile.TarInfo("big")
    info.size = 9 << 30
    header = info.tobuf(tarfile.GNU_FORMAT)
    path = tmp_path / "sparse.tar"
    with path.open("wb") as out:
        out.write(header)
        out.truncate(512 + (9 << 30))
        out.seek(0, os.SEEK_END)
        out.write(tarfile.TarInfo("next").tobuf())
        out.write(bytes(1024))
    opened = OpenFile.at(path)
    headers = TarHeaders()
    walk_blob(FileBlob(opened, 0, opened.size), headers)
    assert headers.columns.paths == ["big", "next"]
    assert list(headers.columns.sizes) == [9 << 30, 0]


def test_old_gnu_sparse_file(tmp_path: Path) -> None:
    info = tarfile.TarInfo("holes")
    info.type, info.size = tarfile.GNUTYPE_SPARSE, 512
    header = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    header[482] = 1
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    data = bytes(header) + bytes(512) + b"d" * 512 + tar(file("after"))
    assert walk(data, tmp_path).paths == ["holes", "after"]
    assert feed(data, 512).paths == ["holes", "after"]


def test_captured_files_survive_any_step(tmp_path: Path) -> None:
    content = b"root:x:0:0\n" * 900
    data = tar(folder("etc"), file("etc/passwd", content), file("z"))
    for step in (511, 4096, 1 << 20):
        assert feed(data, step).captured == {1: content}
    assert walk(data, tmp_path).captured == {1: content}
    first = tar(file("etc/passwd", content), file("z"))
    assert walk(first, tmp_path).captured == {0: content}


def test_a_deleted_file_captures_nothing(tmp_path: Path) -> None:
    data = tar(file("etc/.wh.passwd", b"w"), file("other", b"o"))
    assert walk(data, tmp_path).captured == {}


def test_entries_keep_links(tmp_path: Path) -> None:
    columns = walk(tar(file("a"), hardlink("b", "./a"), symlink("c", "../a")), tmp_path)
    assert [columns.entry(row, 3).link for row in range(3)] == [None, "a", "../a"]
    assert columns.entry(1, 3).layer == 3


@pytest.mark.parametrize("path", shared_files("images", "**/*.tar"), ids=lambda path: path.name)
def test_agrees_on_real_archives(tmp_path: Path, path: Path) -> None:
    data = path.read_bytes()
    assert facts(walk(data, tmp_path)) == expected(data)
    with tarfile.open(path) as archive:
        for member in archive:
            inner = archive.extractfile(member)
            if inner is not None and member.name.endswith("layer.tar"):
                layer = inner.read()
                wanted = [fact for fact in expected(layer) if "/.wh." not in f"/{fact[0]}"]
                assert facts(walk(layer, tmp_path)) == wanted


def test_damaged_header_is_named(tmp_path: Path) -> None:
    data = bytearray(tar(file("a"), file("b")))
    data[1024 + 10] ^= 0xFF
    with pytest.raises(ImageError, match="byte 1,024"):
        walk(bytes(data), tmp_path)


@pytest.mark.parametrize("cut", [100, 512 + 100, 1024 + 100])
def test_cut_tar(tmp_path: Path, cut: int) -> None:
    data = tar(file("a", b"x" * 400), file("b", b"x" * 400))[:cut]
    with pytest.raises(ImageError):
        walk(data, tmp_path)
    with pytest.raises(ImageError):
        feed(data, 4096)


@given(st.one_of(st.binary(max_size=60), st.binary(max_size=40).map(lambda one: one + b"\n")))
@example(b"no length here\n")
@example(b"123456789012345678901234567890 a=b\n")
def test_records_of_any_bytes_come_to_an_end(body: bytes) -> None:
    """Each record takes bytes: there are never more records than bytes."""
    count = 0
    try:
        for _ in pax_records(body):
            count += 1
            assert count <= len(body)
    except ImageError:
        return
