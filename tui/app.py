"""The application: it declares keys, colours and screens; the screens do the work."""

from __future__ import annotations

import gc
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.command import Provider
from textual.screen import Screen

from tui.actions import bindings_for
from tui.preferences import Preferences, load_preferences, remember
from tui.screens.first import FirstScreen

if TYPE_CHECKING:
    from hardening.opening import OpenRequest
    from tui.state import Store

DEFAULT_THEME = "textual-dark"


def actions_for_palette() -> type[Provider]:
    """Imported when the palette is opened first."""
    from tui.commands import ActionProvider

    return ActionProvider


class DrydockApp(App[int]):
    """Shows what was asked for in `request`."""

    TITLE = "drydock"
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+p"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (80, "-medium"), (120, "-wide"), (180, "-broad")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (16, "-short"), (32, "-tall")]
    COMMANDS = {actions_for_palette}
    BINDINGS: ClassVar[list[BindingType]] = bindings_for("app")

    def __init__(
        self,
        request: OpenRequest,
        preferences: Preferences | None = None,
        store: Store | None = None,
    ) -> None:
        super().__init__()
        self.request = request
        self.store = store
        self.preferences = load_preferences() if preferences is None else preferences

    def get_default_screen(self) -> Screen[None]:
        return FirstScreen(self._what())

    def _what(self) -> str:
        """What is opened, in a word or two; any text, shown as text."""
        request = self.request
        named = request.sample or request.path or request.image or "this folder"
        return str(named).encode("ascii", "replace").decode("ascii")[:200]

    def on_mount(self) -> None:
        if self.preferences.keys:
            self.set_keymap(self.preferences.keys)
        theme = self.preferences.theme
        if theme and theme in self.available_themes:
            self.theme = theme
        self.theme_changed_signal.subscribe(self, lambda theme: remember(theme=theme.name))
        self.call_after_refresh(self._prepare)
        for problem in self.preferences.problems:
            self.notify(problem, title="Settings", severity="warning", markup=False, timeout=10)

    def _prepare(self) -> None:
        """After the first paint: import the main screen off the screen's thread, then show it."""
        self.run_worker(self._import_main, thread=True)

    def _import_main(self) -> None:
        from tui.screens.main import MainScreen

        self.call_from_thread(self.push_screen, MainScreen(self.request, self.store))
        gc.freeze()
        gc.enable()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """None: all commands are in the action table."""
        return ()

    def action_picture(self) -> None:
        """Save what is on the screen as an SVG file in the current folder, secrets masked."""
        for one in self.screen_stack:
            mask = getattr(one, "mask_again", None)
            if mask is not None:
                mask()
        self.call_after_refresh(self._save_picture)

    def _save_picture(self) -> None:
        from tui.screens.output import picture_name

        path = self.save_screenshot(picture_name())
        self.notify(f"Saved {path}", title="Screenshot", markup=False)

    async def action_leave(self) -> None:
        """Quit, after asking when something would be lost."""
        screen = self.screen
        if screen.is_modal:
            screen.dismiss(None)
            return
        for one in self.screen_stack:
            ask = getattr(one, "ask_before_leaving", None)
            if ask is not None and ask():
                return
        self.exit(0)

    def action_help(self) -> None:
        from tui.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.screen))


def run(request: OpenRequest) -> int:
    """Open the screen; the exit code of the program.

    Nothing that start-up makes is garbage: the collector rests until the main screen is there.
    """
    gc.disable()
    result = DrydockApp(request).run()
    return 0 if result is None else result
