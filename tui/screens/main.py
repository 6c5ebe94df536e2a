"""The main screen: opens what was asked for and lets facts stream in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on

from hardening.errors import Cancelled, DrydockError, UsageError
from tui.actions import action_by_id
from tui.banners import changed_cells, cut_short_cells, given_up_cells
from tui.detail import missing_words
from tui.disk import DiskState
from tui.loading import Loader
from tui.messages import OpeningEnded, PhaseChanged, SubjectReady
from tui.ordering import PANES
from tui.phases import given_up
from tui.preferences import remember_recent
from tui.rows import Cells
from tui.screens.contents import LISTS
from tui.screens.views import VIEW_WORDS, Views
from tui.state import Store
from tui.text import clean
from tui.widgets.bars import Bar, KeyBar
from tui.widgets.grouped import GroupedLines

if TYPE_CHECKING:
    from hardening.opening import OpenRequest
    from hardening.subject import Subject
    from tui.screens.opening import Choice

LOOK_AT_DISK = 2.0
"""Seconds between two looks at the opened files."""


class MainScreen(Views):
    """Everything about one opened subject."""

    def __init__(self, request: OpenRequest, store: Store | None = None) -> None:
        super().__init__(store)
        self.request = request
        self.loader: Loader | None = None
        self._opening = 0
        self._asked_for_sample = False

    def on_mount(self) -> None:
        self.bindings_updated_signal.subscribe(self, lambda _: self.draw_keys())
        self.findings_pane.add_class("-current")
        self.query_one("#dockerfile").add_class("-shown")
        self.draw_all()
        self.call_after_refresh(self._begin)
        self.set_interval(LOOK_AT_DISK, self.look_at_disk)

    def _begin(self) -> None:
        """After the first paint: open what was named, or ask."""
        request = self.request
        if self.store.opened is not None:
            self.replay()
        elif request.path is None and request.image is None and request.sample is None:
            self._look_here()
        else:
            self.open(request)

    def _look_here(self) -> None:
        """In a folder with one Dockerfile that is opened; otherwise the person is asked."""
        from pathlib import Path

        from hardening.candidates import candidates_in

        found = [one for one in candidates_in(Path.cwd()) if one.kind == "dockerfile"]
        if len(found) == 1:
            self.open(replace(self.request, path=found[0].path))
        else:
            self.action_open_other()

    # Opening

    def open(self, request: OpenRequest) -> None:
        """Open something; whatever was open before goes."""
        if self.loader is not None:
            self.loader.stop()
        self.request = request
        self._asked_for_sample = request.sample is not None
        self.store = Store(sorts=self.store.sorts)
        self._start_loader()

    def _start_loader(self) -> None:
        self._opening += 1
        self.phases.clear()
        self._error = None
        self.banner.show([])
        loader = self.loader = Loader(self.request, self._opening, self.post_message)
        self.run_worker(loader.run, thread=True, group="open", exclusive=True)
        self.draw_all()

    @on(SubjectReady)
    def _subject_ready(self, event: SubjectReady) -> None:
        if event.opening != self._opening:
            return
        if event.first and self.loader is not None:
            self.request = self.loader.request
        is_copy = self._asked_for_sample
        self.store.open(event.subject)
        dockerfile = event.subject.dockerfile
        if event.first and dockerfile is not None:
            self.code.show_lines(dockerfile.path, event.lines or [])
            if not is_copy:
                remember_recent(str((event.subject.root / dockerfile.path).absolute()))
        if event.first and dockerfile is None:
            told = "No Dockerfile: only the image is looked at. o opens one."
            self.code.say([[], [("  " + told, "muted")]])
            self.show_tab("files" if self.has_class("-broad") else "detail")
        if event.first:
            self.remember_disk()
        self.draw_all()
        self.replay()
        if self.tab == "files":
            self.draw_files()

    @on(PhaseChanged)
    def _phase_changed(self, event: PhaseChanged) -> None:
        if event.opening == self._opening:
            self.phases.update(event.phase, event.done, event.total)
            self.summary.refresh()

    @on(OpeningEnded)
    def _opening_ended(self, event: OpeningEnded) -> None:
        if event.opening != self._opening:
            return
        self.loader = None
        self.phases.clear()
        self.draw_all()
        error = event.error
        if error is None:
            self._tell_given_up()
            return
        if self.store.opened is not None:
            self._explain(error)
            if not self.store.dockerfile_path and not isinstance(error, Cancelled):
                self.show_error(error)
        elif isinstance(error, UsageError):
            self.action_open_other(error)
        else:
            self.show_error(error)

    def _tell_given_up(self) -> None:
        """Steps that failed while the others went on."""
        opened = self.store.opened
        failed = [] if opened is None else given_up(opened.missing)
        if not failed:
            return
        self.banner.show(given_up_cells(failed))

    def _explain(self, error: DrydockError) -> None:
        """The image could not be had: say so in a banner, and what still works."""
        self.banner.show(cut_short_cells(error, works=bool(self.store.dockerfile_path)))
        self._error = None if isinstance(error, Cancelled) else error

    _error: DrydockError | None = None

    @on(Bar.Pressed, "#banner")
    def _banner_pressed(self) -> None:
        if self._disk is None:
            self.action_reload()
        else:
            self.action_missing()

    # The files on the disk

    _disk: DiskState | None = DiskState()
    """The opened files as they were; None while the banner says that they are others now."""

    def remember_disk(self) -> None:
        """The opened texts are those on the disk."""
        if self._disk is None:
            self.banner.show([])
        opened = self.store.opened
        files = () if opened is None else tuple(opened.root / path for path in opened.texts)
        self._disk = DiskState.of(files)

    def look_at_disk(self) -> None:
        """Offer to read the files again when somebody else changed one."""
        changed = self._disk.changed() if self._disk is not None else ()
        if not changed:
            return
        self._disk = None
        self.banner.show(changed_cells(file.name for file in changed))

    def action_missing(self) -> None:
        """What was not assessed, left out or went wrong."""
        from tui.screens.dialog import told_dialog

        words: list[Cells] = []
        if self._error is not None:
            words = [[("▲ ", "warn"), (clean(str(self._error), 4000), "plain")], []]
        report = self.store.report
        words += [] if report is None else missing_words(report)
        self.app.push_screen(told_dialog("What is missing", words or [[("Nothing.", "good")]]))

    @property
    def still_reading(self) -> bool:
        return self.loader is not None

    def action_stop(self) -> None:
        if self.loader is not None:
            self.loader.stop()

    def action_reload(self) -> None:
        """Read the files again; the plan is kept, what no longer fits is told."""
        if self.store.opened is None:
            return
        if self.loader is not None:
            self.loader.stop()
        opened = self.store.opened
        read = opened.image is not None and opened.secrets is not None
        if read and (opened.inventory is not None or self.request.image is None):
            self._reread_files()
        else:
            self._start_loader()

    def _reread_files(self) -> None:
        """Only the files: the image is the same."""
        from hardening.opening import attach_image, open_files

        opened = self.store.opened
        if opened is None or opened.image is None:
            return
        try:
            if self.request.path is None:
                return
            fresh = open_files(
                self.request.path, context=self.request.context, service=self.request.service
            )
        except DrydockError as error:
            self.show_error(error)
            return
        self.remember_disk()
        subject = replace(
            attach_image(fresh, opened.image),
            secrets=opened.secrets,
            inventory=opened.inventory,
        )
        self.run_worker(lambda: self._look_up_again(subject), thread=True, group="open")

    def _look_up_again(self, subject: Subject) -> None:
        """The advisory data may be newer than what is shown."""
        from hardening.opening.packages import assess_or_say

        opening = self._opening
        self.post_message(SubjectReady(assess_or_say(subject), opening))

    def action_open_other(self, error: DrydockError | None = None) -> None:
        from tui.screens.opening import OpeningScreen

        self.app.push_screen(OpeningScreen(self.request, error), self._chosen)

    def _chosen(self, choice: Choice | None) -> None:
        if choice is None:
            if self.store.opened is None:
                self.app.exit(0)
            return
        self.open(choice.request(self.request))

    # Keys

    @on(Bar.Pressed, "#keys")
    async def _key_pressed(self, event: KeyBar.Pressed) -> None:
        if event.name in ("keep_filter", "clear"):
            await self.app.run_action(event.name, self)
            return
        for active in self.active_bindings.values():
            if active.binding.id == event.name:
                await self.app.run_action(active.binding.action, active.node)
                return

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case "stop":
                return self.loader is not None
            case "reveal":
                return self.place == "secrets" and self.secrets_pane.count > 0
            case "switch_view":
                can_compare = self.tab == "detail" and self.can_compare
                listed = self.listed(self.tab)
                can_group = listed is not None and bool(listed.items)
                return can_compare or can_group or self.tab in ("diff", "files", "run")
            case "bases":
                opened = self.store.opened
                return True if opened is not None and opened.dockerfile is not None else None
            case "next_side":
                return bool(self.layers_pane.image is not None)
            case "edit" | "reload":
                return self.store.opened is not None
            case "sort" | "sort_reverse":
                return True if self.place in (*PANES, *LISTS) else None
            case "show_hidden":
                listed = self.listed(self.tab)
                return listed is not None and listed.hidden > 0
        return self.plan_allows(action)

    def key_label(self, name: str, label: str) -> str:
        row = self.current_row
        view = self.focused
        twig = view.twig if isinstance(view, GroupedLines) else None
        on_item = twig is not None and twig.branch is None
        if name == "toggle-folder" and twig is not None and twig.branch is not None:
            return "open group"
        if (name == "toggle" or (name == "toggle-folder" and on_item)) and row is not None:
            return "take back" if row.mark.value != "open" else "accept"
        if name == "toggle-folder" and self.place in LISTS:
            return ""
        if name == "switch-view":
            return VIEW_WORDS.get(self.tab, label)
        known = action_by_id(name)
        return label if known is None else known.label
