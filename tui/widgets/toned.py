"""Tones to colours: the theme's colours for the words that rows speak in."""

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


class Palette(Widget):
    """Holds every tone as a component class, once for all widgets: were they on each widget,
    every change of focus would look them all up again."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"lines--{name}" for name in (*TONES, *STATES)}
    DEFAULT_CSS = "Palette { display: none; }"

    version = 0
    """Grows when the theme changes."""

    def notify_style_update(self) -> None:
        self.version += 1
        super().notify_style_update()


class Toned(Widget):
    """A widget that draws lines of toned cells; a `Palette` stands on its screen or one below."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._tone_cache: dict[tuple[str, ...], Style] = {}
        self._tone_version = -1
        self._palette: Palette | None = None

    def notify_style_update(self) -> None:
        self._tone_cache.clear()
        super().notify_style_update()

    @property
    def palette(self) -> Palette:
        """The palette of the screens that are open."""
        if self._palette is None:
            self._palette = next(
                found.first(Palette)
                for screen in self.app.screen_stack
                if (found := screen.query(Palette))
            )
        return self._palette

    def tone(self, *names: str) -> Style:
        """The style of tones laid over the widget's own: later ones win, see-through ones blend."""
        palette = self._palette or self.palette
        if palette.version != self._tone_version:
            self._tone_cache.clear()
            self._tone_version = palette.version
        style = self._tone_cache.get(names)
        if style is None:
            style = self._tone_cache[names] = self._blend(palette, names)
        return style

    def _blend(self, palette: Palette, names: tuple[str, ...]) -> Style:
        own = self.visual_style
        background = own.background or Color(0, 0, 0, 0)
        foreground = own.foreground or Color(255, 255, 255)
        text = Style()
        for name in names:
            if name == "plain":
                continue
            styles = palette.get_component_styles(f"lines--{name}")
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
