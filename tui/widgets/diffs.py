"""What the accepted fixes change: unified, or side by side when there is room."""

from __future__ import annotations

from enum import StrEnum

from hardening.workspace import Workspace
from tui.difference import (
    DiffRow,
    side_by_side_rows,
    side_cells,
    unified_cells,
    unified_rows,
    widest,
)
from tui.rows import Cells
from tui.text import clean_line
from tui.widgets.lines import Lines

SIDE_BY_SIDE_FROM = 110
"""Columns from which the diff is side by side of itself."""


class Layout(StrEnum):
    AUTO = "auto"
    UNIFIED = "unified"
    SIDE = "side by side"


class DiffView(Lines):
    """Shows a workspace's changes."""

    HELP = "What the accepted fixes change. V switches between unified and side by side."

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._unified: tuple[DiffRow, ...] = ()
        self._paired: tuple[DiffRow, ...] = ()
        self._digits = 3
        self._widest = 0
        self._offset = 0
        self.layout_choice = Layout.AUTO

    def show(self, workspace: Workspace | None) -> None:
        self._unified = () if workspace is None else unified_rows(workspace)
        self._paired = () if workspace is None else side_by_side_rows(workspace)
        largest = max((row.new or row.old or 0 for row in self._unified), default=0)
        self._digits = max(3, len(str(largest)))
        self._widest = widest(self._unified, self._digits)
        self._offset = 0
        self.update_rows()

    @property
    def side_by_side(self) -> bool:
        if self.layout_choice is Layout.AUTO:
            return self.size.width >= SIDE_BY_SIDE_FROM
        return self.layout_choice is Layout.SIDE

    def layout_words(self) -> str:
        return str(Layout.SIDE if self.side_by_side else Layout.UNIFIED)

    def switch(self) -> Layout:
        """Turn to the other layout."""
        self.layout_choice = Layout.UNIFIED if self.side_by_side else Layout.SIDE
        self._offset = 0
        self.update_rows()
        return self.layout_choice

    @property
    def rows(self) -> tuple[DiffRow, ...]:
        return self._paired if self.side_by_side else self._unified

    @property
    def count(self) -> int:
        return len(self.rows)

    def cells(self, row: int, width: int) -> Cells:
        if self.side_by_side:
            return side_cells(self.rows[row], self._digits, width, self._offset)
        return unified_cells(self.rows[row], self._digits)

    def natural_width(self, wide: int) -> int:
        return self._widest if not self.side_by_side and self._widest > wide - 1 else 0

    def row_state(self, row: int) -> str | None:
        if self.side_by_side:
            return "row-file" if self.rows[row].kind == "file" else None
        kind = self.rows[row].kind
        return {"added": "row-added", "removed": "row-removed", "file": "row-file"}.get(kind)

    def row_text(self, row: int) -> str:
        one = self.rows[row]
        sign = {"added": "+", "removed": "-", "same": " "}.get(one.kind, "")
        return sign + clean_line(one.new_text or one.old_text or one.path)

    def action_left(self) -> None:
        if not self.side_by_side:
            super().action_left()
            return
        self._offset = max(0, self._offset - 8)
        self.refresh()

    def action_right(self) -> None:
        if not self.side_by_side:
            super().action_right()
            return
        self._offset = min(max(0, self._widest - 20), self._offset + 8)
        self.refresh()

    @property
    def place(self) -> tuple[str, int] | None:
        """File and line (in the text now) under the cursor, None in the empty view."""
        if self.cursor >= self.count:
            return None
        rows = self.rows
        for row in (*rows[self.cursor :], *rows[self.cursor :: -1]):
            if row.new is not None and row.path == rows[self.cursor].path:
                return row.path, row.new
        return rows[self.cursor].path, 1
