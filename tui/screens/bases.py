"""Other bases side by side, read one after another; each tells what it changes before it is
chosen."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen

from hardening.model import Safety
from hardening.plan import Plan
from hardening.subject import Subject
from tui.actions import bindings_for
from tui.base_choices import base_cells, base_header, base_in_full, now_cells
from tui.bases import Bases, Effect, Values, chosen_in, effect_of, read_bases
from tui.messages import BasesReady
from tui.rows import Cells
from tui.text import clean
from tui.widgets.bars import Bar, KeyBar, KeyHint
from tui.widgets.lines import Lines
from tui.widgets.prose import Prose


@dataclass
class EffectReady(Message):
    """What choosing one image does to the findings."""

    image: str
    effect: Effect


@dataclass
class ReadingFailed(Message):
    """Why the bases could not be read."""

    reason: str


class BaseList(Lines):
    """The base now, and the rows that one could move to."""

    has_header = True

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.bases: Bases | None = None
        self.chosen: str | None = None

    def show(self, bases: Bases, chosen: str | None) -> None:
        self.bases, self.chosen = bases, chosen
        self.update_rows()

    @property
    def rows(self) -> list[Values]:
        return [] if self.bases is None else self.bases.rows

    @property
    def count(self) -> int:
        return len(self.rows) + 1 if self.rows else 0

    @property
    def row(self) -> Values | None:
        """The row under the cursor; None on the base now."""
        rows = self.rows
        return rows[self.cursor - 1] if 0 < self.cursor <= len(rows) else None

    def cells(self, row: int, width: int) -> Cells:
        if self.bases is None:
            return []
        if row == 0:
            return now_cells(self.bases, width)
        values = self.rows[row - 1]
        is_chosen = values["fix"] is not None and values["fix"] == self.chosen
        return base_cells(self.bases, values, width, is_chosen=is_chosen)

    def header(self, width: int) -> list[tuple[str, str]]:
        return base_header(width)


class BasesScreen(ModalScreen[str | None]):
    """Answers the name of the fix of the row that was chosen (or given up), None for esc."""

    CSS_PATH = "bases.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_for("bases")

    def __init__(self, subject: Subject, plan: Plan, bases: Bases | None) -> None:
        super().__init__()
        self.subject = subject
        self.bases = bases
        self._plan = plan
        self._effects: dict[str, Effect] = {}
        self._asked: set[str] = set()
        self._stop = Event()

    def compose(self) -> ComposeResult:
        with Vertical(id="bases") as frame:
            frame.border_title = Content("Other bases")
            yield BaseList(id="rows")
            yield Prose(id="full")
            yield KeyBar(id="answers")

    @property
    def rows(self) -> BaseList:
        return self.query_one("#rows", BaseList)

    def on_mount(self) -> None:
        self.app.clear_notifications()
        self.rows.say([[], [("  Looking up other bases …", "muted")]])
        self.rows.focus()
        if self.bases is not None:
            self._show(self.bases)
        if self.bases is None or not self.bases.is_read:
            self.run_worker(self._read, thread=True, group="read-bases")

    def on_unmount(self) -> None:
        self._stop.set()

    def _read(self) -> None:
        try:
            for bases in read_bases(self.subject, self._stop.is_set):
                if self._stop.is_set():
                    return
                self.post_message(BasesReady(self.subject, bases))
        except Exception as error:
            self.post_message(ReadingFailed(str(error) or type(error).__name__))

    @on(BasesReady)
    def _more(self, event: BasesReady) -> None:
        event.stop()
        self._show(event.bases)

    def _show(self, bases: Bases) -> None:
        is_first = not self.rows.rows
        self.bases = bases
        self.rows.show(bases, chosen_in(self._plan))
        if not bases.rows:
            why = str(bases.values["not_assessed"] or "No other base is listed")
            self.rows.say([[], [(f"  {clean(why, 300)}.", "plain")]])
        if is_first and bases.rows:
            self.rows.put_cursor(1)
        base = clean(str(bases.values["base"]), 200)
        self.query_one("#bases").border_title = Content(f"Other bases than {base}")
        self._draw()

    @on(ReadingFailed)
    def _failed(self, event: ReadingFailed) -> None:
        told = clean(event.reason, 600)
        if self.bases is None:
            self.rows.say([[], [(f"  {told}", "warn")]])
        else:
            self.notify(told, title="Cannot compare bases", severity="warning", markup=False)

    @on(Lines.Moved)
    def _moved(self, event: Lines.Moved) -> None:
        event.stop()
        self._draw()

    # The row under the cursor

    def _draw(self) -> None:
        bases, row = self.bases, self.rows.row
        full = self.query_one("#full", Prose)
        if bases is None or row is None:
            worries = [] if bases is None else bases.values["worries"]
            full.show([[("▲ ", "warn"), (clean(str(one), 400), "plain")] for one in worries])
        else:
            self._want_effect(bases, row)
            image = str(row["image"])
            words = base_in_full(bases, row, self._effects.get(image), bases.fix(row))
            full.show(words, about=image)
        self._draw_keys()

    def _want_effect(self, bases: Bases, row: Values) -> None:
        image, fix = str(row["image"]), bases.fix(row)
        if fix is None or image in self._asked:
            return
        self._asked.add(image)

        def work() -> None:
            effect = effect_of(self.subject, self._plan, fix)
            self.post_message(EffectReady(image, effect))

        self.run_worker(work, thread=True, group="effect")

    @on(EffectReady)
    def _effect_ready(self, event: EffectReady) -> None:
        event.stop()
        self._effects[event.image] = event.effect
        self._draw()

    # Keys

    def _draw_keys(self) -> None:
        row, bases = self.rows.row, self.bases
        fix = None if row is None or bases is None else bases.fix(row)
        hints = []
        if fix is not None and fix.safety is not Safety.MANUAL:
            is_chosen = fix.name == chosen_in(self._plan)
            hints.append(KeyHint("space", "take back" if is_chosen else "choose", "choose", 1))
        hints += [KeyHint("J/K", "scroll", "scroll", 2), KeyHint("esc", "close", "close", 30)]
        self.query_one("#answers", KeyBar).show(tuple(hints))

    @on(Bar.Pressed)
    def _pressed(self, event: Bar.Pressed) -> None:
        if event.name == "choose":
            self.action_choose()
        elif event.name == "close":
            self.action_close()

    @on(Lines.Opened)
    def _opened(self, event: Lines.Opened) -> None:
        event.stop()
        self.action_choose()

    def action_choose(self) -> None:
        """Choose the row under the cursor, or take the choice back."""
        row, bases = self.rows.row, self.bases
        fix = None if row is None or bases is None else bases.fix(row)
        if fix is None:
            told = "No patch can be written for this one." if row else "That is the base now."
            self.notify(told, markup=False, timeout=4)
            return
        if fix.safety is Safety.MANUAL:
            told = "It rests on something that does not hold; what that is stands below."
            self.notify(told, markup=False, timeout=4)
            return
        self.dismiss(fix.name)

    def action_scroll_full(self, lines: int) -> None:
        """Scroll what is told of the row, from the list."""
        self.query_one("#full", Prose).scroll_relative(y=lines, animate=False)

    def action_close(self) -> None:
        self.dismiss(None)
