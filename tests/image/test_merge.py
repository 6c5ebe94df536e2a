"""Stacking layers: whiteouts, opaque directories, who wrote last, what is wasted."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardening.errors import ImageError
from hardening.image import merge
from hardening.image.columns import DIRECTORY, FILE, HARDLINK, SYMLINK, Columns
from hardening.image.merge import Squash, squash
from hardening.image.model import EntryType

ROOT = (0o644, 0, 0)


def layer(
    files: dict[str, int] | None = None,
    *,
    folders: tuple[str, ...] = (),
    links: dict[str, str] | None = None,
    hard: dict[str, str] | None = None,
    gone: tuple[str, ...] = (),
    opaque: tuple[str, ...] = (),
) -> Columns:
    columns = Columns(whiteouts=list(gone), opaque=list(opaque))
    for path in folders:
        columns.add(path, DIRECTORY, ROOT)
    for path, size in (files or {}).items():
        columns.add(path, FILE, ROOT, size=size)
    for path, target in (links or {}).items():
        columns.add(path, SYMLINK, ROOT, link=target)
    for path, target in (hard or {}).items():
        columns.add(path, HARDLINK, ROOT, link=target)
    return columns


def paths(made: Squash) -> list[str]:
    return list(made.tree)


def test_last_writer() -> None:
    made = squash([layer({"a": 5, "b": 1}), layer({"a": 7})])
    entry = made.tree.get("a")
    assert entry is not None
    assert (entry.layer, entry.size) == (1, 7)
    assert made.wasted == (5, 0)


def test_directory_whiteout_counts_all_below() -> None:
    made = squash([layer({"d/a": 5, "d/e/b": 6, "keep": 1}), layer(gone=("d",))])
    assert paths(made) == ["keep"]
    assert made.wasted == (11, 0)
    assert made.efficiency.removable == 11
    assert made.efficiency.score == 1.0, "dive does not see it: that is its formula"


def test_whiteout_and_file_of_the_same_layer() -> None:
    made = squash([layer({"d/old": 5}), layer({"d/new": 2}, folders=("d",), gone=("d",))])
    assert paths(made) == ["d", "d/new"]
    assert made.wasted == (5, 0)


def test_opaque_hides_lower_but_not_its_own() -> None:
    made = squash([layer({"d/old": 5}), layer({"d/new": 2}, folders=("d",), opaque=("d",))])
    assert paths(made) == ["d", "d/new"]
    assert made.tree.children("d") == ["new"]


def test_opaque_root_empties_everything() -> None:
    made = squash([layer({"a": 1, "b/c": 2}), layer({"n": 1}, opaque=("",))])
    assert paths(made) == ["n"]


def test_file_in_place_of_a_directory() -> None:
    made = squash([layer({"d/a": 5, "d/b/c": 6}), layer({"d": 1})])
    assert paths(made) == ["d"]
    assert made.tree.children("d") == []
    assert made.wasted == (11, 0)


def test_directory_in_place_of_a_file() -> None:
    made = squash([layer({"d": 5}), layer({"d/a": 1}, folders=("d",))])
    assert paths(made) == ["d", "d/a"]
    assert made.wasted == (5, 0)


def test_missing_directories_are_made() -> None:
    made = squash([layer({"a/b/c": 1})])
    assert paths(made) == ["a", "a/b", "a/b/c"]
    entry = made.tree.get("a/b")
    assert entry is not None
    assert (entry.type, entry.mode, entry.uid) == (EntryType.DIRECTORY, 0o755, 0)


def test_entry_lands_behind_a_link_below() -> None:
    """A tar that names `lib/x` where `lib` leads to `usr/lib`: every unpacker follows the link."""
    below = layer({"usr/lib/a": 1}, links={"lib": "usr/lib"})
    made = squash([below, layer({"lib/x": 3})])
    assert paths(made) == ["lib", "usr", "usr/lib", "usr/lib/a", "usr/lib/x"]
    entry = made.tree.get("usr/lib/x")
    assert entry is not None
    assert (entry.path, entry.layer) == ("usr/lib/x", 1)


def test_a_directory_entry_replaces_the_link() -> None:
    below = layer({"usr/lib/a": 1}, links={"lib": "usr/lib"})
    made = squash([below, layer({"lib/x": 3}, folders=("lib",))])
    assert paths(made) == ["lib", "lib/x", "usr", "usr/lib", "usr/lib/a"]


def test_hard_link_keeps_the_bytes_of_a_deleted_name() -> None:
    made = squash([layer({"a": 9}, hard={"b": "a"}), layer(gone=("a",))])
    assert made.wasted == (0, 0)
    made = squash([layer({"a": 9}, hard={"b": "a"}), layer(gone=("a", "b"))])
    assert made.wasted == (9, 0)


def test_path_twice_in_one_layer_wastes_the_first() -> None:
    columns = layer({"a": 3})
    columns.add("a", FILE, ROOT, size=4)
    made = squash([columns])
    assert made.wasted == (3,)
    assert len(made.tree) == 1


def test_dive_formula() -> None:
    """Smallest copy over all copies, a deleted file's smallest copy being nothing."""
    made = squash([layer({"a": 10, "b": 4, "c": 6}), layer({"a": 20}, gone=("c",))])
    assert made.efficiency.score == pytest.approx((10 + 4 + 0) / (10 + 4 + 6 + 20))
    assert made.efficiency.removable == 16


def test_dive_formula_after_a_directory_came_back() -> None:
    made = squash([layer({"d/a": 10}), layer(gone=("d",)), layer({"d/a": 4})])
    assert made.efficiency.score == pytest.approx((4 + 10) / (10 + 10 + 4))
    assert made.efficiency.removable == 10


def test_whiteout_of_nothing() -> None:
    made = squash([layer({"a": 1}), layer(gone=("b", "a/b"), opaque=("c",))])
    assert paths(made) == ["a"]


def test_too_many_paths(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merge, "MAX_PATHS", 10)
    with pytest.raises(ImageError, match="more paths than 10"):
        squash([layer({"/".join(["d"] * 30): 1})])


def test_deep_paths_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merge, "MAX_MADE", 100_000)
    deep = {f"{number}/" + "d/" * 100 + "f": 1 for number in range(100)}
    with pytest.raises(ImageError, match="far too deep"):
        squash([layer(deep)])


NAMES = st.sampled_from(["a", "b", "c"])
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
LAYERS = st.lists(
    st.tuples(
        st.dictionaries(PATHS, st.integers(-1, 50), max_size=6),
        st.lists(PATHS, max_size=3, unique=True),
        st.lists(PATHS, max_size=2, unique=True),
    ),
    max_size=5,
)
Sketch = list[tuple[dict[str, int], list[str], list[str]]]


def by_definition(sketch: Sketch) -> dict[str, tuple[int, int]]:
    """Path → layer and size (-1 for a directory), by the words of the specification."""
    merged: dict[str, tuple[int, int]] = {}

    def remove(path: str, *, itself: bool) -> None:
        for one in list(merged):
            if one.startswith(path + "/") or (itself and one == path):
                del merged[one]

    for number, (entries, gone, opaque) in enumerate(sketch):
        for path in opaque:
            if merged.get(path, (0, 0))[1] == -1:
                remove(path, itself=False)
        for path in gone:
            remove(path, itself=True)
        for path, size in entries.items():
            parts = path.split("/")
            for depth in range(1, len(parts)):
                parent = "/".join(parts[:depth])
                if merged.get(parent, (0, 0))[1] != -1:
                    merged[parent] = (number, -1)
            if size >= 0:
                remove(path, itself=True)
            merged[path] = (number, size)
    return merged


@settings(max_examples=400, deadline=None)
@given(LAYERS)
def test_agrees_with_the_definition(sketch: Sketch) -> None:
    layers = []
    for entries, gone, opaque in sketch:
        columns = Columns(whiteouts=list(gone), opaque=list(opaque))
        for path, size in entries.items():
            columns.add(path, DIRECTORY if size < 0 else FILE, ROOT, size=max(size, 0))
        layers.append(columns)
    made = squash(layers)
    wanted = by_definition(sketch)
    found = {}
    for path in made.tree:
        entry = made.tree.get(path)
        assert entry is not None
        found[path] = (entry.layer, -1 if entry.type is EntryType.DIRECTORY else entry.size)
    assert found == wanted
    live = sum(size for _, size in wanted.values() if size > 0)
    assert made.efficiency.removable == sum(sum(one.sizes) for one in layers) - live
    assert 0.0 <= made.efficiency.score <= 1.0
    for path in ["", *wanted]:
        prefix = f"{path}/" if path else ""
        names = {one[len(prefix) :].split("/")[0] for one in wanted if one.startswith(prefix)}
        assert made.tree.children(path) == sorted(names - {""})
