"""Wrapped text with tones, for reading: detail, run flags, help."""

from __future__ import annotations

from collections.abc import Iterable

from textual.geometry import Size

from tui.rows import Cells
from tui.widgets.lines import Lines
from tui.wrapping import wrap_cells


class Prose(Lines):
    """Paragraphs of cells, wrapped at words to the width of the window; the keys scroll it.

    A paragraph may begin with a hanging indent: its first cell, when it ends in two spaces.
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._paragraphs: list[Cells] = []
        self._wrapped: list[Cells] = []
        self._wrapped_for = -1
        self._about: object = None

    def show(self, paragraphs: Iterable[Cells], *, about: object = None) -> None:
        """Show these paragraphs: from their beginning, or where they were read when they are
        `about` the same as those before."""
        shown = list(paragraphs)
        is_same = about is not None and about == self._about
        if is_same and shown == self._paragraphs:
            return
        self._paragraphs, self._about = shown, about
        self._wrapped_for = -1
        self._wrap()
        self.update_rows()
        if not is_same:
            self.scroll_to(y=0, animate=False, immediate=True, force=True)

    @property
    def plain(self) -> str:
        """The text, for copying."""
        return "\n".join("".join(text for text, _ in one) for one in self._paragraphs)

    def _wrap(self) -> None:
        wide = max(10, self.scrollable_content_region.width - self.gutter_width)
        if wide != self._wrapped_for:
            self._wrapped_for = wide
            self._wrapped = [line for one in self._paragraphs for line in wrap_cells(one, wide)]

    def fit_window(self) -> None:
        self._wrap()
        super().fit_window()

    @property
    def count(self) -> int:
        return len(self._wrapped)

    def cells(self, row: int, width: int) -> Cells:
        return self._wrapped[row]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        wide = max(10, width - self.gutter_width)
        return max(1, sum(len(wrap_cells(one, wide)) for one in self._paragraphs))

    def _state_of(self, row: int) -> str | None:
        return None

    def _move(self, row: int) -> None:
        """Scroll by as much as the cursor would have moved."""
        step = row - self.cursor
        if abs(step) >= self.count - 1:
            target = 0 if step < 0 else self.count
        else:
            target = round(self.scroll_offset.y) + step
        self.scroll_to(y=target, animate=False, immediate=True, force=True)

    def scroll_to_cursor(self) -> None:
        """There is no cursor to follow."""

    def action_first(self) -> None:
        self.scroll_to(y=0, animate=False, immediate=True, force=True)

    def action_last(self) -> None:
        self.scroll_to(y=self.count, animate=False, immediate=True, force=True)
