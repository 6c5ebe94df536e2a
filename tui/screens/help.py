"""Every key that works where it was asked for, made from the live bindings."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen, Screen

from tui.actions import GROUPS, action_by_id, bindings_for, key_name
from tui.rows import Cells
from tui.text import fit
from tui.widgets.prose import Prose

_MARKS: list[Cells] = [
    [("◆ ▲ ● ○ ·  ", "plain"), ("critical, high, medium, low, info", "muted")],
    [("✓ … ✗ + !  ", "plain"),
     ("accepted, being analysed, not in the text, brought in by a fix, fixed yet still there",
      "muted")],
    [("✓ ✗ ?      ", "plain"), ("a precondition holds, fails, is unknown", "muted")],
    [("safe review manual  ", "plain"),
     ("everything it rests on holds; something is unknown; something fails", "muted")],
    [("KEV EPSS   ", "plain"),
     ("a vulnerability is known to be exploited; the chance of that within 30 days", "muted")],
]  # fmt: skip


class HelpScreen(ModalScreen[None]):
    """Lists keys by group; esc closes."""

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_for("dialog", "dialog-close")

    def __init__(self, about: Screen[object]) -> None:
        super().__init__()
        self._about = about

    def compose(self) -> ComposeResult:
        with Vertical(id="help") as frame:
            frame.border_title = Content("Keys")
            frame.border_subtitle = Content("esc closes")
            prose = Prose(id="help-words")
            prose.show(help_paragraphs(self._about))
            yield prose

    def on_mount(self) -> None:
        self.query_one("#help-words").focus()

    def action_close(self) -> None:
        self.dismiss(None)


def help_paragraphs(screen: Screen[object]) -> list[Cells]:
    """The focused widget's own words, then every live key by group."""
    lines: list[Cells] = []
    words = next((node.HELP for node in (screen.focused or screen).ancestors_with_self
                  if node.HELP), "")  # fmt: skip
    if words:
        lines += [[(words, "plain")], []]
    room = 16 if screen.size.width >= 60 else 7
    keys: dict[str, list[str]] = {}
    enabled: dict[str, bool] = {}
    for active in screen.active_bindings.values():
        name = active.binding.id
        if name is not None and action_by_id(name) is not None:
            keys.setdefault(name, []).append(key_name(active.binding.key))
            enabled[name] = active.enabled
    for group in GROUPS:
        names = [name for name in keys if _group(name) == group]
        if not names:
            continue
        lines.append([(group, "header")])
        for name in names:
            known = action_by_id(name)
            told = known.help if known is not None else ""
            tone = "plain" if enabled[name] else "muted"
            listed = " ".join(keys[name]) if room > 7 else keys[name][0]
            lines.append([("  " + fit(listed, room) + "  ", "key"), (told, tone)])
        lines.append([])
    return [*lines, [("Marks", "header")], *([("  ", "plain"), *one] for one in _MARKS)]


def _group(name: str) -> str:
    known = action_by_id(name)
    return "" if known is None else known.group
