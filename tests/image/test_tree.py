"""Links are followed in every component, inside the image root, and never for ever."""

from __future__ import annotations

import pytest

from hardening.image.model import Entry
from hardening.image.synthetic import FileSketch, ImageSketch, LayerSketch, make_image
from hardening.image.tree import MergedTree


def tree(**links: str) -> MergedTree:
    files: dict[str, str | bytes | FileSketch | None] = {
        "usr/bin/sh": "sh",
        "usr/lib/x": "x",
        "etc/passwd": "p",
    }
    for name, target in links.items():
        files[name.replace("__", "/")] = FileSketch(link=target)
    return make_image(ImageSketch((LayerSketch(files),))).tree


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("bin/sh", "usr/bin/sh"),
        ("/bin/sh", "usr/bin/sh"),
        ("bin/../etc/passwd", "usr/etc/passwd"),
        ("usr/./bin//sh", "usr/bin/sh"),
        ("../../etc/passwd", "etc/passwd"),
        ("absolute", "etc/passwd"),
        ("climbing", "etc/passwd"),
        ("twice", "etc/passwd"),
    ],
)
def test_resolve(path: str, target: str) -> None:
    made = tree(
        bin="usr/bin",
        absolute="/etc/passwd",
        climbing="../../../../etc/passwd",
        twice="absolute",
        usr__etc="../etc",
    )
    entry = made.resolve(path)
    assert entry is not None
    assert entry.path == (target if target != "usr/etc/passwd" else "etc/passwd")


@pytest.mark.parametrize("path", ["loop", "a", "dangling", "etc/passwd/x", "nowhere", "loop/x"])
def test_leads_nowhere(path: str) -> None:
    made = tree(loop="loop", a="b", b="a", dangling="gone")
    assert made.resolve(path) is None


def test_growing_link_ends() -> None:
    assert tree(a="a/a/a/a/a/a/a/a").resolve("a") is None


def test_root_and_listing() -> None:
    made = tree(bin="usr/bin")
    root = made.resolve("/")
    assert root is not None
    assert root.path == ""
    assert made.children("") == ["bin", "etc", "usr"]
    assert list(made.under("usr")) == ["usr/bin", "usr/bin/sh", "usr/lib", "usr/lib/x"]
    assert made.is_directory("usr/lib")
    assert not made.is_directory("bin")


def test_select_asks_once() -> None:
    made = tree(bin="usr/bin")
    asked: list[str] = []

    def remembered(entry: Entry) -> bool:
        return entry.path.endswith("sh")

    def not_remembered(entry: Entry) -> bool:
        asked.append(entry.path)
        return True

    assert [entry.path for entry in made.select(remembered)] == ["usr/bin/sh"]
    assert made.select(remembered) is made.select(remembered)
    assert len(made.select(not_remembered)) == len(made)
    made.select(not_remembered)
    assert asked == [*made, *made]
