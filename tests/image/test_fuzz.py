"""Whatever is done to a small image, reading it ends in an image or in an ImageError."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hardening.errors import ImageError
from hardening.image.loading import load_files, open_image
from hardening.image.stored import image_of
from hardening.image.stream import read_save
from tests.image.builders import (
    Item,
    Layout,
    docker_save,
    file,
    folder,
    gzipped,
    hardlink,
    symlink,
    tar,
    zstandard_packed,
)

EXAMPLES = int(os.environ.get("DRYDOCK_FUZZ_EXAMPLES", "120"))
"""More for a long search by hand."""

LAYERS = [
    tar(
        folder("etc"),
        file("etc/passwd", b"root:x:0:0\n"),
        symlink("lib", "usr/lib"),
        Item("long/" * 30 + "name", b"x", pax={"SCHILY.xattr.security.capability": "c"}),
    ),
    tar(hardlink("h", "etc/passwd"), file("etc/.wh.passwd", b""), file("lib/.wh..wh..opq", b"")),
]


def _layout() -> bytes:
    made = Layout()
    made.image(LAYERS, zstandard_packed)
    return made.tar()


SEEDS = {
    "save": docker_save(LAYERS),
    "gzip": docker_save(LAYERS, blobs=[gzipped(layer) for layer in LAYERS]),
    "layout": _layout(),
    "whole": gzipped(docker_save(LAYERS)),
}


@st.composite
def damaged(draw: st.DrawFn, seed: bytes) -> bytes:
    """The seed with bytes changed, blocks moved, pieces cut out or doubled."""
    data = bytearray(seed)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data) - 1))
        kind = draw(st.sampled_from(["byte", "digits", "cut", "double", "end", "zero", "block"]))
        if kind == "byte":
            data[at] = draw(st.integers(0, 255))
        elif kind == "digits":
            at -= at % 512
            field = draw(st.sampled_from([(100, 8), (124, 12), (148, 8), (156, 1), (345, 155)]))
            value = draw(st.binary(min_size=field[1], max_size=field[1]))
            data[at + field[0] : at + field[0] + field[1]] = value
        elif kind == "cut":
            del data[at : at + draw(st.integers(1, 1024))]
        elif kind == "double":
            data[at:at] = data[at : at + draw(st.integers(1, 1024))]
        elif kind == "end":
            del data[max(1, at) :]
        elif kind == "zero":
            data[at : at + 16] = bytes(16)
        else:
            start, other = at - at % 512, draw(st.integers(0, len(data) // 512)) * 512
            data[start : start + 512], data[other : other + 512] = (
                data[other : other + 512],
                data[start : start + 512],
            )
        if not data:
            return b"\0"
    return bytes(data)


def _fix_checksums(data: bytes) -> bytes:
    """Give every block that claims to be a header a checksum that is right, so that damage gets
    further in."""
    fixed = bytearray(data)
    for at in range(0, len(fixed) - 511, 512):
        if fixed[at + 257 : at + 262] == b"ustar":
            fixed[at + 148 : at + 156] = b" " * 8
            fixed[at + 148 : at + 156] = b"%06o\0 " % sum(fixed[at : at + 512])
    return bytes(fixed)


def exercise(data: bytes, path: Path) -> None:
    path.write_bytes(data)
    try:
        image = load_files(open_image(str(path)))
    except ImageError:
        return
    for name in list(image.tree)[:50]:
        image.tree.resolve(name)
        image.tree.children(name)
        try:
            image.read(name)
        except ImageError:
            continue
    assert image.efficiency is not None
    assert image.efficiency.removable >= 0
    for layer in image.layers:
        assert layer.wasted >= 0
        try:
            for entry, content in image.contents(layer.index):
                assert len(content) == min(entry.size, 5 << 20)
        except ImageError:
            continue


@pytest.mark.parametrize("seed", SEEDS)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(choice=st.data(), fix=st.booleans())
def test_damaged_archives(tmp_path: Path, seed: str, choice: st.DataObject, fix: bool) -> None:
    data = choice.draw(damaged(SEEDS[seed]))
    exercise(_fix_checksums(data) if fix else data, tmp_path / "image.tar")


@pytest.mark.parametrize("seed", ["save", "gzip", "layout"])
@settings(max_examples=EXAMPLES, deadline=None)
@given(choice=st.data(), step=st.sampled_from([100, 512, 5000]), keep=st.booleans())
def test_damaged_streams(seed: str, choice: st.DataObject, step: int, keep: bool) -> None:
    data = _fix_checksums(choice.draw(damaged(SEEDS[seed])))
    chunks = (data[at : at + step] for at in range(0, len(data), step))
    try:
        source = read_save(chunks, keep=keep).source("engine")
        image = load_files(image_of("x", source, source.manifest()))
    except ImageError:
        return
    assert image.efficiency is not None


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=3000))
def test_any_bytes(tmp_path: Path, data: bytes) -> None:
    exercise(data, tmp_path / "image.tar")
