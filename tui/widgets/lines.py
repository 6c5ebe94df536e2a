"""A virtual list with a cursor that keys and mouse move."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message

from tui.actions import bindings_for
from tui.rows import Cells
from tui.widgets.drawn_rows import DrawnRows


class Lines(DrawnRows, can_focus=True, inherit_bindings=False):
    """The rows of a subclass, under a cursor; messages say where it went and what was opened."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_for("list")

    @dataclass
    class Moved(Message):
        """A person put the cursor on a row."""

        lines: Lines
        row: int

        @property
        def control(self) -> Lines:
            return self.lines

    @dataclass
    class Opened(Message):
        """A person opened a row: enter or a double click."""

        lines: Lines
        row: int

        @property
        def control(self) -> Lines:
            return self.lines

    @dataclass
    class HeaderClicked(Message):
        """A person clicked the title of a sortable column."""

        lines: Lines
        column: str

        @property
        def control(self) -> Lines:
            return self.lines

    # Changes

    def update_rows(self) -> None:
        """The rows are others now: keep the cursor where it makes sense, draw again."""
        self._resize_virtual()
        last = max(0, self.count - 1)
        if self.cursor > last:
            self.set_reactive(Lines.cursor, last)
        self.scroll_to_cursor()
        self.refresh()

    def say(self, lines: list[Cells]) -> None:
        """What to show instead of rows."""
        self._said = lines
        self.update_rows()

    def set_linked(self, rows: Iterable[int]) -> None:
        """Mark the rows that belong to the cursor of another pane; show the first."""
        linked = frozenset(rows)
        if linked != self.linked:
            self.linked = linked
            self.refresh()

    def put_cursor(self, row: int) -> None:
        """Move the cursor without telling anybody."""
        row = max(0, min(row, self.count - 1))
        if row != self.cursor:
            self.set_reactive(Lines.cursor, row)
            self.refresh()
        self.scroll_to_cursor()

    def scroll_to_cursor(self) -> None:
        """Bring the cursor row into the window."""
        height = self._rows_high()
        if height <= 0 or self.count == 0:
            return
        top = round(self.scroll_offset.y)
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, immediate=True, force=True)
        elif self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False, immediate=True, force=True)

    def on_resize(self) -> None:
        self.fit_window()

    def fit_window(self) -> None:
        super().fit_window()
        self.scroll_to_cursor()

    def _move(self, row: int) -> None:
        """Move the cursor because a person asked; tell who listens."""
        row = max(0, min(row, self.count - 1))
        if self.count == 0:
            return
        old = self.cursor
        self.set_reactive(Lines.cursor, row)
        top = round(self.scroll_offset.y)
        self.scroll_to_cursor()
        if round(self.scroll_offset.y) == top:
            self._refresh_row(old)
            self._refresh_row(row)
        self.post_message(self.Moved(self, row))

    # Keys and mouse

    def action_cursor_down(self) -> None:
        self._move(self.cursor + 1)

    def action_cursor_up(self) -> None:
        self._move(self.cursor - 1)

    def action_page_down(self) -> None:
        self._move(self.cursor + max(1, self._rows_high() - 1))

    def action_page_up(self) -> None:
        self._move(self.cursor - max(1, self._rows_high() - 1))

    def action_half_down(self) -> None:
        self._move(self.cursor + max(1, self._rows_high() // 2))

    def action_half_up(self) -> None:
        self._move(self.cursor - max(1, self._rows_high() // 2))

    def action_first(self) -> None:
        self._move(0)

    def action_last(self) -> None:
        self._move(self.count - 1)

    def action_open(self) -> None:
        if self.count:
            self.post_message(self.Opened(self, self.cursor))

    def action_left(self) -> None:
        self.scroll_relative(x=-8, animate=False)

    def action_right(self) -> None:
        self.scroll_relative(x=8, animate=False)

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        row = self.row_at(event.y - self.gutter.top)
        new = -1 if row is None else row
        if new != self.hover:
            old = self.hover
            self.set_reactive(Lines.hover, new)
            for changed in (old, new):
                if changed >= 0:
                    self._refresh_row(changed)

    def on_leave(self) -> None:
        if self.hover >= 0:
            old = self.hover
            self.set_reactive(Lines.hover, -1)
            self._refresh_row(old)

    def on_click(self, event: events.Click) -> None:
        y = event.y - self.gutter.top
        if 0 <= y < self._header_high():
            if y >= self._lead_high():
                self._click_header(event.x - self.gutter.left)
            return
        row = self.row_at(y)
        if row is None:
            return
        if event.chain > 1:
            self.double_clicked(row)
        else:
            self._move(row)
            self.clicked(row)

    def clicked(self, row: int) -> None:
        """A row was clicked, and has the cursor now."""

    def double_clicked(self, row: int) -> None:
        self.post_message(self.Opened(self, row))

    def _click_header(self, x: int) -> None:
        position = self.gutter_width
        for text, name in self.header(self._cells_wide()):
            position += len(text)
            if x < position:
                if name:
                    self.post_message(self.HeaderClicked(self, name))
                return
