"""How a virtual list is drawn: only the rows on the screen, whatever the number of rows."""

from __future__ import annotations

from typing import ClassVar

from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from tui.rows import Cell, Cells, crop
from tui.widgets.toned import Toned
from tui.wrapping import wrap_cells

LEAD_FROM = 7
"""Lines of a list from which it has a line above its titles."""


class DrawnRows(Toned, ScrollView):
    """Rows with an optional sticky header, a gutter, a marked cursor and links from elsewhere.

    Subclasses say how many rows there are (`count`) and what a row looks like (`cells`).
    """

    has_header: ClassVar[bool] = False
    DEFAULT_CSS = "DrawnRows { overflow: hidden auto; }"

    cursor: reactive[int] = reactive(0, repaint=False)
    hover: reactive[int] = reactive(-1, repaint=False)

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.linked: frozenset[int] = frozenset()
        self._row_width = 0
        self._said: list[Cells] = []

    # What subclasses say

    @property
    def count(self) -> int:
        """Number of rows."""
        return 0

    def cells(self, row: int, width: int) -> Cells:
        """One row in at most `width` cells; never called outside `range(count)`."""
        return []

    def header(self, width: int) -> list[tuple[str, str]]:
        """Column titles with their sort column, where `has_header`."""
        return []

    def lead(self, width: int) -> Cells:
        """A line above the column titles, where there is room for one; none when it is empty."""
        return []

    def sorted_column(self) -> tuple[str, bool]:
        """The column that rows are sorted by, and whether downwards."""
        return "", False

    def empty(self) -> list[Cells]:
        """What is shown instead of rows: what to do next."""
        return self._said

    def natural_width(self, wide: int) -> int:
        """Cells of the widest row when it is wider than a line of `wide` cells and the list scrolls
        sideways, else 0."""
        return 0

    @property
    def gutter_width(self) -> int:
        """Cells left of each row that do not scroll sideways; the first shows cursor and links."""
        return 1

    def gutter_cells(self, row: int) -> Cells:
        """What stands in the gutter after its first cell."""
        return []

    def row_state(self, row: int) -> str | None:
        """A tone that lies under the whole row."""
        return None

    def row_text(self, row: int) -> str:
        """The row as plain text, for selections."""
        return "".join(text for text, _ in self.cells(row, max(1, self._cells_wide()))).rstrip()

    # Geometry

    @property
    def wide(self) -> int:
        """Cells of a drawn line: the scroll bar, when there is one, stands beside it."""
        return self.scrollable_content_region.width

    def _lead_high(self) -> int:
        return 1 if self.count and self.size.height >= LEAD_FROM and self.lead(self.wide) else 0

    def _header_high(self) -> int:
        return self._lead_high() + (1 if self.has_header and self.count else 0)

    def _rows_high(self) -> int:
        return self.scrollable_content_region.height - self._header_high()

    def _cells_wide(self) -> int:
        wide = self.wide
        return max(self.natural_width(wide), wide - self.gutter_width)

    def _resize_virtual(self) -> None:
        wide = self.wide
        natural = self.natural_width(wide)
        lines = self.count + self._header_high() or len(self._empty_lines(wide))
        size = Size(natural + self.gutter_width if natural else 0, lines)
        if size != self.virtual_size:
            self.virtual_size = size
            self._scroll_update(size)

    @property
    def allow_horizontal_scroll(self) -> bool:
        """Rows that are wider than the window scroll sideways, without a bar that costs a row."""
        return self.virtual_size.width > self.wide

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Draw the bar again only when its thumb moves by an eighth of a cell."""
        if self.show_vertical_scrollbar:
            step = self.virtual_size.height / (8 * max(1, self.size.height))
            at_the_end = new_value in (0, self.max_scroll_y)
            exact = at_the_end or step <= 1
            self.vertical_scrollbar.position = new_value if exact else new_value // step * step
        if round(old_value) != round(new_value):
            self.refresh(self.size.region)

    def watch_show_vertical_scrollbar(self) -> None:
        """The bar takes a column from the rows, or gives it back."""
        self.call_after_refresh(self.fit_window)

    def fit_window(self) -> None:
        """The window has another size now."""
        self._resize_virtual()
        self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return max(1, self.count + self._header_high())

    # Drawing

    def render_line(self, y: int) -> Strip:
        width = self.wide
        if self.count == 0:
            said = self._empty_lines(width)
            y += round(self.scroll_offset.y)
            return self.strip_of(crop(said[y] if y < len(said) else [], width), width)
        header = self._header_high()
        if y < header:
            if y < self._lead_high():
                return self.strip_of(crop([(" ", "plain"), *self.lead(width - 1)], width), width)
            return self._header_strip(width)
        row = y - header + round(self.scroll_offset.y)
        if row >= self.count:
            return Strip.blank(width, self.tone())
        return self._row_strip(row, width)

    def _empty_lines(self, width: int) -> list[Cells]:
        return [line for one in self.empty() for line in wrap_cells(one, max(10, width - 1))]

    def _row_strip(self, row: int, width: int) -> Strip:
        wide = max(self.natural_width(width), width - self.gutter_width)
        state = self._state_of(row)
        under = tuple(name for name in (self.row_state(row), state) if name is not None)
        first: Cell = (" ", "plain")
        if state in ("cursor", "cursor-blurred"):
            first = ("▌", "key" if state == "cursor" else "muted")
        elif row in self.linked:
            first = ("│", "accent")
        gutter = crop([first, *self.gutter_cells(row)], self.gutter_width)
        strip = self.strip_of(crop(self.cells(row, wide), wide), wide, *under)
        selection = self.text_selection
        if selection is not None:
            strip = self._with_selection(strip, selection, row)
        offset = round(self.scroll_offset.x)
        room = width - self.gutter_width
        strip = strip.apply_offsets(0, row)
        strip = strip.crop_extend(offset, offset + room, self.tone(*under))
        return Strip([*self.strip_of(gutter, self.gutter_width, *under), *strip], width)

    def _with_selection(self, strip: Strip, selection: Selection, row: int) -> Strip:
        span = selection.get_span(row)
        if span is None:
            return strip
        start, end = span
        if end == -1:
            end = strip.cell_length
        before, chosen, after = strip.divide([start, max(start, end), strip.cell_length])
        style = self.selection_style
        return Strip.join([before, chosen.apply_style(style), after])

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text, for copying."""
        text = "\n".join(self.row_text(row) for row in range(self.count))
        return selection.extract(text), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        self.refresh()

    def _state_of(self, row: int) -> str | None:
        if row == self.cursor:
            return "cursor" if self.has_focus else "cursor-blurred"
        if row in self.linked:
            return "linked"
        return "hover" if row == self.hover else None

    def _header_strip(self, width: int) -> Strip:
        column, reverse = self.sorted_column()
        cells: Cells = [(" " * self.gutter_width, "plain")]
        marked = False
        for text, name in self.header(width - self.gutter_width):
            if name and name == column and not marked:
                marked = True
                text = _mark_sorted(text, reverse)
            cells.append((text, "plain"))
        return self.strip_of(crop(cells, width), width, "header")

    def row_at(self, y: int) -> int | None:
        """Row under a line of the content, None for the header and below the last."""
        row = y - self._header_high() + round(self.scroll_offset.y)
        if y < self._header_high() or not 0 <= row < self.count:
            return None
        return row

    def _refresh_row(self, row: int) -> None:
        y = row - round(self.scroll_offset.y) + self._header_high()
        self.refresh(Region(0, y, self.size.width, 1))


def _mark_sorted(text: str, reverse: bool) -> str:
    """The title with an arrow in its padding, or over its last letter."""
    arrow = "▴" if reverse else "▾"
    bare = text.strip()
    if text.startswith(" ") and bare:
        return text[: len(text) - len(bare) - 1] + arrow + bare if len(text) > len(bare) else text
    if len(bare) < len(text):
        return bare + arrow + text[len(bare) + 1 :]
    return text[:-1] + arrow
