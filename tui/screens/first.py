"""What is on the terminal at once, while the main screen's parts are still being imported."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static


class FirstScreen(Screen[None]):
    """One line that says what is being opened; the main screen takes its place."""

    DEFAULT_CSS = """
    FirstScreen { background: $background; }
    FirstScreen Static { background: $panel; padding: 0 1; }
    """

    def __init__(self, opening: str) -> None:
        super().__init__()
        self._opening = opening

    def compose(self) -> ComposeResult:
        yield Static(Content.assemble(("drydock", "bold"), f"  opening {self._opening} …"))
