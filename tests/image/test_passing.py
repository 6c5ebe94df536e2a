"""Files of a layer by position: in place, or kept as they pass."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.errors import ImageError
from hardening.image import passing
from hardening.image.files import FileBlob, OpenFile
from hardening.image.passing import MemoryBlob, NotKept, Passing, blob_of
from hardening.image.sources import TarBytes


class Forward:
    """A tar that is never asked for what it gave already."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.next = 0

    def again(self) -> TarBytes:
        return Forward(self.data)

    def read(self, offset: int, size: int) -> bytes:
        assert offset >= self.next
        found = self.data[offset : offset + size]
        self.next = offset + len(found)
        return found


@given(
    st.binary(max_size=300),
    st.integers(0, 300),
    st.lists(st.tuples(st.integers(-5, 350), st.integers(-5, 350)), max_size=8),
    st.sampled_from((0, 40, 1_000)),
)
def test_reads_are_those_of_the_bytes_at_hand(
    data: bytes, start: int, asked: list[tuple[int, int]], in_memory: int
) -> None:
    start = min(start, len(data))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passing, "IN_MEMORY", in_memory)
        patch.setattr(passing, "CHUNK", 16)
        blob = blob_of(Forward(data), start, len(data) - start)
        plain = MemoryBlob(data[start:])
        assert blob.size == plain.size
        for offset, size in asked:
            assert blob.read(offset, size) == plain.read(offset, size)


def test_a_file_in_a_plain_layer_is_read_in_place(tmp_path: Path) -> None:
    path = tmp_path / "x.tar"
    path.write_bytes(bytes(range(200)))
    file = OpenFile.at(path)
    blob = blob_of(FileBlob(file, 50, 100), 10, 20)
    assert isinstance(blob, FileBlob)
    assert blob.read(5, 100) == bytes(range(65, 80))


def test_a_layer_that_ends_inside_the_file_is_told() -> None:
    with pytest.raises(ImageError, match="ends inside"):
        Passing(Forward(b"abc"), 1, 10).read(0, 10)


def test_no_more_than_a_bounded_part_of_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passing, "IN_MEMORY", 4)
    monkeypatch.setattr(passing, "ON_DISK", 8)
    monkeypatch.setattr(passing, "CHUNK", 2)
    blob = Passing(Forward(bytes(100)), 0, 100)
    assert blob.read(0, 1) == b"\0"
    with pytest.raises(NotKept):
        Passing(Forward(bytes(100)), 0, 100).read(50, 1)
