"""Before anything touches the disk: the preview, and where to put the patch."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input

from hardening.workspace import Workspace
from tui.difference import summary
from tui.rows import Cells
from tui.screens.dialog import Choice, ChoiceBar, Dialog
from tui.text import clean, plural
from tui.widgets.diffs import DiffView
from tui.widgets.prose import Prose


class WriteScreen(Dialog):
    """Shows the whole patch; answers `write`, `patch` or None."""

    def __init__(self, workspace: Workspace, fixes: int) -> None:
        super().__init__(
            f"Write {plural(fixes, 'fix', 'fixes')}",
            [
                [("Changes  ", "header"), (summary(workspace), "strong")],
                [("In  ", "header"), (clean(str(workspace.root), 400), "plain")],
                [("Files outside git keep a .bak beside them; each file is replaced whole or not "
                  "at all.", "muted")],
            ],
            (Choice("w", "write", "write"), Choice("p", "save as patch", "patch"),
             Choice("n", "not now", "close")),
        )  # fmt: skip
        self._workspace = workspace

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog") as frame:
            frame.border_title = Content(clean(self._title, 200))
            told = Prose(id="told")
            told.show(self._paragraphs)
            yield told
            yield DiffView(id="preview")
            yield ChoiceBar(self._choices)

    def focus_first(self) -> None:
        view = self.query_one("#preview", DiffView)
        view.show(self._workspace)
        view.focus()

    def on_key(self, event: events.Key) -> None:
        if event.key == "v":
            self.query_one("#preview", DiffView).switch()
            event.stop()
            return
        super().on_key(event)


class PathScreen(Dialog):
    """Asks for a file name; answers the text, None for esc."""

    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, title: str, words: list[Cells], suggestion: str) -> None:
        super().__init__(
            title, words, (Choice("enter", "save", "save"), Choice("esc", "cancel", ""))
        )
        self._suggestion = suggestion

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog") as frame:
            frame.border_title = Content(clean(self._title, 200))
            yield self.body()
            entry = Input(self._suggestion, id="path", compact=True)
            entry.cursor_blink = False
            yield entry
            yield ChoiceBar(self._choices)

    def focus_first(self) -> None:
        self.query_one(Input).focus()

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            event.stop()
            self.dismiss(None)

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.answer("save")

    def answer(self, value: str) -> None:
        text = self.query_one(Input).value.strip()
        self.dismiss(text if value == "save" and text else None)


def patch_target(text: str, root: Path) -> Path:
    """The file that a person named, relative to the project."""
    path = Path(text).expanduser()
    return path if path.is_absolute() else root / path
