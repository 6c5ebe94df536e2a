"""What the screen's tests share: fixed rules, folders of their own, a way to wait."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.worker import WorkerCancelled

from hardening.opening import OpenRequest
from hardening.replay import replay
from hardening.rules.frame import Rule
from hardening.subject import Subject
from tests.tui import rules
from tests.tui.subjects import full_subject
from tui.app import DrydockApp
from tui.pointers import Pointer
from tui.preferences import Preferences
from tui.screens.main import MainScreen
from tui.state import Store
from tui.widgets.lines import Lines


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings and state never come from, or go to, the person who runs the tests."""
    monkeypatch.setenv("DRYDOCK_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("DRYDOCK_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("DRYDOCK_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("DRYDOCK_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    for name in ("NO_COLOR", "TMUX", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)


def use_rules(monkeypatch: pytest.MonkeyPatch, chosen: tuple[Rule, ...]) -> None:
    """Whoever imports `replay` from its module gets one that asks only these rules."""
    module = import_module("hardening.replay")
    monkeypatch.setattr(module, "replay", partial(replay, rules=chosen))


@pytest.fixture
def fixed_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replays ask the rules of these tests only."""
    use_rules(monkeypatch, rules.RULES)
    monkeypatch.setattr(import_module("hardening.rules"), "rule_by_id", rules.rule_by_id)


def store_of(subject: Subject) -> Store:
    store = Store()
    store.open(subject)
    return store


def shown_text(lines: object) -> str:
    """What a list draws now."""
    assert isinstance(lines, Lines)
    return "\n".join(lines.render_line(y).text for y in range(lines.size.height))


async def settle(pilot: Pilot[Any]) -> None:
    """Until all workers are done and what they said is on the screen; a newer one may have
    taken the place of one that was waited for."""
    quiet = 0
    while quiet < 2:
        with suppress(WorkerCancelled):
            await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        quiet = 0 if any(not one.is_finished for one in pilot.app.workers) else quiet + 1


async def opened(pilot: Pilot[Any]) -> None:
    """Until the main screen has taken the place of the first one, and is quiet."""
    while not any(isinstance(one, MainScreen) for one in pilot.app.screen_stack):
        await pilot.pause()
    await settle(pilot)


class Screen:
    """An open app with short words for what tests do."""

    def __init__(self, app: DrydockApp, pilot: Pilot[Any]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def main(self) -> MainScreen:
        return next(one for one in self.app.screen_stack if isinstance(one, MainScreen))

    def top(self) -> object:
        """The screen that is uppermost now."""
        return self.app.screen

    def pointer(self) -> Pointer | None:
        return self.store.pointer

    @property
    def store(self) -> Store:
        return self.main.store

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
            await settle(self.pilot)


Opener = Callable[..., AbstractAsyncContextManager[Screen]]


@pytest.fixture
def open_screen(fixed_rules: None) -> Opener:
    """`async with open_screen(subject) as screen:`; the default subject fills every pane."""

    @asynccontextmanager
    async def opener(
        subject: Subject | None = None,
        *,
        size: tuple[int, int] = (120, 40),
        preferences: Preferences | None = None,
        request: OpenRequest | None = None,
    ) -> AsyncIterator[Screen]:
        store = None if request is not None else store_of(subject or full_subject())
        app = DrydockApp(request or OpenRequest(), preferences or Preferences(), store)
        async with app.run_test(size=size) as pilot:
            await opened(pilot)
            yield Screen(app, pilot)

    return opener
