"""Filter, sort and enlarge: what of the rows is shown, and how large."""

from __future__ import annotations

from textual import on
from textual.widgets import Input

from tui.ordering import PANES, Pane
from tui.screens.comparing import Comparing
from tui.screens.contents import LISTS
from tui.sides import Side
from tui.widgets.lines import Lines


class Narrowing(Comparing):
    """Adds filters and sorting to the main screen."""

    # Filter

    def action_filter(self) -> None:
        """Ask for the filter of the pane, or what to search in the files."""
        found = self.query("#filter")
        if found:
            entry = found.first(Input)
        else:
            entry = Input(id="filter", compact=True)
            entry.cursor_blink = False
            self.mount(entry, before="#keys")
        places = ("files", *LISTS, *Pane)
        self._filtering = self.place if self.place in places else self.top_pane.value
        word = "Search" if self._filtering == "files" else "Filter"
        entry.placeholder = f"{word} the {self._filtering}: words in any order, esc clears"
        entry.value = self._filter_now()
        entry.add_class("-shown")
        entry.focus()

    _filtering = "findings"

    def _filter_now(self) -> str:
        if self._filtering == "files":
            return self.files.file_tree.needle if self.files.file_tree is not None else ""
        listed = self.listed(self._filtering)
        if listed is not None:
            return listed.needle
        return self.store.filters.get(Pane(self._filtering), "")

    @on(Input.Changed, "#filter")
    def _filter_changed(self, event: Input.Changed) -> None:
        self.set_filter(event.value)

    def set_filter(self, text: str) -> None:
        if self._filtering == "files":
            self.files.search(text)
            return
        listed = self.listed(self._filtering)
        if listed is not None:
            listed.set_needle(text)
            self.draw_list()
            return
        pane = Pane(self._filtering)
        self.store.set_filter(pane, text)
        self.draw_panes()

    @on(Input.Submitted, "#filter")
    def _filter_done(self) -> None:
        self.action_keep_filter()

    def action_keep_filter(self) -> None:
        """Enter: back to the pane with the filter on."""
        self._leave_filter()

    def _leave_filter(self) -> None:
        entry = self.query("#filter").first(Input)
        entry.remove_class("-shown")
        self.query_one(f"#{self._filtering}").focus()

    def action_clear(self) -> None:
        """Escape: leave and clear the filter; else put an enlarged pane back."""
        focused = self.focused
        if isinstance(focused, Input):
            self.set_filter("")
            focused.value = ""
            self._leave_filter()
            return
        place = self.place
        if place == "files" and self.files.file_tree is not None and self.files.file_tree.needle:
            self.files.search("")
        elif (listed := self.listed(place)) is not None and listed.needle:
            listed.set_needle("")
            self.draw_list()
        elif place in PANES and self.store.filters.get(Pane(place)):
            self._filtering = place
            self.set_filter("")
        elif self.store.side is not Side.ALL:
            self._show_side(Side.ALL)
        else:
            self.remove_class("-zoom-panes", "-zoom-bench")

    # Sort and zoom

    def action_sort(self) -> None:
        name = self.top_pane.value
        listed = self.listed(self.place)
        if listed is not None:
            name, sorting = self.place, listed.sort_next()
            self.draw_list()
        else:
            sorting = self.store.sort_next(self.top_pane)
            self.draw_panes()
        self.notify(f"{name.capitalize()} by {sorting.column}", timeout=2, markup=False)

    def action_sort_reverse(self) -> None:
        listed = self.listed(self.place)
        if listed is not None:
            listed.sort_by(listed.sorting.column)
            self.draw_list()
            return
        now = self.store.sorts.get(self.top_pane)
        columns = {"layers": "order", "findings": "severity", "secrets": "severity"}
        column = now.column if now is not None else columns[self.top_pane.value]
        self.store.sort_by(self.top_pane, column)
        self.draw_panes()

    @on(Lines.HeaderClicked)
    def _sort_by(self, event: Lines.HeaderClicked) -> None:
        event.stop()
        listed = self.listed(event.lines.id or "")
        if listed is not None:
            listed.sort_by(event.column)
            self.draw_list()
            return
        self.store.sort_by(Pane(event.lines.id or "findings"), event.column)
        self.draw_panes()

    def action_next_side(self) -> None:
        """All, one's own, the base's: in every pane."""
        self._show_side(self.store.side.next)

    def _show_side(self, side: Side) -> None:
        self.store.show_side(side)
        self.draw_panes()
        self.take_contents()
        told = {Side.ALL: "Base and own", Side.OWN: "Your own only", Side.BASE: "The base's only"}
        self.notify(f"{told[side]}, in every pane", markup=False, timeout=2)

    def action_zoom(self) -> None:
        name = "-zoom-panes" if self.place in PANES else "-zoom-bench"
        if self.has_class("-zoom-panes") or self.has_class("-zoom-bench"):
            self.remove_class("-zoom-panes", "-zoom-bench")
        else:
            self.add_class(name)
