"""The cache saves reading, and never changes an answer."""

from __future__ import annotations

import multiprocessing
import os
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from hardening.errors import ImageError
from hardening.image import cache
from hardening.image.blobs import BlobSource
from hardening.image.codec import decode, encode
from hardening.image.columns import Columns
from hardening.image.loading import load_files, open_image
from hardening.image.squashcode import decode_squash
from hardening.image.stored import StoredImage
from hardening.image.walking import Walked
from hardening.progress import Progress
from tests.image.builders import Item, docker_save, file, folder, hardlink, symlink, tar

LAYERS = [
    tar(
        folder("etc"),
        file("etc/passwd", b"root\n"),
        symlink("lib", "usr/lib"),
        file("usr/lib/a"),
        symlink("empty", ""),
        Item("ping", b"x", pax={"SCHILY.xattr.security.capability": "cap"}),
        Item("odd\udcff", b"y"),
    ),
    tar(file("lib/b", b"12"), hardlink("c", "lib/b"), file("etc/.wh.passwd", b"")),
    tar(file("d/.wh..wh..opq", b""), file("d/e", b"123")),
]


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Numbers of the layers that were really read."""
    seen: list[int] = []
    real = BlobSource.walk

    def walk(
        self: BlobSource, layers: Sequence[int], *, verify: bool, progress: Progress
    ) -> object:
        seen.extend(layers)
        return real(self, layers, verify=verify, progress=progress)

    monkeypatch.setattr(BlobSource, "walk", walk)
    return seen


def save(tmp_path: Path, layers: list[bytes] = LAYERS, name: str = "image.tar") -> str:
    path = tmp_path / name
    path.write_bytes(docker_save(layers))
    return str(path)


def facts(image: StoredImage) -> object:
    return (
        [list(layer.entries()) for layer in image.layers],
        [(layer.whiteouts, layer.opaque, layer.wasted, layer.size) for layer in image.layers],
        [(path, image.tree.get(path), image.tree.children(path)) for path in image.tree],
        image.efficiency,
        image.read("etc/passwd", layer=0),
    )


def test_second_opening_reads_no_layer(tmp_path: Path, reads: list[int]) -> None:
    reference = save(tmp_path)
    first = load_files(open_image(reference))
    assert reads == [0, 1, 2]
    second = load_files(open_image(reference))
    assert reads == [0, 1, 2]
    assert facts(first) == facts(second)


def test_only_the_changed_layer_is_read(tmp_path: Path, reads: list[int]) -> None:
    load_files(open_image(save(tmp_path)), verify=True)
    reads.clear()
    changed = [*LAYERS[:2], tar(file("new"))]
    image = load_files(open_image(save(tmp_path, changed, "rebuilt.tar")))
    assert reads == [2]
    assert "new" in image.tree


def test_unverified_layers_do_not_stand_for_others(tmp_path: Path, reads: list[int]) -> None:
    """An archive that claims another image's diff ids must not plant a listing for it."""
    good = docker_save(LAYERS)
    evil = docker_save(LAYERS, blobs=[*LAYERS[:2], tar(file("harmless"))])
    for name, data in (("evil.tar", evil), ("good.tar", good)):
        (tmp_path / name).write_bytes(data)
    load_files(open_image(str(tmp_path / "evil.tar")))
    reads.clear()
    image = load_files(open_image(str(tmp_path / "good.tar")))
    assert reads == [0, 1, 2]
    assert "d/e" in image.tree
    assert "harmless" not in image.tree


def test_a_changed_file_is_read_again(tmp_path: Path, reads: list[int]) -> None:
    reference = save(tmp_path)
    load_files(open_image(reference))
    reads.clear()
    before = Path(reference).stat()
    os.utime(reference, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    load_files(open_image(reference))
    assert reads == [0, 1, 2]


def test_verifying_reads_everything(tmp_path: Path, reads: list[int]) -> None:
    reference = save(tmp_path)
    load_files(open_image(reference), verify=True)
    load_files(open_image(reference), verify=True)
    assert reads == [0, 1, 2] * 2


def entries(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("damage", ["empty", "cut", "flip", "other", "version", "folder"])
def test_damaged_entries_are_rebuilt(tmp_path: Path, cache_folder: Path, damage: str) -> None:
    reference = save(tmp_path)
    wanted = facts(load_files(open_image(reference)))
    chance = random.Random(1)
    for path in entries(cache_folder):
        data = path.read_bytes()
        at = chance.randrange(len(data))
        path.unlink()
        if damage == "folder":
            path.mkdir()
            continue
        path.write_bytes(
            {
                "empty": b"",
                "cut": data[:at],
                "flip": data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :],
                "other": b"not ours at all" * 9,
                "version": data[:7] + b"\xff" + data[8:],
            }[damage]
        )
    assert facts(load_files(open_image(reference))) == wanted
    if damage != "folder":
        assert facts(load_files(open_image(reference))) == wanted


def test_any_bytes_are_refused_or_are_columns() -> None:
    chance = random.Random(2)
    columns = Columns(whiteouts=["w"], opaque=["o"], tar_size=5)
    columns.add("a", 0, (0o644, 0, 0), size=1)
    columns.add("b", 2, (0o777, 1, 1), link="", capabilities=b"")
    data = encode(columns)
    assert decode(data).links == {1: ""}
    for _ in range(3000):
        changed = bytearray(data)
        for _ in range(chance.randrange(1, 4)):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        cut = bytes(changed[: chance.randrange(len(changed) + 1)])
        for one in (bytes(changed), cut):
            try:
                found = decode(one)
            except ValueError:
                continue
            for row in range(len(found)):
                found.entry(row, 0)
    for junk in (b"", b"\0" * 40, data):
        with pytest.raises(ValueError):
            decode_squash(junk, [columns])


def test_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("DRYDOCK_CACHE_DIR", str(blocked))
    reference = save(tmp_path)
    assert len(load_files(open_image(reference)).tree) > 0
    assert cache.size() == cache.CacheSize(0, 0)


def test_size_and_clear(tmp_path: Path, cache_folder: Path) -> None:
    assert cache.size() == cache.CacheSize(0, 0)
    (cache_folder / "mine.txt").write_text("not the cache's")
    load_files(open_image(save(tmp_path)))
    kept = cache.size()
    assert kept.entries == 4
    assert kept.bytes == sum(path.stat().st_size for path in entries(cache_folder / "images"))
    assert cache.clear() == kept
    assert cache.size() == cache.CacheSize(0, 0)
    assert entries(cache_folder) == [cache_folder / "mine.txt"]


def test_oldest_entries_go_first(
    tmp_path: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_files(open_image(save(tmp_path)))
    old = entries(cache_folder)
    for path in old:
        os.utime(path, (1, 1))
    monkeypatch.setattr(cache, "MAX_BYTES", 600)
    load_files(open_image(save(tmp_path, [tar(file("z"))], "other.tar")))
    assert cache.size().bytes <= 600
    assert len([path for path in old if path.exists()]) < len(old)


def test_nobody_else_may_read_it(tmp_path: Path, cache_folder: Path) -> None:
    load_files(open_image(save(tmp_path)))
    assert all(path.stat().st_mode & 0o077 == 0 for path in entries(cache_folder))


def _open(reference: str, folder: str, number: int) -> int:
    os.environ["DRYDOCK_CACHE_DIR"] = folder
    for step in range(8):
        if (step + number) % 3 == 0:
            cache.clear_quietly()
        load_files(open_image(reference))
    return len(load_files(open_image(reference)).tree)


def test_runs_at_the_same_time(tmp_path: Path, cache_folder: Path) -> None:
    reference = save(tmp_path)
    wanted = len(load_files(open_image(reference)).tree)
    context = multiprocessing.get_context("spawn")
    with context.Pool(3) as pool:
        jobs = [(reference, str(cache_folder), number) for number in range(3)]
        assert pool.starmap(_open, jobs) == [wanted] * 3


def test_a_folder_that_vanishes_while_it_is_listed(
    tmp_path: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_files(open_image(save(tmp_path)))
    before = cache.size().entries
    scan = os.scandir

    def gone_at_the_bottom(path: str) -> object:
        if len(Path(path).name) == 2:
            raise FileNotFoundError(path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", gone_at_the_bottom)
    assert before > 0 and cache.size().entries == 0
    load_files(open_image(save(tmp_path, [tar(file("z"))], "other.tar")))


def test_an_error_of_a_layer_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reference = save(tmp_path)

    def fail(*_: object, **__: object) -> dict[int, Walked]:
        raise ImageError("It broke")

    with monkeypatch.context() as patch:
        patch.setattr("hardening.image.blobs.walk_all", fail)
        with pytest.raises(ImageError, match="It broke"):
            load_files(open_image(reference))
    assert len(load_files(open_image(reference)).tree) > 0
