"""Other bases: in the Detail of a finding about the base, and side by side before one is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on

from tui.findings import FindingRow
from tui.messages import BasesReady, WorkFailed
from tui.rows import Cells
from tui.screens.contents import Contents
from tui.text import clean

if TYPE_CHECKING:
    from hardening.subject import Subject
    from tui.bases import Bases


class Comparing(Contents):
    """Adds the comparison of bases to the joined screen."""

    _bases: Bases | None = None
    _bases_of: Subject | None = None
    """The opened subject that the bases were, or are being, looked up for."""

    def comparison(self, row: FindingRow) -> list[Cells]:
        from tui.base_choices import base_paragraphs, is_about_base

        if not is_about_base(row.finding):
            return []
        bases = self.bases
        return [] if bases is None else base_paragraphs(bases, row.fix)

    @property
    def bases(self) -> Bases | None:
        """Of the opened subject; None while they are looked up."""
        opened = self.store.opened
        if opened is None or opened.dockerfile is None:
            return None
        if self._bases_of is not opened:
            self._bases, self._bases_of = None, opened
            self._look_up_bases(opened)
        return self._bases

    @property
    def can_compare(self) -> bool:
        """True when the Detail lists other bases."""
        row = self.current_row
        return row is not None and self._bases is not None and bool(self.comparison(row))

    def action_bases(self) -> None:
        """Other bases side by side, with what choosing each would change."""
        from tui.screens.bases import BasesScreen

        opened = self.store.opened
        if opened is None or opened.dockerfile is None:
            return
        known = self.bases if self._bases_of is opened else None
        screen = BasesScreen(opened, self.store.plan, known)
        self.app.push_screen(screen, lambda name: self._bases_closed(screen, name))

    def _bases_closed(self, screen: object, name: str | None) -> None:
        from tui.screens.bases import BasesScreen

        if isinstance(screen, BasesScreen) and screen.bases is not None:
            self._bases, self._bases_of = screen.bases, screen.subject
        if name is not None:
            self.choose_base(name)
        self.draw_tab()

    def choose_base(self, name: str) -> None:
        """Accept the fix of this name, or take it back when it is accepted."""
        from hardening.base_choice import KEY
        from tui.bases import chosen_in, plan_with

        store, bases = self.store, self._bases
        if chosen_in(store.plan) == name:
            store.take_back(KEY)
            self.plan_changed()
            return
        finding = None if bases is None else bases.finding
        fix = next((one for one in finding.fixes if one.name == name), None) if finding else None
        if finding is not None and fix is not None:
            store.take_plan(plan_with(store.plan, fix), finding, fix)
            told = f"{fix.title}: it is in the text; u takes it back, 5 shows the diff"
            self.notify(clean(told, 300), markup=False, timeout=5)
            self.plan_changed()

    def plan_changed(self) -> None:
        """Show another plan; the screen that has one knows how."""

    def _look_up_bases(self, subject: Subject) -> None:
        def work() -> None:
            from tui.bases import known_bases

            try:
                bases = known_bases(subject)
            except Exception as error:
                self.post_message(WorkFailed("Cannot compare bases", error))
                return
            self.post_message(BasesReady(subject, bases))

        self.run_worker(work, thread=True, group="bases", exclusive=True)

    @on(BasesReady)
    def _bases_ready(self, event: BasesReady) -> None:
        if event.subject is not self._bases_of or (self._bases and self._bases.is_read):
            return
        self._bases = event.bases
        if self.tab == "detail" or self.has_class("-broad"):
            self.draw_detail()
        self.refresh_bindings()
