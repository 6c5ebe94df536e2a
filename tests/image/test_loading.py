"""Archives and layouts made here: compression, platforms, digests, names."""

from __future__ import annotations

import bz2
import json
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest

from hardening.errors import Cancelled, EngineError, ImageError
from hardening.image import workers
from hardening.image.files import FileBlob
from hardening.image.loading import load_files, open_image
from hardening.image.platforms import own_platform
from hardening.image.walking import Tell, Walked, walk_layer
from tests.image.builders import (
    Layout,
    config,
    digest,
    docker_save,
    file,
    folder,
    gzipped,
    hardlink,
    symlink,
    tar,
    zstandard_packed,
)

BASE = tar(folder("etc"), file("etc/os-release", b"ID=debian\n"), file("big", b"b" * 300_000))
TOP = tar(file("app", b"run", 0o4755), symlink("link", "etc/os-release"), hardlink("hard", "app"))
EMPTY = tar()


def same(data: bytes) -> bytes:
    return data


def written(tmp_path: Path, data: bytes, name: str = "image.tar") -> str:
    path = tmp_path / name
    path.write_bytes(data)
    return str(path)


@pytest.mark.parametrize("pack", [same, gzipped, zstandard_packed, lzma.compress, bz2.compress])
def test_archive_compressed_whole(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    reference = written(tmp_path, pack(docker_save([BASE, TOP, EMPTY])))
    image = load_files(open_image(reference), verify=True)
    assert [len(layer) for layer in image.layers] == [3, 3, 0]
    assert image.read("link") == b"ID=debian\n"
    assert image.read("hard") == b"run"
    assert image.read("big", limit=10) == b"b" * 10
    assert image.id == digest(config([BASE, TOP, EMPTY]))


@pytest.mark.parametrize("pack", [same, gzipped, zstandard_packed])
@pytest.mark.parametrize("as_tar", [False, True])
def test_layout(tmp_path: Path, pack: Callable[[bytes], bytes], as_tar: bool) -> None:
    layout = Layout()
    layout.image([BASE, TOP], pack)
    if as_tar:
        reference = written(tmp_path, layout.tar())
    else:
        reference = str(layout.write(tmp_path / "layout"))
    image = load_files(open_image(reference), verify=True)
    assert image.files_read
    assert [layer.size for layer in image.layers] == [len(BASE), len(TOP)]
    assert image.read("etc/os-release") == b"ID=debian\n"
    assert image.read("app", layer=1) == b"run"
    assert {entry.path: content for entry, content in image.contents(1, {"hard": 0})} == {
        "hard": b"run"
    }
    setuid = image.tree.get("app")
    assert setuid is not None
    assert setuid.mode == 0o4755


def test_before_files_are_read(tmp_path: Path) -> None:
    image = open_image(written(tmp_path, docker_save([BASE, TOP])))
    assert not image.files_read
    assert image.config.user == "app"
    assert [layer.command for layer in image.layers] == ["RUN 0", "RUN 1"]
    assert [layer.files_read for layer in image.layers] == [False, False]
    assert image.read("app") is None
    assert image.efficiency is None
    assert image.layers[0].size == len(BASE)


def test_reading_compressed_layers_backwards(tmp_path: Path) -> None:
    names = [f"f{number}" for number in range(30)]
    data = tar(*(file(name, name.encode() * 60_000) for name in names))
    image = load_files(open_image(written(tmp_path, docker_save([data], blobs=[gzipped(data)]))))
    for name in reversed(names):
        assert image.read(name, limit=1 << 20) == name.encode() * 60_000


@pytest.mark.parametrize("pack", [gzipped, zstandard_packed, same])
def test_a_layer_that_is_not_its_digest(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    other = tar(file("app", b"evil"))
    data = docker_save([BASE, TOP], blobs=[pack(BASE), pack(other)])
    image = open_image(written(tmp_path, data))
    with pytest.raises(ImageError) as raised:
        load_files(image, verify=True)
    text = str(raised.value)
    assert "Layer 1" in text
    assert digest(TOP) in text
    assert digest(other) in text
    assert load_files(image).read("app") == b"evil", "nobody asked for verification"


def test_layout_blob_that_is_not_its_digest(tmp_path: Path) -> None:
    layout = Layout()
    layout.image([BASE, TOP])
    root = layout.write(tmp_path / "layout")
    stored = gzipped(TOP)
    path = root / "blobs" / digest(stored).replace(":", "/")
    path.write_bytes(stored[:4] + b"\1\1\1\1" + stored[8:])
    with pytest.raises(ImageError, match=f"Layer 1 .*{digest(stored)}"):
        load_files(open_image(str(root)), verify=True)


@pytest.mark.parametrize("which", ["manifest", "config"])
def test_small_blobs_are_always_verified(tmp_path: Path, which: str) -> None:
    layout = Layout()
    entry = layout.image([TOP])
    name = entry["digest"] if which == "manifest" else digest(config([TOP]))
    layout.blobs[name] = layout.blobs[name] + b" "
    with pytest.raises(ImageError, match="does not match its digest"):
        open_image(str(layout.write(tmp_path / "layout")))


def test_missing_layer_is_named(tmp_path: Path) -> None:
    layout = Layout()
    layout.image([BASE, TOP])
    del layout.blobs[digest(gzipped(TOP))]
    image = open_image(str(layout.write(tmp_path / "layout")))
    with pytest.raises(ImageError, match=r"Layer 1 .* is not in the image's files"):
        load_files(image)


def multi_platform(tmp_path: Path) -> str:
    inner = Layout()
    entries = [
        inner.image([tar(file(arch))], document=config([tar(file(arch))], architecture=arch))
        for arch in ("amd64", "arm64", "s390x")
    ]
    attestation = entries[0] | {"annotations": {"vnd.docker.reference.type": "attestation"}}
    index = {"schemaVersion": 2, "manifests": [*entries, attestation]}
    inner.manifests = [inner.put(json.dumps(index).encode(), "index.v1+json")]
    return str(inner.write(tmp_path / "layout"))


@pytest.mark.parametrize("asked", ["amd64", "linux/arm64", "linux/arm64/v8", "s390x", "aarch64"])
def test_platform_is_chosen(tmp_path: Path, asked: str) -> None:
    image = load_files(open_image(multi_platform(tmp_path), platform=asked))
    wanted = {"aarch64": "arm64"}.get(asked, asked.split("/")[1] if "/" in asked else asked)
    assert list(image.tree) == [wanted]


def test_platform_defaults_to_this_machine(tmp_path: Path) -> None:
    image = open_image(multi_platform(tmp_path))
    assert image.platform == own_platform()


def test_platform_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="no image for linux/riscv64: it has linux/amd64"):
        open_image(multi_platform(tmp_path), platform="riscv64")
    reference = written(tmp_path, docker_save([TOP]))
    with pytest.raises(ImageError, match="is an image for linux/amd64"):
        open_image(reference, platform="linux/arm64")


def test_images_chosen_by_name(tmp_path: Path) -> None:
    layout = Layout()
    for name in ("one", "two"):
        notes = {"org.opencontainers.image.ref.name": name}
        layout.image([tar(file(name))], annotations=notes)
    root = str(layout.write(tmp_path / "layout"))
    with pytest.raises(ImageError, match="holds 2 images: one, two"):
        open_image(root)
    assert list(load_files(open_image(f"{root}@two")).tree) == ["two"]
    chosen = layout.manifests[0]["digest"]
    assert list(load_files(open_image(f"{root}@{chosen}")).tree) == ["one"]
    with pytest.raises(ImageError, match="no image named three"):
        open_image(f"{root}@three")


def test_docker_export_is_recognised(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="docker export"):
        open_image(written(tmp_path, tar(file("etc/passwd"), file("bin/sh"))))


def test_a_file_that_is_called_like_an_image(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    asked: list[str] = []

    def engine(reference: str, **_: object) -> None:
        asked.append(reference)
        raise EngineError("No engine")

    monkeypatch.setattr("hardening.image.engine.open_engine", engine)
    Path("nginx").write_bytes(b"\x7fELF no archive")
    Path("app").mkdir()
    for reference in ("nginx", "app", "app@sha256:0", "other:1"):
        with pytest.raises(EngineError):
            open_image(reference)
    assert asked == ["nginx", "app", "app@sha256:0", "other:1"]
    Path("saved").write_bytes(docker_save([TOP]))
    assert open_image("saved").repo_tags == ("app:1",)


def test_a_layer_that_repeats_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    layout = Layout()
    layout.image([TOP] * 50)
    read: list[int] = []
    real = walk_layer

    def walk(blob: FileBlob, tell: Tell, *, verify: bool) -> Walked:
        read.append(blob.size)
        return real(blob, tell, verify=verify)

    monkeypatch.setattr(workers, "walk_layer", walk)
    image = load_files(open_image(str(layout.write(tmp_path / "layout"))), verify=True)
    assert len(read) == 1
    assert [layer.wasted for layer in image.layers] == [3] * 49 + [0]


@pytest.mark.parametrize("pack", [same, gzipped])
def test_all_layers_together_are_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack: Callable[[bytes], bytes]
) -> None:
    layers = [tar(*(file(f"{number}-{name}") for name in range(9))) for number in range(9)]
    data = docker_save(layers, blobs=[pack(layer) for layer in layers])
    monkeypatch.setattr(workers, "MAX_ENTRIES", 50)
    with pytest.raises(ImageError, match="more than 50 entries"):
        load_files(open_image(written(tmp_path, data)))
    if pack is gzipped:
        monkeypatch.setattr(workers, "MAX_RATIO", 1)
        monkeypatch.setattr(workers, "MAX_UNPACKED", 20_000)
        with pytest.raises(ImageError, match="unpack to far more"):
            load_files(open_image(written(tmp_path, data)))


class Count:
    """Progress that counts, and cancels after `stop` bytes."""

    def __init__(self, stop: int | None = None) -> None:
        self.total: int | None = None
        self.done = 0
        self.stop = stop

    def start(self, phase: str, total: int | None = None, unit: str = "bytes") -> None:
        if phase == workers.PHASE:
            self.total = total

    def advance(self, phase: str, amount: int) -> None:
        self.done += amount

    def finish(self, phase: str) -> None:
        return None

    def check(self) -> None:
        if self.stop is not None and self.done >= self.stop:
            raise Cancelled("Stopped")


@pytest.fixture
def helped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small images are worth processes too."""
    monkeypatch.setattr(workers, "WORTH_A_PROCESS", 0)
    monkeypatch.setattr(workers, "WORTH_HELP", 0)
    monkeypatch.setattr("os.cpu_count", lambda: 2)


@pytest.mark.usefixtures("helped")
@pytest.mark.parametrize("pack", [same, gzipped])
@pytest.mark.parametrize("verify", [False, True])
def test_processes_find_the_same(
    tmp_path: Path, pack: Callable[[bytes], bytes], verify: bool
) -> None:
    layers = [tar(file(f"f{number}", b"x" * number)) for number in range(9)]
    data = docker_save(layers, blobs=[pack(layer) for layer in layers])
    progress = Count()
    image = load_files(open_image(written(tmp_path, data)), verify=verify, progress=progress)
    assert list(image.tree) == [f"f{number}" for number in range(9)]
    assert [layer.size for layer in image.layers] == [len(layer) for layer in layers]
    assert progress.total == progress.done == sum(len(pack(layer)) for layer in layers)


@pytest.mark.usefixtures("helped")
@pytest.mark.parametrize("pack", [same, gzipped])
def test_a_process_names_the_damaged_layer(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    layers = [tar(file(f"f{number}")) for number in range(4)]
    blobs = [pack(layer) for layer in layers]
    blobs[2] = pack(layers[2][:700])
    image = open_image(written(tmp_path, docker_save(layers, blobs=blobs)))
    with pytest.raises(ImageError, match=r"Layer 2 .* cannot be read"):
        load_files(image)


@pytest.mark.usefixtures("helped")
@pytest.mark.parametrize("pack", [same, gzipped])
@pytest.mark.parametrize("program", ["/nowhere/python", "/bin/false"])
def test_without_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, pack: Callable[[bytes], bytes]
) -> None:
    monkeypatch.setattr("sys.executable", program)
    layers = [tar(file(f"f{number}")) for number in range(4)]
    data = docker_save(layers, blobs=[pack(layer) for layer in layers])
    image = open_image(written(tmp_path, data))
    assert len(load_files(image).tree) == 4


@pytest.mark.usefixtures("helped")
@pytest.mark.parametrize("pack", [same, gzipped])
@pytest.mark.parametrize("verify", [False, True])
def test_cancelled(tmp_path: Path, pack: Callable[[bytes], bytes], verify: bool) -> None:
    layers = [tar(file(f"f{number}", b"y" * 9000)) for number in range(6)]
    data = docker_save(layers, blobs=[pack(layer) for layer in layers])
    with pytest.raises(Cancelled):
        load_files(open_image(written(tmp_path, data)), verify=verify, progress=Count(stop=1))


def test_parts_name_the_file_that_was_cut_off_meanwhile(tmp_path: Path) -> None:
    path = written(tmp_path, docker_save([tar(file("a", b"x" * 4000), file("b", b"y" * 4000))]))
    image = load_files(open_image(path))
    (part,) = image.parts(0)
    assert [(entry.path, len(data)) for entry, data in part.read()] == [("a", 4000), ("b", 4000)]
    with Path(path).open("r+b") as opened:
        opened.truncate(opened.read().index(b"yyyy") + 100)
    with pytest.raises(ImageError, match="Layer 0 ends inside b"):
        part.read()
