"""What is shown of each pane, and in which order: filters and sort columns that a person set."""

from __future__ import annotations

from dataclasses import dataclass, field

from tui.ordering import SORTS, Pane, Sorting
from tui.sides import Side


@dataclass
class Narrowing:
    """Filters and sorting per pane. `reordered` is called after every change."""

    filters: dict[Pane, str] = field(default_factory=dict)
    sorts: dict[Pane, Sorting] = field(default_factory=dict)
    side: Side = Side.ALL
    """Base or own: for every pane."""

    def reordered(self) -> None:
        """What is shown is something else now."""

    def sorting(self, pane: Pane) -> Sorting:
        """The one that was set, else by the first column."""
        return self.sorts.get(pane, Sorting(SORTS[pane][0]))

    def view_of(self, pane: Pane) -> tuple[str, Sorting]:
        """Filter and sorting of a pane."""
        return self.filters.get(pane, ""), self.sorting(pane)

    def set_filter(self, pane: Pane, text: str) -> None:
        self.filters[pane] = text.strip()
        self.reordered()

    def show_side(self, side: Side) -> None:
        """All, one's own, or the base's: in every pane."""
        self.side = side
        self.reordered()

    def sort_next(self, pane: Pane) -> Sorting:
        """The next sort column of a pane."""
        columns = SORTS[pane]
        now = self.sorting(pane).column
        return self.sort_by(pane, columns[(columns.index(now) + 1) % len(columns)])

    def sort_by(self, pane: Pane, column: str) -> Sorting:
        """Sort by a column; the same column again turns the order around."""
        now = self.sorting(pane)
        reverse = not now.reverse if now.column == column else False
        self.sorts[pane] = Sorting(column, reverse)
        self.reordered()
        return self.sorts[pane]
