"""A text file of the image, read in a worker and shown over the screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen

from hardening.errors import DrydockError
from hardening.image.model import Entry, Image
from tui.actions import bindings_for
from tui.detail import file_detail
from tui.masking import Masks
from tui.rows import Cells
from tui.source import highlighted_lines, language_of
from tui.text import clean, human_size, looks_binary
from tui.widgets.code import CodeView
from tui.widgets.prose import Prose

LIMIT = 1 << 20


@dataclass
class FileRead(Message):
    """Lines of the file, or why there are none."""

    lines: list[Cells]
    words: str


class FileScreen(ModalScreen[None]):
    """Shows one file of one layer as text; says so when it is none."""

    CSS_PATH = "viewer.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_for("dialog", "dialog-close")

    def __init__(self, image: Image, entry: Entry, masks: Masks) -> None:
        super().__init__()
        self._masks = masks
        self._image = image
        self._entry = entry

    def compose(self) -> ComposeResult:
        with Vertical(id="viewer") as frame:
            frame.border_title = Content("/" + clean(self._entry.path, 200))
            frame.border_subtitle = Content("y copies the path · esc closes")
            about = Prose(id="about")
            about.show(file_detail(self._entry)[1:])
            yield about
            yield CodeView(id="content")

    def on_mount(self) -> None:
        self.query_one("#content", CodeView).say([[], [("  Reading …", "muted")]])
        self.query_one("#content").focus()
        self.run_worker(self._read, thread=True, group="file", exclusive=True)

    def _read(self) -> None:
        entry = self._entry
        try:
            data = self._image.read(entry.path, layer=entry.layer, limit=LIMIT)
        except DrydockError as error:
            self.post_message(FileRead([], str(error)))
            return
        if data is None:
            self.post_message(FileRead([], "There is no content: it is no regular file."))
        elif not data:
            self.post_message(FileRead([], "The file is empty."))
        elif looks_binary(data):
            self.post_message(FileRead([], f"No text: {human_size(entry.size)} of binary data."))
        else:
            text = self._masks.hide(data.decode("utf-8", "surrogateescape"))
            lines = highlighted_lines(text, language_of(entry.path))
            cut = f"The first {human_size(LIMIT)} of {human_size(entry.size)}."
            self.post_message(FileRead(lines, cut if entry.size > LIMIT else ""))

    @on(FileRead)
    def _shown(self, event: FileRead) -> None:
        view = self.query_one("#content", CodeView)
        view.say([[], [("  " + clean(event.words, 500), "muted")]])
        view.show_lines(self._entry.path, event.lines)
        if event.words and event.lines:
            self.query_one("#viewer").border_subtitle = Content(event.words)

    def on_key(self, event: events.Key) -> None:
        if event.key == "y":
            self.app.copy_to_clipboard("/" + self._entry.path)
            self.notify("/" + clean(self._entry.path, 100), title="Copied", markup=False, timeout=3)
            event.stop()

    def action_close(self) -> None:
        self.dismiss(None)
