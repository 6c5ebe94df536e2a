"""Questions over the screen: a title, words, and choices by key, arrow or click."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widget import Widget

from tui.actions import bindings_for
from tui.outside import copy_locally
from tui.rows import Cells, crop
from tui.text import clean
from tui.widgets.bars import Bar
from tui.widgets.prose import Prose

_GAP = 2
"""Cells between two answers."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer: the key that gives it, its words, and the value that the dialog returns."""

    key: str
    label: str
    value: str


class ChoiceBar(Bar):
    """The answers, one of them chosen: in one line, or in as many as they need."""

    DEFAULT_CSS = "ChoiceBar { height: auto; }"

    def __init__(self, choices: tuple[Choice, ...], *, id: str = "choices") -> None:
        super().__init__(id=id)
        self.choices = choices
        self.chosen = 0

    def _lines(self, wide: int) -> list[list[int]]:
        """Numbers of the answers in each line."""
        lines: list[list[int]] = [[]]
        room = wide
        for number, one in enumerate(self.choices):
            size = len(one.key) + len(one.label) + 3
            if lines[-1] and size > room:
                lines.append([])
                room = wide
            lines[-1].append(number)
            room -= size + _GAP
        return lines

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._lines(width))

    def render_line(self, y: int) -> Strip:
        wide = self.size.width
        lines = self._lines(wide)
        cells: Cells = []
        for number in lines[y] if y < len(lines) else ():
            one, is_chosen = self.choices[number], number == self.chosen
            tone = "tab-active" if is_chosen else "tab"
            gap = [(" " * _GAP, "plain")] if cells else []
            cells += [*gap, (f" {one.key} ", tone if is_chosen else "key"), (f"{one.label} ", tone)]
        return self.strip_of(crop(cells, wide), wide)

    def on_click(self, event: events.Click) -> None:
        lines = self._lines(self.size.width)
        at = 0
        for number in lines[event.y] if event.y < len(lines) else ():
            one = self.choices[number]
            end = at + len(one.key) + len(one.label) + 3
            if at <= event.x < end:
                event.stop()
                self.post_message(self.Pressed(self, one.value))
                return
            at = end + _GAP

    def move(self, step: int) -> None:
        self.chosen = (self.chosen + step) % len(self.choices)
        self.refresh()


class Dialog(ModalScreen[str | None]):
    """Returns the value of the answer, None for esc."""

    CSS_PATH = "dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_for("dialog")

    def __init__(self, title: str, paragraphs: list[Cells], choices: tuple[Choice, ...]) -> None:
        super().__init__()
        self._title = title
        self._paragraphs = paragraphs
        self._choices = choices

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog") as frame:
            frame.border_title = Content(clean(self._title, 200))
            yield self.body()
            yield ChoiceBar(self._choices)

    def body(self) -> Widget:
        prose = Prose(id="words")
        prose.show(self._paragraphs)
        return prose

    @property
    def bar(self) -> ChoiceBar:
        return self.query_one("#choices", ChoiceBar)

    def on_key(self, event: events.Key) -> None:
        if event.key in ("left", "h", "shift+tab"):
            self.bar.move(-1)
        elif event.key in ("right", "l", "tab"):
            self.bar.move(1)
        else:
            pressed = event.character or event.key
            chosen = next((one for one in self._choices if one.key == pressed), None)
            if chosen is None:
                return
            self.answer(chosen.value)
        event.prevent_default()
        event.stop()

    def on_mount(self) -> None:
        """Old toasts would cover the answers."""
        self.app.clear_notifications()
        self.focus_first()

    def focus_first(self) -> None:
        """The words: the arrows scroll what is too long."""
        self.query_one("#words").focus()

    @on(Bar.Pressed)
    def _pressed(self, event: Bar.Pressed) -> None:
        self.answer(event.name)

    def answer(self, value: str) -> None:
        self.dismiss(value)

    def action_accept(self) -> None:
        if self._choices:
            self.answer(self._choices[self.bar.chosen].value)

    def action_close(self) -> None:
        self.dismiss(None)


def confirm_leaving(count: str) -> Dialog:
    """Asked when accepted fixes would be lost."""
    return Dialog(
        "Quit without writing?",
        [[(f"{count} not written to the files.", "plain")]],
        (Choice("w", "write first", "write"), Choice("y", "quit", "quit"),
         Choice("n", "stay", "stay")),
    )  # fmt: skip


class ErrorDialog(Dialog):
    """An error that stays until it is read, and can be copied."""

    def answer(self, value: str) -> None:
        if value != "copy":
            super().answer(value)
            return
        text = self.query_one("#words", Prose).plain
        self.app.copy_to_clipboard(text)
        self.run_worker(lambda: copy_locally(text), thread=True, group="copy")
        self.notify("The message", title="Copied", markup=False, timeout=3)


def error_dialog(what: str, why: str, next_step: str, choices: tuple[Choice, ...] = ()) -> Dialog:
    """What, why, what to do next."""
    words: list[Cells] = [[(clean(what, 2000), "strong")]]
    if why:
        words += [[], [(clean(why, 4000), "plain")]]
    if next_step:
        words += [[], [("→ ", "accent"), (clean(next_step, 2000), "plain")]]
    answers = (*choices, Choice("y", "copy", "copy"), Choice("c", "close", "close"))
    return ErrorDialog("Something went wrong", words, answers)


def told_dialog(title: str, words: list[Cells]) -> Dialog:
    """Something to read, with nothing to decide."""
    return Dialog(title, words, (Choice("c", "close", "close"),))
