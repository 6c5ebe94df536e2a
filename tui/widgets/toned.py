"""Tones to colours: component classes of the theme, laid over each other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.strip import Strip
from textual.widget import Widget

from tui.rows import TONES, Cell

STATES = ("cursor", "cursor-blurred", "linked", "hover", "tab", "tab-active")


class Toned(Widget):
    """A widget that draws lines of toned cells."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"lines--{name}" for name in (*TONES, *STATES)}

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._tone_cache: dict[tuple[str, ...], Style] = {}

    def notify_style_update(self) -> None:
        self._tone_cache.clear()
        super().notify_style_update()

    def tone(self, *names: str) -> Style:
        """The style of tones laid over the widget's own: later ones win, see-through ones blend."""
        style = self._tone_cache.get(names)
        if style is None:
            style = self._tone_cache[names] = self._blend(names)
        return style

    def _blend(self, names: tuple[str, ...]) -> Style:
        own = self.visual_style
        background = own.background or Color(0, 0, 0, 0)
        foreground = own.foreground or Color(255, 255, 255)
        text = Style()
        for name in names:
            if name == "plain":
                continue
            styles = self.get_component_styles(f"lines--{name}")
            if styles.has_rule("background"):
                background = background + styles.background
            if styles.has_rule("auto_color") and styles.auto_color:
                foreground = background.get_contrast_text(styles.color.a)
            elif styles.has_rule("color"):
                foreground = styles.color
            text += styles.text_style
        return (
            Style(
                color=(background + foreground).rich_color,
                bgcolor=background.rich_color if background.a else None,
            )
            + text
        )

    def strip_of(self, cells: Iterable[Cell], width: int, *under: str) -> Strip:
        """Cells as a strip, over the tones in `under`."""
        tone = self.tone
        return Strip([Segment(text, tone(*under, name)) for text, name in cells], width)
