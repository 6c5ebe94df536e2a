"""The files of a layer, or of the whole image, as a tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message

from tui.actions import bindings_for
from tui.files import Change, FileTree, Node, node_cells
from tui.rows import Cells
from tui.widgets.lines import Lines


class FilesView(Lines):
    """Shows a `FileTree`. Folders open with enter, space or l; files ask to be viewed."""

    HELP = "The files of the layer: + added, ~ changed, - removed. Enter views a text file."
    BINDINGS: ClassVar[list[BindingType]] = bindings_for("tree")

    @dataclass
    class Viewed(Message):
        """A person asked to see a file."""

        lines: FilesView
        node: Node

        @property
        def control(self) -> FilesView:
            return self.lines

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.file_tree: FileTree | None = None

    def show(self, tree: FileTree | None) -> None:
        if tree is not self.file_tree:
            self.file_tree = tree
            self.set_reactive(Lines.cursor, 0)
            self.scroll_to(y=0, animate=False, immediate=True, force=True)
        self.update_rows()

    @property
    def count(self) -> int:
        return 0 if self.file_tree is None else len(self.file_tree.rows)

    @property
    def node(self) -> Node | None:
        """What the cursor is on."""
        if self.file_tree is None or self.cursor >= len(self.file_tree.rows):
            return None
        return self.file_tree.rows[self.cursor]

    def cells(self, row: int, width: int) -> Cells:
        return (
            []
            if self.file_tree is None
            else node_cells(self.file_tree, self.file_tree.rows[row], width)
        )

    def row_state(self, row: int) -> str | None:
        if self.file_tree is None:
            return None
        node = self.file_tree.rows[row]
        return "row-removed" if node.removed else None

    def search(self, needle: str) -> None:
        """Only paths that hold these words."""
        if self.file_tree is not None:
            self.file_tree.search(needle)
            self.update_rows()

    def reveal(self, path: str) -> bool:
        """Open the folders above a path and put the cursor on it; False when it is not here."""
        row = None if self.file_tree is None else self.file_tree.reveal(path)
        if row is None:
            return False
        self._resize_virtual()
        self.put_cursor(row)
        self.refresh()
        return True

    def action_open(self) -> None:
        node = self.node
        if node is None:
            return
        if node.is_folder:
            self.action_toggle_node()
        else:
            self.post_message(self.Viewed(self, node))

    def action_toggle_node(self) -> None:
        node = self.node
        if (
            node is not None
            and node.is_folder
            and self.file_tree is not None
            and not self.file_tree.needle
        ):
            self.file_tree.toggle(node.path)
            self.update_rows()

    def action_right(self) -> None:
        node = self.node
        if node is None or self.file_tree is None:
            return
        if node.is_folder and node.path not in self.file_tree.expanded:
            self.file_tree.expand(node.path)
            self.update_rows()
        elif node.is_folder:
            self.action_cursor_down()

    def action_left(self) -> None:
        node = self.node
        if node is None or self.file_tree is None:
            return
        if node.is_folder and node.path in self.file_tree.expanded:
            self.file_tree.collapse(node.path)
            self.update_rows()
            return
        parent = self.file_tree.position(node.path.rpartition("/")[0])
        if parent is not None:
            self._move(parent)

    def clicked(self, row: int) -> None:
        """A click on a folder opens or closes it."""
        self.action_toggle_node()

    def double_clicked(self, row: int) -> None:
        if self.node is not None and not self.node.is_folder:
            self.action_open()

    def change_words(self) -> str:
        """What the layer did to the path under the cursor."""
        node = self.node
        if node is None or self.file_tree is None:
            return ""
        change = self.file_tree.change(node)
        return "" if change is Change.WALKED else change.value
