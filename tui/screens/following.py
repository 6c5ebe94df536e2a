"""The joined screen: the cursor of one pane moves the others; tabs, filter, sort and zoom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.widgets import Input

from hardening.image.model import Image
from hardening.model import Finding
from tui.detail import file_detail, finding_detail, layer_detail, secret_detail
from tui.findings import FindingRow
from tui.links import (
    FilePointer,
    FindingPointer,
    LayerPointer,
    LinePointer,
    Links,
    Pointer,
    SecretPointer,
)
from tui.messages import TreeReady, WorkFailed
from tui.ordering import PANES, Pane
from tui.rows import Cells
from tui.screens.board import TABS, Board
from tui.text import clean, plural
from tui.widgets.bars import Bar, TabStrip
from tui.widgets.filetree import FilesView
from tui.widgets.lines import Lines

if TYPE_CHECKING:
    from hardening.rules.frame import Rule

_TAB_NAMES = tuple(name for name, _, _ in TABS)


class Following(Board):
    """Adds the cursor links to the board."""

    merged_files = False
    """The Files tab shows the whole image, not one layer."""

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
                return self._file_pointer()
        return None

    def _file_pointer(self) -> Pointer | None:
        node, tree = self.files.node, self.files.file_tree
        if node is None or tree is None:
            return None
        if tree.layer is not None:
            return FilePointer(tree.layer, node.path)
        return None if node.entry is None else FilePointer(node.entry.layer, node.path)

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
        layers = [n for n, one in enumerate(self.layers_pane.order) if one in set(links.layers)]
        keys = links.findings
        findings = (
            [n for n, row in enumerate(self.findings_pane.rows) if row.key in keys] if keys else []
        )
        secrets = [n for n, one in enumerate(self.secrets_pane.order) if one in links.secrets]
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
            self.tabs.tell([(self.tab_words(), "muted")])

    def tab_words(self) -> str:
        """What stands at the right end of the tabs."""
        if self.tab == "dockerfile":
            return clean(self.store.dockerfile_path, 200)
        return self.diff.layout_words() if self.tab == "diff" else ""

    # Detail

    def draw_detail(self) -> None:
        self.detail.show(self._detail())

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
            return finding_detail(row, _rule(row.finding))
        return [[], [("  Put the cursor on a finding, a layer, a secret or a file.", "muted")]]

    # Files

    def draw_files(self) -> None:
        """The tree of the layer that belongs to the cursor."""
        subject = self.store.subject
        image = subject.image if subject is not None else None
        if image is None:
            self.files.show(None)
            self.files.say(self._no_layers())
            return
        if not image.files_read:
            self.files.show(None)
            self.files.say([[], [("  The files are still being read.", "muted")]])
            return
        if (
            self.place == "files"
            and self.files.file_tree is not None
            and self.files.file_tree.image is image
        ):
            return
        links = self.store.links()
        layer = None if self.merged_files else self._layer_to_show(image, links)
        tree = self.files.file_tree
        if tree is None or not same_image(tree.image, image) or tree.layer != layer:
            self.want_tree(image, layer)
            return
        self._point_files(links)

    def _layer_to_show(self, image: Image, links: Links) -> int | None:
        layers = links.layers or tuple(self.layers_pane.order[self.layers_pane.cursor :][:1])
        for layer in layers:
            if 0 <= layer < len(image.layers):
                return layer
        return len(image.layers) - 1 if image.layers else None

    def _point_files(self, links: Links) -> None:
        for _, path in links.files:
            if self.files.reveal(path):
                return

    def want_tree(self, image: Image, layer: int | None) -> None:
        """Build a tree off the screen's thread; `TreeReady` brings it."""
        self.files.say([[], [("  Reading …", "muted")]])
        self.run_worker(
            lambda: self._build_tree(image, layer), thread=True, group="tree", exclusive=True
        )

    def _build_tree(self, image: Image, layer: int | None) -> None:
        from tui.files import FileTree

        try:
            tree = FileTree(image, layer)
        except Exception as error:
            self.post_message(WorkFailed("Cannot show the files", error))
            return
        self.post_message(TreeReady(image, layer, tree))

    @on(TreeReady)
    def _tree_ready(self, event: TreeReady) -> None:
        subject = self.store.subject
        image = subject.image if subject is not None else None
        if image is None or not same_image(image, event.image) or self.tab != "files":
            return
        self.files.show(event.tree)
        if not event.tree.rows:
            self.files.say([[], [("  This layer changes no files.", "muted")]])
        where = "whole image" if event.layer is None else f"layer {event.layer}"
        told = f"{where} · {plural(len(event.tree), 'entry', 'entries')}"
        self.tabs.tell([(told, "muted")])
        self._point_files(self.store.links())

    @on(FilesView.Viewed)
    def _view_file(self, event: FilesView.Viewed) -> None:
        from tui.screens.viewer import FileScreen

        tree = event.lines.file_tree
        entry = event.node.entry
        if tree is None or entry is None:
            self.notify("The layer deletes this path; there is nothing to see.", markup=False)
            return
        self.app.push_screen(FileScreen(tree.image, entry, self.store.masks))

    # Opening a row

    @on(Lines.Opened)
    def _opened(self, event: Lines.Opened) -> None:
        event.stop()
        match event.lines.id:
            case "layers":
                self.show_tab("files")
            case "findings" | "secrets" | "dockerfile":
                self.show_tab("detail")
            case "diff":
                self._open_from_diff()

    def _open_from_diff(self) -> None:
        place = self.diff.place
        if place is not None and place[0] == self.code.path:
            self.show_tab("dockerfile")
            self.code.put_cursor(place[1] - 1)

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
        self._filtering = self.place if self.place in ("files", *Pane) else self.top_pane.value
        word = "Search" if self._filtering == "files" else "Filter"
        entry.placeholder = f"{word} the {self._filtering}: words in any order, esc clears"
        entry.value = self._filter_now()
        entry.add_class("-shown")
        entry.focus()

    _filtering = "findings"

    def _filter_now(self) -> str:
        if self._filtering == "files":
            return self.files.file_tree.needle if self.files.file_tree is not None else ""
        return self.store.filters.get(Pane(self._filtering), "")

    @on(Input.Changed, "#filter")
    def _filter_changed(self, event: Input.Changed) -> None:
        self.set_filter(event.value)

    def set_filter(self, text: str) -> None:
        if self._filtering == "files":
            self.files.search(text)
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
        elif place in PANES and self.store.filters.get(Pane(place)):
            self._filtering = place
            self.set_filter("")
        elif place == "layers" and self.store.own_only:
            self.action_own_only()
        else:
            self.remove_class("-zoom-panes", "-zoom-bench")

    # Sort and zoom

    def action_sort(self) -> None:
        sorting = self.store.sort_next(self.top_pane)
        self.draw_panes()
        self.notify(
            f"{self.top_pane.value.capitalize()} by {sorting.column}", timeout=2, markup=False
        )

    def action_sort_reverse(self) -> None:
        now = self.store.sorts.get(self.top_pane)
        columns = {"layers": "order", "findings": "severity", "secrets": "severity"}
        column = now.column if now is not None else columns[self.top_pane.value]
        self.store.sort_by(self.top_pane, column)
        self.draw_panes()

    @on(Lines.HeaderClicked)
    def _sort_by(self, event: Lines.HeaderClicked) -> None:
        event.stop()
        self.store.sort_by(Pane(event.lines.id or "findings"), event.column)
        self.draw_panes()

    def action_own_only(self) -> None:
        self.store.own_only = not self.store.own_only
        self.draw_layers()

    def action_zoom(self) -> None:
        name = "-zoom-panes" if self.place in PANES else "-zoom-bench"
        if self.has_class("-zoom-panes") or self.has_class("-zoom-bench"):
            self.remove_class("-zoom-panes", "-zoom-bench")
        else:
            self.add_class(name)

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

    def where_words(self) -> str:
        """The place under the cursor, for messages."""
        return clean(self.store.dockerfile_path, 200)


def _rule(finding: Finding) -> Rule | None:
    """The rule behind a finding, None for findings of pragmas and imports."""
    from hardening.rules import rule_by_id

    return rule_by_id(finding.rule)


def same_image(one: Image, other: Image) -> bool:
    """The same files: accepting a fix makes a new value of the image, not a new image."""
    return one is other or (one.id == other.id and one.files_read == other.files_read)
