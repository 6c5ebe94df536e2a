"""The joined screen: the cursor of one pane moves the others; tabs, filter, sort and zoom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on

from hardening.model import Finding
from tui.detail import file_detail, finding_detail, layer_detail, secret_detail
from tui.findings import FindingRow
from tui.ordering import PANES, Pane
from tui.pointers import (
    FilePointer,
    FindingPointer,
    LayerPointer,
    LinePointer,
    Links,
    Pointer,
    SecretPointer,
)
from tui.rows import Cells
from tui.screens.board import TABS, Board
from tui.text import clean
from tui.widgets.bars import Bar, TabStrip
from tui.widgets.lines import Lines

if TYPE_CHECKING:
    from hardening.rules.frame import Rule

_TAB_NAMES = tuple(one.name for one in TABS)


class Following(Board):
    """Adds the cursor links to the board."""

    # Where the cursor is

    def pointer_of(self, lines: Lines) -> Pointer | None:
        """What a list's cursor points at."""
        row = lines.cursor
        if row >= lines.count:
            return None
        match lines.id:
            case "layers":
                return LayerPointer(self.layers_pane.order[row])
            case "findings":
                return FindingPointer(self.findings_pane.rows[row].key)
            case "secrets":
                return SecretPointer(self.secrets_pane.order[row])
            case "dockerfile":
                return LinePointer(self.code.path, self.code.line)
            case "diff":
                place = self.diff.place
                return None if place is None else LinePointer(*place)
            case "files":
                return self.file_pointer()
        return None

    def file_pointer(self) -> Pointer | None:
        """What the cursor of the Files tab points at."""
        return None

    @on(Lines.Moved)
    def _moved(self, event: Lines.Moved) -> None:
        event.stop()
        self.follow(event.lines)

    def follow(self, source: Lines) -> None:
        """Everything else shows what belongs to the cursor of `source`."""
        pointer = self.pointer_of(source)
        if pointer is None:
            return
        was_revealed = self.store.revealed is not None
        links = self.store.point(pointer)
        if was_revealed and self.store.revealed is None:
            self.draw_secrets()
        self.show_links(links, source.id or "")
        self.draw_tab()
        self.refresh_bindings()

    def show_links(self, links: Links, source: str) -> None:
        """Mark and bring into view what the links lead to, in every list but the source."""
        wanted = frozenset(links.layers)
        layers = [n for n, one in enumerate(self.layers_pane.order) if one in wanted]
        places = self.findings_pane.places
        findings = sorted(places[key] for key in links.findings if key in places)
        secrets = [n for n, one in enumerate(self.secrets_pane.order) if one in links.secrets]
        if source != "dockerfile" and (links.lines or links.findings):
            self.show_file(links.path if links.lines else self.store.dockerfile_path)
        on_file = links.path == self.code.path
        lines = [n - 1 for n in links.lines if n <= self.code.count] if on_file else []
        for lines_widget, rows in (
            (self.layers_pane, layers),
            (self.findings_pane, findings),
            (self.secrets_pane, secrets),
            (self.code, lines),
        ):
            lines_widget.set_linked(rows)
            if lines_widget.id != source and rows and lines_widget.cursor not in rows:
                lines_widget.put_cursor(rows[0])

    def follow_focus(self) -> None:
        """Links again from the list that has the focus, after the rows changed."""
        focused = self.focused
        if isinstance(focused, Lines) and focused.count and self.pointer_of(focused) is not None:
            self.follow(focused)
        else:
            self.draw_tab()

    @property
    def current_row(self) -> FindingRow | None:
        """The finding that the plan keys act on: the cursor's, or the first that belongs to it."""
        rows = self.findings_pane.rows
        if self.place == "findings":
            return (
                rows[self.findings_pane.cursor] if self.findings_pane.cursor < len(rows) else None
            )
        keys = self.store.links().findings
        if not keys:
            return None
        now = rows[self.findings_pane.cursor] if self.findings_pane.cursor < len(rows) else None
        if now is not None and now.key in keys:
            return now
        return next((row for row in rows if row.key in keys), None)

    # Focus and tabs

    def on_descendant_focus(self) -> None:
        place = self.place
        if place in PANES:
            self.top_pane = Pane(place)
            for pane in Pane:
                self.pane(pane).set_class(pane is self.top_pane, "-current")
            self.call_after_refresh(self.draw_titles)
        focused = self.focused
        if isinstance(focused, Lines) and focused.count:
            self.follow(focused)

    def action_go(self, name: str) -> None:
        """Focus a pane, or show a tab and focus it."""
        if name in _TAB_NAMES:
            if name != "detail" or not self.has_class("-broad"):
                self.show_tab(name)
            if self.has_class("-zoom-panes"):
                self.remove_class("-zoom-panes")
        elif self.has_class("-zoom-bench"):
            self.remove_class("-zoom-bench")
        if name in PANES:
            self.top_pane = Pane(name)
            for pane in Pane:
                self.pane(pane).set_class(pane is self.top_pane, "-current")
        self.query_one(f"#{name}").focus()

    def show_tab(self, name: str) -> None:
        """Show a tab of the workbench; the focus stays unless it was in the one before."""
        had_focus = self.place in _TAB_NAMES
        self.tab = name
        self.tabs.activate(name)
        for tab in _TAB_NAMES:
            self.query_one(f"#{tab}").set_class(tab == name, "-shown")
        self.draw_tab()
        if had_focus:
            self.query_one(f"#{name}").focus()

    def action_next_tab(self) -> None:
        self.show_tab(_TAB_NAMES[(_TAB_NAMES.index(self.tab) + 1) % len(_TAB_NAMES)])

    def action_previous_tab(self) -> None:
        self.show_tab(_TAB_NAMES[(_TAB_NAMES.index(self.tab) - 1) % len(_TAB_NAMES)])

    @on(Bar.Pressed, "#tabs")
    def _tab_pressed(self, event: TabStrip.Pressed) -> None:
        self.action_go(event.name)

    def draw_tab(self) -> None:
        """Fill the shown tab, where it depends on the cursor."""
        if self.tab == "detail" or self.has_class("-broad"):
            self.draw_detail()
        if self.tab == "files":
            self.draw_files()
        else:
            self.tell_tab()

    def draw_files(self) -> None:
        """Fill the Files tab."""

    def tell_tab(self) -> None:
        """Words at the right end of the tabs."""
        words = self.tab_words()
        self.tabs.tell([((" · " if n else "") + one, "muted") for n, one in enumerate(words)])

    def tab_words(self) -> list[str]:
        """What stands at the right end of the tabs; the last ones go when it gets narrow."""
        if self.tab == "dockerfile":
            return [clean(self.code.path, 200)]
        return [self.diff.layout_words()] if self.tab == "diff" else []

    # Detail

    def draw_detail(self) -> None:
        self.detail.show(self._detail(), about=self._detail_about())

    def _detail_about(self) -> object:
        """What the Detail speaks of: its place is kept while that is the same."""
        row = self.current_row
        return (self.store.pointer, None if row is None else row.key)

    def _detail(self) -> list[Cells]:
        store, pointer = self.store, self.store.pointer
        subject = store.subject
        image = subject.image if subject is not None else None
        if isinstance(pointer, SecretPointer) and pointer.index < len(store.secrets):
            return secret_detail(store.secrets[pointer.index], store.revealed == pointer.index)
        if isinstance(pointer, FilePointer) and image is not None:
            entry = image.layers[pointer.layer].get(pointer.path)
            if entry is not None:
                return file_detail(entry)
        row = self.current_row
        if isinstance(pointer, LayerPointer) and image is not None and self.place == "layers":
            return layer_detail(image, pointer.layer, store.masks.hide)
        if row is not None:
            return finding_detail(row, _rule(row.finding), self.comparison(row))
        return [[], [("  Put the cursor on a finding, a layer, a secret or a file.", "muted")]]

    def comparison(self, row: FindingRow) -> list[Cells]:
        """What the fixes of a finding lead to, side by side."""
        return []

    def action_next_finding(self) -> None:
        self._step(1)

    def action_previous_finding(self) -> None:
        self._step(-1)

    def _step(self, step: int) -> None:
        row = self.store.step_finding(step)
        if row is None:
            return
        self.findings_pane.put_cursor(next(
            n for n, one in enumerate(self.findings_pane.rows) if one.key == row.key
        ))  # fmt: skip
        links = self.store.point(FindingPointer(row.key))
        self.show_links(links, "findings")
        self.draw_tab()
        self.refresh_bindings()


def _rule(finding: Finding) -> Rule | None:
    """The rule behind a finding, None for findings of pragmas and imports."""
    from hardening.rules import rule_by_id

    return rule_by_id(finding.rule)
