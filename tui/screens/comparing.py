"""Other bases in the Detail of a finding about the base, before one of them is accepted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual import on

from tui.findings import FindingRow
from tui.messages import BasesReady, WorkFailed
from tui.rows import Cells
from tui.screens.contents import Contents

if TYPE_CHECKING:
    from hardening.subject import Subject


class Comparing(Contents):
    """Adds the comparison of bases to the joined screen."""

    _bases: dict[str, Any] | None = None
    _bases_of: Subject | None = None
    """The opened subject that the bases were, or are being, looked up for."""
    _compared = False
    comparing = False
    """True while bases of the local engine are read."""

    def comparison(self, row: FindingRow) -> list[Cells]:
        from tui.base_choices import base_paragraphs, is_about_base, offers_a_row

        opened = self.store.opened
        if opened is None or not is_about_base(row.finding):
            return []
        if self._bases_of is not opened:
            self._bases, self._bases_of, self._compared = None, opened, False
            self._look_up_bases(opened, compare=False)
        if self._bases is None or not offers_a_row(row.finding, self._bases):
            return []
        lines = base_paragraphs(self._bases, row.finding, row.fix, compared=self._compared)
        if self.comparing:
            lines.append([("Reading those that the local engine holds …", "accent")])
        return lines

    @property
    def can_compare(self) -> bool:
        """True when reading other bases would say something new."""
        row = self.current_row
        known = self._bases is not None and bool(self._bases["rows"]) and not self._compared
        return known and row is not None and bool(self.comparison(row)) and not self.comparing

    def compare_bases(self) -> None:
        """Read the listed bases that the local engine holds."""
        if self.can_compare and self._bases_of is not None:
            self.comparing = True
            self._look_up_bases(self._bases_of, compare=True)
            self.draw_detail()

    def _look_up_bases(self, subject: Subject, *, compare: bool) -> None:
        if subject.dockerfile is None:
            return

        def work() -> None:
            from hardening.cli.base import assess, base_values, known_numbers

            try:
                found = assess(subject, ask=False, libc=False)
                found = replace(found, known=known_numbers(found, read=compare))
                values = base_values(found)
            except Exception as error:
                self.post_message(WorkFailed("Cannot compare bases", error))
                return
            self.post_message(BasesReady(subject, values, compare))

        self.run_worker(work, thread=True, group="bases", exclusive=True)

    @on(BasesReady)
    def _bases_ready(self, event: BasesReady) -> None:
        self.comparing = False
        if event.subject is not self._bases_of:
            return
        self._bases, self._compared = event.values, event.compared
        if self.tab == "detail" or self.has_class("-broad"):
            self.draw_detail()
        self.refresh_bindings()
