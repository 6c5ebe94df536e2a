"""One-line widgets: the summary, the tabs, the keys at the bottom and banners."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.strip import Strip

from tui.rows import Cells, crop
from tui.text import width
from tui.widgets.toned import Toned


class Bar(Toned):
    """A line of toned cells; cells may carry a name that a click sends."""

    DEFAULT_CSS = "Bar { height: 1; }"
    ALLOW_SELECT = False

    @dataclass
    class Pressed(Message):
        """A named cell was clicked."""

        bar: Bar
        name: str

        @property
        def control(self) -> Bar:
            return self.bar

    def line(self, width: int) -> Cells:
        """The cells of the line."""
        return []

    def names(self, width: int) -> list[tuple[int, int, str]]:
        """Spans of cells that can be clicked: start, end, name."""
        return []

    def render_line(self, y: int) -> Strip:
        wide = self.size.width
        return self.strip_of(crop(self.line(wide), wide), wide)

    def on_click(self, event: events.Click) -> None:
        for start, end, name in self.names(self.size.width):
            if start <= event.x < end:
                event.stop()
                self.post_message(self.Pressed(self, name))
                return


class SummaryBar(Bar):
    """Image, size, counts, score, unsaved state."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._source: object = None

    def show(self, make: object) -> None:
        """`make(width)` gives the cells."""
        self._source = make
        self.refresh()

    def line(self, width: int) -> Cells:
        return self._source(width) if callable(self._source) else []


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab with its key, and its title for much room, for little, and for hardly any."""

    name: str
    key: str
    title: str
    short: str
    tiny: str


class TabStrip(Bar):
    """Tabs in one line; the active one stands out by more than its colour. Titles get shorter
    until all fit."""

    def __init__(self, tabs: tuple[Tab, ...], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._tabs = tabs
        self.active = tabs[0].name if tabs else ""
        self._notes: dict[str, str] = {}
        self._right: Cells = []

    def activate(self, name: str) -> None:
        if name != self.active:
            self.active = name
            self.refresh()

    def note(self, name: str, text: str) -> None:
        """A count or the like behind a tab's title."""
        if self._notes.get(name, "") != text:
            self._notes[name] = text
            self.refresh()

    def tell(self, cells: Cells) -> None:
        """Words at the right end; the last cells go when there is no room."""
        if cells != self._right:
            self._right = cells
            self.refresh()

    def _parts(self, wide: int) -> list[tuple[str, Cells]]:
        labels = [[self._label(tab, size, notes=notes) for tab in self._tabs]
                  for size in ("title", "short", "tiny") for notes in (True, False)]  # fmt: skip
        fitting = (one for one in labels if sum(width(text) + 4 for text in one) <= wide)
        chosen = next(fitting, labels[-1])
        parts: list[tuple[str, Cells]] = []
        for tab, label in zip(self._tabs, chosen, strict=True):
            active = tab.name == self.active
            tone = "tab-active" if active else "tab"
            cells: Cells = [(f" {tab.key} ", tone if active else "key"), (f"{label} ", tone)]
            parts.append((tab.name, cells))
        return parts

    def _label(self, tab: Tab, size: str, *, notes: bool) -> str:
        label = {"title": tab.title, "short": tab.short, "tiny": tab.tiny}[size]
        note = self._notes.get(tab.name, "") if notes else ""
        return f"{label} {note}" if note else label

    def line(self, width_now: int) -> Cells:
        cells = [cell for _, part in self._parts(width_now) for cell in part]
        room = width_now - sum(width(text) for text, _ in cells) - 2
        right: Cells = []
        for cell in self._right:
            if width(cell[0]) > room:
                break
            right.append(cell)
            room -= width(cell[0])
        return [*cells, (" " * (room + 1), "plain"), *right] if right else cells

    def names(self, width_now: int) -> list[tuple[int, int, str]]:
        spans: list[tuple[int, int, str]] = []
        at = 0
        for name, cells in self._parts(width_now):
            end = at + sum(width(text) for text, _ in cells)
            spans.append((at, end, name))
            at = end
        return spans


_NARROW = 60


@dataclass(frozen=True, slots=True)
class KeyHint:
    """A key that works now; `action` is what a click on it sends."""

    key: str
    label: str
    action: str
    rank: int
    enabled: bool = True


class KeyBar(Bar):
    """The keys that work now, the most useful first; as many as fit. They can be clicked."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._hints: tuple[KeyHint, ...] = ()

    def show(self, hints: tuple[KeyHint, ...]) -> None:
        if hints != self._hints:
            self._hints = hints
            self.refresh()

    def _fitting(self, wide: int) -> list[KeyHint]:
        """Ranks from 30 on stand at the right end and are always there; the palette gives way
        where there is little room, since the help tells of it."""
        always = [hint for hint in self._hints if hint.rank >= 30]
        if wide < _NARROW:
            always = [hint for hint in always if hint.action != "palette"]
        room = wide - 1 - sum(_hint_width(hint) for hint in always)
        chosen: list[KeyHint] = []
        for hint in self._hints:
            if hint.rank >= 30:
                continue
            if _hint_width(hint) > room:
                break
            room -= _hint_width(hint)
            chosen.append(hint)
        return [*chosen, *always]

    def line(self, width_now: int) -> Cells:
        cells: Cells = [(" ", "plain")]
        for hint in self._fitting(width_now):
            cells.append((hint.key, "key" if hint.enabled else "muted"))
            cells.append((f" {hint.label}  ", "plain" if hint.enabled else "muted"))
        return cells

    def names(self, width_now: int) -> list[tuple[int, int, str]]:
        spans: list[tuple[int, int, str]] = []
        at = 1
        for hint in self._fitting(width_now):
            end = at + _hint_width(hint)
            if hint.enabled:
                spans.append((at, end - 2, hint.action))
            at = end
        return spans


def _hint_width(hint: KeyHint) -> int:
    return width(hint.key) + len(hint.label) + 3


class Banner(Bar):
    """A state that a person should know of, with what still works. Hidden when there is none."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._text: Cells = []
        self.display = False

    def show(self, cells: Cells) -> None:
        self._text = cells
        self.display = bool(cells)
        self.refresh()

    @property
    def plain(self) -> str:
        return "".join(text for text, _ in self._text)

    def line(self, width: int) -> Cells:
        return [(" ", "plain"), *self._text]

    def names(self, width: int) -> list[tuple[int, int, str]]:
        return [(0, width, "banner")] if self._text else []
