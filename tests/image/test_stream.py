"""The stream of `docker save` gives the same image as the archive of the same bytes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardening.errors import Cancelled, ImageError
from hardening.image import stream
from hardening.image.loading import load_files, open_image
from hardening.image.stored import StoredImage, image_of
from hardening.image.stream import read_save
from tests.image.builders import (
    Layout,
    digest,
    docker_save,
    file,
    folder,
    gzipped,
    symlink,
    tar,
    zstandard_packed,
)
from tests.shared import shared_data

LAYERS = [
    tar(folder("etc"), file("etc/passwd", b"root\n"), file("big", b"b" * 200_000)),
    tar(symlink("link", "big"), file("etc/group", b"g"), file(".wh.nothing", b"")),
    tar(),
]
ARCHIVES = {
    "plain": docker_save(LAYERS),
    "gzip": docker_save(LAYERS, blobs=[gzipped(layer) for layer in LAYERS]),
    "zstd": docker_save(LAYERS, blobs=[zstandard_packed(layer) for layer in LAYERS]),
}


def pieces(data: bytes, step: int) -> Iterator[bytes]:
    return (data[at : at + step] for at in range(0, len(data), step))


def streamed(
    data: bytes, step: int = 4096, *, verify: bool = False, keep: bool = True
) -> StoredImage:
    source = read_save(pieces(data, step), verify=verify, keep=keep).source("engine")
    return load_files(image_of("app:1", source, source.manifest()), verify=verify)


def facts(image: StoredImage) -> object:
    layers = [(list(one.entries()), one.wasted, one.size, one.whiteouts) for one in image.layers]
    return image.id, image.config, layers, list(image.tree), image.efficiency


@pytest.mark.parametrize("kind", ARCHIVES)
@pytest.mark.parametrize("step", [1, 511, 4096, 1 << 22])
def test_same_as_the_archive(tmp_path: Path, kind: str, step: int) -> None:
    data = ARCHIVES[kind]
    path = tmp_path / "image.tar"
    path.write_bytes(data)
    image = streamed(data, step, verify=True)
    assert facts(image) == facts(load_files(open_image(str(path))))
    assert image.read("link", limit=7) == b"b" * 7
    assert [len(content) for _, content in image.contents(0)] == [5, 200_000]


def test_layout_as_a_stream() -> None:
    made = Layout()
    made.image(LAYERS)
    assert streamed(made.tar()).read("etc/passwd") == b"root\n"


@pytest.mark.parametrize(
    "name",
    [
        "dive/test-docker-image.tar",
        "dive/test-kaniko-image.tar",
        "dive/test-oci-estargz-image.tar",
        "go-containerregistry/v1/tarball/hello-world-v25.tar",
    ],
)
@pytest.mark.parametrize("keep", [True, False])
def test_real_archives(name: str, keep: bool) -> None:
    path = shared_data("images") / name
    image = streamed(path.read_bytes(), 64 << 10, verify=True, keep=keep)
    assert facts(image) == facts(load_files(open_image(str(path))))


@pytest.mark.parametrize("kind", ARCHIVES)
def test_without_room_entries_and_captured_files_remain(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "KEEP_FREE", 1 << 60)
    image = streamed(ARCHIVES[kind])
    assert list(image.tree) == ["big", "etc", "etc/group", "etc/passwd", "link"]
    assert image.read("etc/passwd") == b"root\n"
    assert image.read("big") is None


@pytest.mark.parametrize("pack", [bytes, gzipped])
def test_digests_on_the_way(pack: type[bytes]) -> None:
    other = tar(file("evil"))
    data = docker_save(LAYERS, blobs=[pack(LAYERS[0]), pack(other), pack(LAYERS[2])])
    with pytest.raises(ImageError) as raised:
        streamed(data, verify=True)
    assert "Layer 1" in str(raised.value)
    assert digest(LAYERS[1]) in str(raised.value)
    assert digest(other) in str(raised.value)


@pytest.mark.parametrize("pack", [bytes, gzipped])
def test_damaged_layer_is_named(pack: type[bytes]) -> None:
    bad = LAYERS[1][:700]
    data = docker_save(LAYERS, blobs=[pack(LAYERS[0]), pack(bad), pack(LAYERS[2])])
    with pytest.raises(ImageError, match=r"Layer 1 .* cannot be read"):
        streamed(data)


def test_damaged_member_that_is_no_layer_does_not_matter() -> None:
    data = docker_save(LAYERS, extra=[file("other.tar", LAYERS[0][:600]), file("j.json", b"{")])
    assert len(streamed(data).tree) == 5


def test_cut_stream() -> None:
    for kind, data in ARCHIVES.items():
        for cut in range(600, len(data) - 10240, 4321):
            with pytest.raises(ImageError):
                streamed(data[:cut])
            assert kind


def test_cancelling_leaves_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    class Stop:
        done = 0

        def start(self, phase: str, total: int | None = None, unit: str = "bytes") -> None:
            return None

        def advance(self, phase: str, amount: int) -> None:
            self.done += amount

        def finish(self, phase: str) -> None:
            return None

        def check(self) -> None:
            if self.done > 1000:
                raise Cancelled("Stopped")

    for data in ARCHIVES.values():
        with pytest.raises(Cancelled):
            read_save(pieces(data, 512), progress=Stop())
    assert list(tmp_path.iterdir()) == []
