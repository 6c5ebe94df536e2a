from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardening.errors import Cancelled, EngineError, ImageError
from hardening.image.engine_source import EngineSource, Pump
from hardening.image.loading import load_files
from hardening.image.model import Attribution, Origin
from hardening.image.stored import StoredImage, image_of
from hardening.progress import SILENT, Silent
from tests.image_engine.fake_engine import HISTORY, FakeEngine

LAYERS = (
    {
        "etc": None,
        "etc/os-release": "-> ../usr/lib/os-release",
        "usr/lib/os-release": "ID=debian\n",
        "etc/loop": "-> loop",
        "bin/app": "first " * 500,
        "big": "x" * 300_000,
    },
    {"bin/app": "second"},
)


@pytest.fixture(autouse=True)
def cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRYDOCK_CACHE_DIR", str(tmp_path / "cache"))


def opened(engine: FakeEngine) -> StoredImage:
    source = EngineSource(engine, "app:1")
    return image_of("app:1", source, source.manifest())


def test_config_history_and_layers_without_an_export() -> None:
    engine = FakeEngine(LAYERS)
    image = opened(engine)
    assert (image.source, image.id, image.platform) == ("engine", engine.id, "linux/amd64")
    assert image.config.cmd == ("sh",)
    assert image.repo_tags == ("app:1",)
    assert image.repo_digests == ("app@sha256:" + "0" * 64,)
    assert [layer.diff_id for layer in image.layers] == engine.diff_ids
    assert [entry.layer for entry in image.history] == [0, None, None, 1]
    assert not image.files_read
    assert engine.exports == 0


def test_files_come_from_one_export() -> None:
    engine = FakeEngine(LAYERS)
    image = load_files(opened(engine))
    assert image.files_read
    assert engine.exports == 1
    assert image.read("bin/app") == b"second"
    assert image.read("bin/app", layer=0) == b"first " * 500
    assert image.read("etc/os-release") == b"ID=debian\n"
    assert image.layers[0].wasted == 3_000
    assert engine.exports == 1
    assert not engine.containers


def test_a_cached_image_is_not_exported_again() -> None:
    load_files(opened(FakeEngine(LAYERS)))
    engine = FakeEngine(LAYERS)
    image = load_files(opened(engine))
    assert len(image.tree) > 4
    assert image.read("big", limit=5) == b"xxxxx"
    assert (engine.exports, engine.exported_bytes) == (0, 0)
    assert engine.created == 1
    assert not engine.containers


def test_an_overwritten_file_of_a_cached_image_needs_the_export_after_all() -> None:
    load_files(opened(FakeEngine(LAYERS)))
    engine = FakeEngine(LAYERS)
    image = load_files(opened(engine))
    assert image.read("bin/app", layer=0) == b"first " * 500
    assert engine.exports == 1
    found = {entry.path: len(content) for entry, content in image.contents(0)}
    assert found["big"] == 300_000
    assert engine.exports == 1


def test_one_changed_layer_exports_and_keeps_what_was_there() -> None:
    load_files(opened(FakeEngine(LAYERS)))
    engine = FakeEngine((LAYERS[0], {"bin/app": "third"}))
    image = load_files(opened(engine))
    assert engine.exports == 1
    assert image.read("bin/app") == b"third"


def test_single_files_before_any_export() -> None:
    engine = FakeEngine(LAYERS)
    image = opened(engine)
    assert image.read("etc/os-release") == b"ID=debian\n"
    assert image.read("bin/app", limit=3) == b"sec"
    assert image.read("no/such/file") is None
    assert image.read("etc/loop") is None
    assert image.read("etc") is None
    assert engine.exports == 0
    assert not engine.containers
    before = engine.created
    assert image.read("etc/os-release") == b"ID=debian\n"
    assert engine.created == before


def test_single_files_stay_readable_while_and_after_others_export() -> None:
    engine = FakeEngine(LAYERS)
    image = opened(engine)
    loaded = load_files(image)
    assert image.read("etc/os-release") == b"ID=debian\n"
    assert engine.created > 0
    created = engine.created
    assert loaded.read("etc/os-release") == b"ID=debian\n"
    assert engine.created == created


def test_the_container_is_removed_when_reading_fails() -> None:
    engine = FakeEngine(LAYERS)
    image = opened(engine)
    engine.fail_archive = EngineError("broken")
    with pytest.raises(EngineError):
        image.read("etc/passwd")
    assert engine.created == 1
    assert not engine.containers


def test_the_history_is_exact_once_exported() -> None:
    engine = FakeEngine(LAYERS)
    engine.history = lambda image: [  # type: ignore[method-assign]
        {"CreatedBy": one["created_by"], "Created": 0, "Size": 0} for one in reversed(HISTORY)
    ]
    image = opened(engine)
    assert [entry.layer for entry in image.history] != [0, None, None, 1]
    marked = image.with_attributions([Attribution(Origin.BASE), Attribution(Origin.OWN)])
    loaded = load_files(marked)
    assert [entry.layer for entry in loaded.history] == [0, None, None, 1]
    assert [one.attribution.origin for one in loaded.layers] == [Origin.BASE, Origin.OWN]
    assert [entry.layer for entry in opened(engine).history] == [0, None, None, 1]


def test_verifying_checks_the_exported_layers() -> None:
    engine = FakeEngine(LAYERS)
    image = opened(engine)
    assert load_files(image, verify=True).files_read
    damaged = FakeEngine(LAYERS)
    damaged.tars[1] = damaged.tars[1].replace(b"second", b"Second")
    with pytest.raises(ImageError, match="Layer 1"):
        load_files(opened(damaged), verify=True)


def test_an_image_that_changed_meanwhile_is_refused() -> None:
    engine = FakeEngine(LAYERS)
    image = opened(engine)
    other = FakeEngine((LAYERS[0],))
    engine.tars, engine.raw = other.tars, other.raw
    with pytest.raises(EngineError, match="other layers"):
        load_files(image)


def test_an_unknown_image() -> None:
    with pytest.raises(ImageError, match="no image other"):
        EngineSource(FakeEngine(LAYERS), "other")


class Impatient(Silent):
    """Cancels at the third question."""

    def __init__(self) -> None:
        self.asked = 0
        self.finished: list[str] = []

    def check(self) -> None:
        self.asked += 1
        if self.asked > 2:
            raise Cancelled("Stopped")

    def finish(self, phase: str) -> None:
        self.finished.append(phase)


def test_waiting_for_an_export_can_be_cancelled() -> None:
    release = threading.Event()

    def silent() -> Iterator[bytes]:
        release.wait(30)
        yield b""

    engine = FakeEngine(LAYERS)
    engine.export = lambda image: silent()  # type: ignore[method-assign]
    progress = Impatient()
    with pytest.raises(Cancelled):
        load_files(opened(engine), progress=progress)
    release.set()
    assert "waiting for the engine's export" in progress.finished


def test_a_broken_stream_is_told_in_words() -> None:
    def broken() -> Iterator[bytes]:
        yield b"a"
        raise ConnectionResetError("peer went away")

    with (
        Pump(broken(), SILENT) as pump,
        pytest.raises(EngineError, match=r"broke off.*peer went away"),
    ):
        list(pump.chunks())
