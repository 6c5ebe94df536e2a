"""What one tab shows in several ways, and the key that switches; secrets shown unmasked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on

from tui.messages import RunReady
from tui.screens.contents import LISTS
from tui.screens.output import Output

if TYPE_CHECKING:
    from hardening.runtime.flags import HardenedRun

VIEW_WORDS = {
    "diff": "layout",
    "files": "whole image",
    "run": "Compose",
    "detail": "compare bases",
} | dict.fromkeys(LISTS, "group")
"""What the switching key is called in each tab that has several views."""


class Views(Output):
    """Adds the run flags and the switching of views to the main screen."""

    _run: HardenedRun | None = None
    show_compose = False

    # Views that v switches

    @on(RunReady)
    def _run_ready(self, event: RunReady) -> None:
        if event.generation == self.store.generation:
            self._run = event.run
            self.draw_run()

    def draw_run(self) -> None:
        from tui.runflags import run_paragraphs

        if self._run is not None:
            self.run_flags.show(run_paragraphs(self._run, self.store.subject, self.show_compose))

    def run_text(self) -> str:
        from tui.runflags import run_text

        return (
            "" if self._run is None else run_text(self._run, self.store.subject, self.show_compose)
        )

    def action_switch_view(self) -> None:
        if self.tab == "diff":
            self.diff.switch()
            self.draw_tab()
        elif self.tab == "files":
            self.merged_files = not self.merged_files
            self.files.file_tree = None
            self.draw_files()
        elif self.tab == "run":
            self.show_compose = not self.show_compose
            self.draw_run()
        elif self.tab == "detail":
            self.action_bases()
        else:
            self.next_grouping()

    def action_reveal(self) -> None:
        """Unmask the secret under the cursor, until the cursor moves."""
        if self.place != "secrets" or not self.secrets_pane.count:
            return
        number = self.secrets_pane.order[self.secrets_pane.cursor]
        self.store.reveal(None if self.store.revealed == number else number)
        self.draw_secrets()
        self.draw_tab()

    def mask_again(self) -> None:
        """No secret is shown unmasked any more."""
        if self.store.revealed is not None:
            self.store.reveal(None)
            self.draw_secrets()
            self.draw_tab()
