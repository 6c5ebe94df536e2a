"""Images made from a sketch answer like any other image."""

from __future__ import annotations

import pytest

from hardening.image.model import EntryType, Image, Origin
from hardening.image.synthetic import FileSketch, ImageSketch, LayerSketch, make_image

SKETCH = ImageSketch(
    layers=(
        LayerSketch(
            {
                "etc/passwd": "root:x:0:0:root:/root:/bin/sh\n",
                "usr/bin/sh": FileSketch(b"\x7fELF", mode=0o4755),
                "bin": FileSketch(link="usr/bin"),
                "srv": FileSketch(directory=True, mode=0o777, uid=33),
            },
            command="ADD rootfs.tar / # buildkit",
        ),
        LayerSketch(command='ENV A="1"', empty=True),
        LayerSketch({"etc/passwd": "app\n", "usr/bin/sh": None}, command="RUN true"),
    ),
    user="10001:10001",
    env={"PATH": "/bin", "A": "1"},
    cmd=("sh",),
    exposed_ports=("80/tcp",),
    healthcheck=("CMD", "true"),
    base_layers=1,
)


@pytest.fixture
def image() -> Image:
    return make_image(SKETCH)


def test_config_and_history(image: Image) -> None:
    assert image.config.user == "10001:10001"
    assert image.config.environment() == {"PATH": "/bin", "A": "1"}
    assert image.config.exposed_ports == ("80/tcp",)
    assert image.config.healthcheck is not None
    assert image.config.healthcheck.test == ("CMD", "true")
    assert image.platform == "linux/amd64"
    assert [entry.layer for entry in image.history] == [0, None, 1]
    assert [layer.command for layer in image.layers] == ["ADD rootfs.tar / # buildkit", "RUN true"]


def test_merged_tree_says_who_wrote_last(image: Image) -> None:
    assert list(image.tree) == ["bin", "etc", "etc/passwd", "srv", "usr", "usr/bin"]
    entry = image.tree.get("etc/passwd")
    assert entry is not None
    assert (entry.layer, entry.size) == (1, 4)
    assert image.tree.children("") == ["bin", "etc", "srv", "usr"]
    srv = image.tree.get("srv")
    assert srv is not None
    assert (srv.type, srv.mode, srv.uid) == (EntryType.DIRECTORY, 0o777, 33)


def test_reading(image: Image) -> None:
    assert image.read("etc/passwd") == b"app\n"
    assert image.read("etc/passwd", layer=0, limit=4) == b"root"
    assert image.read("usr/bin/sh") is None
    assert image.read("usr/bin/sh", layer=0) == b"\x7fELF"
    assert image.read("srv") is None
    assert [entry.path for entry, _ in image.contents(0)] == ["etc/passwd", "usr/bin/sh"]


def test_waste_and_origins(image: Image) -> None:
    assert [layer.wasted for layer in image.layers] == [34, 0]
    assert image.efficiency is not None
    assert image.efficiency.removable == 34
    assert [layer.attribution.origin for layer in image.layers] == [Origin.BASE, Origin.OWN]


def test_claimed_size_does_not_invent_content() -> None:
    image = make_image(ImageSketch((LayerSketch({"big": FileSketch(b"x", size=1 << 30)}),)))
    entry = image.tree.get("big")
    assert entry is not None
    assert entry.size == 1 << 30
    assert image.read("big") == b"x"
