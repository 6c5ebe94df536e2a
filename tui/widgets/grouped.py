"""The Packages and Vulnerabilities tabs: lists shown as trees of groups."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual.binding import BindingType
from textual.message import Message

from tui.actions import bindings_for
from tui.branches import Path, Twig
from tui.grouped import Grouped
from tui.leads import lead_cells
from tui.packages import PackageRow, branch_cells, package_cells, package_header
from tui.rows import Cell, Cells
from tui.vulnerabilities import (
    VulnerabilityList,
    VulnerabilityRow,
    severity_tail,
    vulnerability_cells,
    vulnerability_header,
)
from tui.widgets.lines import Lines


class GroupedLines(Lines):
    """Shows a `Grouped` list. Enter, space or l open a group; the screen opens items."""

    has_header = True
    BINDINGS: ClassVar[list[BindingType]] = bindings_for("tree")

    @dataclass
    class Accepted(Message):
        """A person wants the fix of the item under the cursor, or to take it back."""

        lines: GroupedLines

        @property
        def control(self) -> GroupedLines:
            return self.lines

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.listed: Grouped[Any] | None = None
        self.lead_parts: Sequence[Cell] = ()
        """Said above the titles, what matters most last: the first ones go when it gets narrow."""
        self._shown: list[Twig] = []
        self._tails: dict[Path, Cells] = {}

    def item_cells(self, item: int, depth: int, width: int) -> Cells:
        """One item in at most `width` cells."""
        return []

    def lead(self, width: int) -> Cells:
        return lead_cells(self.lead_parts, width)

    def tail(self, twig: Twig) -> Cells:
        """What stands behind the count of a group."""
        return []

    def show(self, listed: Grouped[Any]) -> None:
        """Show this list as it is now; the cursor stays on its row when that is still there."""
        twig = self.twig if self.listed is listed else None
        self.listed = listed
        self._shown = listed.tree.rows
        self._tails.clear()
        place = None if twig is None else listed.tree.position(twig.path)
        if place is None and twig is not None and twig.item is not None:
            place = listed.tree.row_of(twig.item)
        if place is not None:
            self.set_reactive(Lines.cursor, place)
        self.update_rows()

    def say(self, lines: list[Cells]) -> None:
        if lines != self.empty():
            super().say(lines)

    @property
    def count(self) -> int:
        return len(self._shown)

    @property
    def twig(self) -> Twig | None:
        """What the cursor is on."""
        return self._shown[self.cursor] if self.cursor < len(self._shown) else None

    def cells(self, row: int, width: int) -> Cells:
        twig = self._shown[row]
        if twig.item is not None:
            return self.item_cells(twig.item, twig.depth, width)
        if self.listed is None or twig.branch is None:
            return []
        if twig.path not in self._tails:
            self._tails[twig.path] = self.tail(twig)
        return branch_cells(self.listed.tree, twig, twig.branch, width, self._tails[twig.path])

    def depth(self) -> int:
        """Depth of the items, for the header."""
        return max((twig.depth for twig in self._shown[:200]), default=0)

    def sorted_column(self) -> tuple[str, bool]:
        if self.listed is None:
            return "", False
        return self.listed.sorting.column, self.listed.sorting.reverse

    def mark(self, items: frozenset[int], *, reveal: bool) -> None:
        """Mark the rows that hold any of these items; `reveal` opens the first one's groups when
        none of them is in view."""
        if not items or self.listed is None:
            self.set_linked(())
            return
        rows = [n for n, twig in enumerate(self._shown) if items.intersection(twig.items)]
        exact = [n for n in rows if self._shown[n].item is not None]
        if reveal and not exact:
            first = min(items, key=lambda one: self._order(one))
            row = self.listed.tree.reveal(first)
            if row is not None:
                self.show(self.listed)
                exact = [row]
        self.set_linked(exact or rows)
        if reveal and exact and self.cursor not in exact:
            self.put_cursor(exact[0])

    def _order(self, item: int) -> int:
        row = None if self.listed is None else self.listed.tree.row_of(item)
        return 1 << 30 if row is None else row

    # Keys

    def _set_open(self, twig: Twig, is_open: bool) -> None:
        if self.listed is not None and not self.listed.needle:
            self.listed.tree.set_open(twig.path, is_open)
            self.show(self.listed)

    def _is_open(self, twig: Twig) -> bool:
        return self.listed is not None and self.listed.tree.is_open(twig.path)

    def _toggle_group(self) -> bool:
        """Open or close the group under the cursor; False on an item."""
        twig = self.twig
        if twig is None or twig.branch is None:
            return False
        self._set_open(twig, not self._is_open(twig))
        return True

    def action_toggle_node(self) -> None:
        if not self._toggle_group() and self.count:
            self.post_message(self.Accepted(self))

    def action_open(self) -> None:
        if not self._toggle_group():
            super().action_open()

    def action_right(self) -> None:
        twig = self.twig
        if twig is None or twig.branch is None:
            return
        if self._is_open(twig):
            self.action_cursor_down()
        else:
            self._set_open(twig, True)

    def action_left(self) -> None:
        twig = self.twig
        if twig is None or self.listed is None:
            return
        if twig.branch is not None and self._is_open(twig) and not self.listed.needle:
            self._set_open(twig, False)
            return
        parent = self.listed.tree.position(twig.path[:-1])
        if parent is not None:
            self._move(parent)

    def clicked(self, row: int) -> None:
        """A click on a group opens or closes it."""
        self._toggle_group()

    def double_clicked(self, row: int) -> None:
        if self.twig is not None and self.twig.branch is None:
            super().double_clicked(row)


class PackagesView(GroupedLines):
    """The packages of the image."""

    HELP = (
        "The packages of the image, with the layer and the line that brought each. "
        "v groups them otherwise, H shows those that a system package owns too."
    )

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.line_of: Callable[[int | None], int | None] = _nowhere

    def item_cells(self, item: int, depth: int, width: int) -> Cells:
        if self.listed is None or item >= len(self.listed.items):
            return []
        row: PackageRow = self.listed.items[item]
        return package_cells(row, depth, self.line_of(row.package.layer), width)

    def header(self, width: int) -> list[tuple[str, str]]:
        return package_header(width, self.depth())


class VulnerabilitiesView(GroupedLines):
    """What is known to be wrong with the packages."""

    HELP = (
        "What is known to be wrong with the packages, by what mends it. v groups it otherwise, "
        "H shows what is hidden because the data calls it unimportant."
    )

    def item_cells(self, item: int, depth: int, width: int) -> Cells:
        if self.listed is None or item >= len(self.listed.items):
            return []
        row: VulnerabilityRow = self.listed.items[item]
        in_hand = isinstance(self.listed, VulnerabilityList) and item in self.listed.in_hand
        return vulnerability_cells(row, depth, width, in_hand=in_hand)

    def tail(self, twig: Twig) -> Cells:
        if self.listed is None:
            return []
        items: Sequence[VulnerabilityRow] = self.listed.items
        return severity_tail(items[n] for n in twig.items if n < len(items))

    def header(self, width: int) -> list[tuple[str, str]]:
        return vulnerability_header(width, self.depth())


def _nowhere(layer: int | None) -> int | None:
    return None
