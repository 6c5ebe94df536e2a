"""The tree of files: what a layer added, changed and removed; search; big layers."""

from __future__ import annotations

from hardening.image.model import Image
from hardening.image.synthetic import FileSketch, ImageSketch, LayerSketch, make_image
from tests.tui.subjects import sketch
from tui.files import Change, FileTree, mode_words, node_cells


def changes(tree: FileTree) -> dict[str, Change]:
    return {node.path: tree.change(node) for node in tree.rows}


def image() -> Image:
    return make_image(
        ImageSketch(
            layers=(
                LayerSketch(files={"etc/a": "1", "etc/b": "2", "opt/c": "3"}),
                LayerSketch(files={"etc/a": "one", "etc/b": None, "etc/d": "4"}),
                LayerSketch(files={"opt": None}),
                LayerSketch(files={"opt/c": "again"}),
            )
        )
    )


def test_added_changed_removed() -> None:
    tree = FileTree(image(), 1)
    found = changes(tree)
    assert found["etc/a"] is Change.CHANGED
    assert found["etc/b"] is Change.REMOVED
    assert found["etc/d"] is Change.ADDED


def test_what_was_deleted_in_between_is_added_again() -> None:
    assert changes(FileTree(image(), 3))["opt/c"] is Change.ADDED


def test_folders_open_and_close() -> None:
    tree = FileTree(make_image(sketch()), 0)
    assert "usr/bin/passwd" in {node.path for node in tree.rows}
    tree.collapse("usr")
    assert "usr/bin" not in {node.path for node in tree.rows}
    row = tree.reveal("usr/bin/passwd")
    assert row is not None and tree.rows[row].path == "usr/bin/passwd"
    assert tree.reveal("no/such/path") is None


def test_the_whole_image_is_merged() -> None:
    tree = FileTree(make_image(sketch()), None)
    row = tree.reveal("app/.env")
    assert row is not None
    assert tree.reveal("etc/pip.conf") is None


def test_search_wants_every_word() -> None:
    tree = FileTree(make_image(sketch()), 0)
    tree.search("usr PASS")
    assert [node.path for node in tree.rows] == ["usr/bin/passwd"]
    tree.search("")
    assert len(tree.rows) > 5


def test_folder_sizes_are_those_of_the_layer() -> None:
    tree = FileTree(make_image(sketch()), 0)
    node = next(node for node in tree.rows if node.path == "usr/bin")
    assert tree.size_of(node) == 68_248


def test_modes_are_written_as_ls_does() -> None:
    files = {"s": FileSketch("x", mode=0o4755), "t": FileSketch(directory=True, mode=0o1777),
             "g": FileSketch("x", mode=0o2644)}  # fmt: skip
    layer = make_image(ImageSketch(layers=(LayerSketch(files=files),))).layers[0]
    found = {entry.path: mode_words(entry) for entry in layer.entries()}
    assert found == {"s": "-rwsr-xr-x", "t": "drwxrwxrwt", "g": "-rw-r-Sr--"}


def test_only_visible_rows_are_made_of_a_large_layer() -> None:
    files = {f"d{n // 100}/f{n}": "x" for n in range(20_000)}
    tree = FileTree(make_image(ImageSketch(layers=(LayerSketch(files=files),))), 0)
    assert len(tree) >= 20_000
    assert len(tree.rows) <= 200
    tree.expand("d7")
    assert len(tree.rows) <= 300
    assert node_cells(tree, tree.rows[0], 100)
