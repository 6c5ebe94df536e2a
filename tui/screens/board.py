"""The main screen's layout, and drawing it from the store. No decisions here."""

from __future__ import annotations

from typing import ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input

from hardening.model import Severity
from tui.actions import ACTIONS, action_by_id, bindings_for, key_name
from tui.empty_panes import no_findings, no_layers, no_secrets
from tui.headline import summary_cells
from tui.ordering import Pane
from tui.phases import Phases
from tui.rows import Cells
from tui.state import Store
from tui.text import clean, human_size
from tui.widgets.bars import Banner, KeyBar, KeyHint, SummaryBar, Tab, TabStrip
from tui.widgets.code import CodeView
from tui.widgets.diffs import DiffView
from tui.widgets.filetree import FilesView
from tui.widgets.grouped import PackagesView, VulnerabilitiesView
from tui.widgets.lines import Lines
from tui.widgets.panes import FindingsPane, LayersPane, PaneLines, SecretsPane
from tui.widgets.prose import Prose
from tui.widgets.toned import Palette

TABS = (
    Tab("dockerfile", "4", "Dockerfile", "Dockerfile", "Dock"),
    Tab("diff", "5", "Diff", "Diff", "Diff"),
    Tab("detail", "6", "Detail", "Detail", "Det"),
    Tab("files", "7", "Files", "Files", "Files"),
    Tab("run", "8", "Run flags", "Run", "Run"),
    Tab("packages", "9", "Packages", "Packages", "Pkg"),
    Tab("vulnerabilities", "0", "Vulnerabilities", "Vulns", "Vuln"),
)
_RANKS = {one.id: one.footer for one in ACTIONS if one.footer}


class Board(Screen[None]):
    """Layers, findings and secrets over a workbench of tabs."""

    CSS_PATH = ["../app.tcss", "main.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = bindings_for("main")
    AUTO_FOCUS = "#findings"

    def __init__(self, store: Store | None = None) -> None:
        super().__init__()
        self.store = store or Store()
        self.top_pane = Pane.FINDINGS
        self.tab = "dockerfile"
        self.phases = Phases()
        self.files_shown: dict[str, list[Cells]] = {}
        self._titles: dict[Pane, tuple[str, str]] = {}

    def compose(self) -> ComposeResult:
        yield Palette()
        yield SummaryBar(id="summary")
        yield Banner(id="banner")
        with Horizontal(id="panes"):
            yield LayersPane()
            yield FindingsPane()
            yield SecretsPane()
        yield TabStrip(TABS, id="tabs")
        with Container(id="bench"):
            yield CodeView(id="dockerfile")
            yield DiffView(id="diff")
            yield FilesView(id="files")
            yield Prose(id="run")
            yield PackagesView(id="packages")
            yield VulnerabilitiesView(id="vulnerabilities")
            yield Prose(id="detail")
        yield KeyBar(id="keys")

    # The widgets

    @property
    def layers_pane(self) -> LayersPane:
        return self.query_one("#layers", LayersPane)

    @property
    def findings_pane(self) -> FindingsPane:
        return self.query_one("#findings", FindingsPane)

    @property
    def secrets_pane(self) -> SecretsPane:
        return self.query_one("#secrets", SecretsPane)

    @property
    def code(self) -> CodeView:
        return self.query_one("#dockerfile", CodeView)

    @property
    def diff(self) -> DiffView:
        return self.query_one("#diff", DiffView)

    @property
    def detail(self) -> Prose:
        return self.query_one("#detail", Prose)

    @property
    def files(self) -> FilesView:
        return self.query_one("#files", FilesView)

    @property
    def run_flags(self) -> Prose:
        return self.query_one("#run", Prose)

    @property
    def tabs(self) -> TabStrip:
        return self.query_one("#tabs", TabStrip)

    @property
    def summary(self) -> SummaryBar:
        return self.query_one("#summary", SummaryBar)

    @property
    def banner(self) -> Banner:
        return self.query_one("#banner", Banner)

    def pane(self, name: Pane) -> PaneLines:
        return cast(PaneLines, self.query_one(f"#{name.value}"))

    @property
    def place(self) -> str:
        """Where the keys go: the id of the focused pane or tab."""
        focused = self.focused
        if isinstance(focused, Lines) and focused.id is not None:
            return focused.id
        return self.top_pane.value

    # Drawing

    def draw_all(self) -> None:
        """Everything, from the store."""
        self.draw_panes()
        self.draw_code_marks()
        self.draw_summary()
        subject = self.store.subject
        self.set_class(subject is not None and subject.image is None, "-no-image")
        self.refresh_bindings()

    def draw_summary(self) -> None:
        store = self.store
        phases = self.phases if self.still_reading else None
        self.summary.show(lambda wide: summary_cells(store, wide, phases))
        current = store.current
        changed = current.workspace.changed if current is not None else ()
        self.tabs.note("diff", f"({len(changed)})" if changed else "")

    def draw_panes(self) -> None:
        self.draw_layers()
        self.draw_findings()
        self.draw_secrets()

    def draw_layers(self) -> None:
        store = self.store
        subject = store.subject
        image = subject.image if subject is not None else None
        order = store.layer_order()
        self.layers_pane.show(image, order, store.sorts.get(Pane.LAYERS), store.masks)
        told = f"1 Layers {len(order)}" if image is not None else "1 Layers"
        wasted = sum(layer.wasted for layer in image.layers) if image is not None else 0
        note = f"{human_size(wasted)} wasted" if wasted else ""
        self._title(Pane.LAYERS, told, store.side.words or note)
        if not order:
            self.layers_pane.say(no_layers(store, reading=self.still_reading))

    def draw_findings(self) -> None:
        store = self.store
        rows = store.finding_rows()
        self.findings_pane.show(rows, store.sorts.get(Pane.FINDINGS))
        known = self.something_open and store.report is not None
        accepted = len(store.plan)
        note = f"{accepted} accepted" if accepted else self.findings_pane.unseen_sorting()
        self._title(Pane.FINDINGS, f"2 Findings {len(rows)}" if known else "2 Findings", note)
        if not rows:
            self.findings_pane.say(no_findings(store))

    def draw_secrets(self) -> None:
        store = self.store
        order = store.secret_order()
        self.secrets_pane.show(store.secrets, order, store.sorts.get(Pane.SECRETS), store.revealed)
        known = store.file_secrets is not None and self.something_open and not self.still_reading
        known = known or bool(order)
        title = f"3 Secrets {len(order)}" if known else "3 Secrets"
        self._title(Pane.SECRETS, title, "shown unmasked" if store.revealed is not None else "")
        if not order:
            self.secrets_pane.say(no_secrets(store, reading=self.still_reading))

    def _title(self, pane: Pane, title: str, note: str) -> None:
        needle = self.store.filters.get(pane, "")
        self._titles[pane] = (title, f"/{clean(needle, 40)}" if needle else note)
        self.draw_titles()

    def draw_titles(self) -> None:
        """Titles in the top borders; a note goes where there is no room for all of it."""
        for pane, (title, note) in self._titles.items():
            widget = self.pane(pane)
            fits = not widget.size or len(title) + len(note) + 6 <= widget.size.width
            parts = [title, (f"  {note}", "$text-accent not bold")] if note and fits else [title]
            widget.border_title = cast(str, Content.assemble(*parts))

    def on_resize(self) -> None:
        self.call_after_refresh(self._resized)

    def _resized(self) -> None:
        self.draw_titles()
        self.draw_tab()

    def draw_tab(self) -> None:
        """Fill what is shown of the workbench."""

    def draw_code(self, files: dict[str, list[Cells]]) -> None:
        """The shown file again, from the lines of every workspace file."""
        self.files_shown = files
        path = self.code.path if self.code.path in files else self.store.dockerfile_path
        self.code.show_lines(path, files.get(path, []))
        self.draw_code_marks()

    def show_file(self, path: str) -> None:
        """Show another file of the workspace, where a finding stands in one."""
        if path != self.code.path and path in self.files_shown:
            self.code.show_lines(path, self.files_shown[path])
            self.draw_code_marks()

    def draw_code_marks(self) -> None:
        """Findings, patched and unparsed lines in the gutter of the shown file."""
        store = self.store
        path = self.code.path or store.dockerfile_path
        marks: dict[int, Severity] = {}
        for row in store.all_rows():
            for at in store.join.lines_of(row.key, path):
                marks[at] = max(marks.get(at, Severity.INFO), row.finding.severity)
        patched: frozenset[int] = frozenset()
        if store.current is not None and path:
            patched = store.current.workspace.patched_lines(path)
        unparsed: set[int] = set()
        for place in store.report.unparsed if store.report is not None else ():
            if place.path == path:
                unparsed.update(range(place.start_line, place.end_line + 1))
        self.code.show_marks(marks, patched, frozenset(unparsed))

    @property
    def something_open(self) -> bool:
        """False while nothing can be assessed: neither a Dockerfile nor an image."""
        subject = self.store.subject
        return subject is not None and bool(subject.image or subject.dockerfile)

    @property
    def still_reading(self) -> bool:
        """True while facts still come in."""
        return False

    # The keys that work now

    def draw_keys(self) -> None:
        """Fill the bar at the bottom from the bindings that are live."""
        if isinstance(self.focused, Input):
            keep = KeyHint("enter", "keep", "keep_filter", 1)
            self.query_one("#keys", KeyBar).show((keep, KeyHint("esc", "clear", "clear", 2)))
            return
        hints: dict[str, KeyHint] = {}
        for active in self.active_bindings.values():
            binding = active.binding
            rank = _RANKS.get(binding.id or "")
            if rank is None or binding.id in hints:
                continue
            known = action_by_id(binding.id or "")
            label = binding.description if known is None else known.label
            name, told = binding.id or "", self.key_label(binding.id or "", label)
            hints[name] = KeyHint(key_name(binding.key), told, name, rank, active.enabled)
        ordered = sorted(hints.values(), key=lambda hint: hint.rank)
        self.query_one("#keys", KeyBar).show(
            tuple(one for one in ordered if one.enabled and one.label)
        )

    def key_label(self, name: str, label: str) -> str:
        """A label that fits the moment; "" leaves the key out."""
        return label
