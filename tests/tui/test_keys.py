"""The action table, the page that is made from it, and the settings that change it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tui.actions import ACTIONS, GROUPS, key_name, key_names
from tui.keys import keys_page
from tui.preferences import load_preferences, remember, remember_recent
from tui.screens.main import MainScreen


def test_the_page_of_keys_is_fresh() -> None:
    page = Path(__file__).parents[2] / "docs" / "keys.md"
    assert page.read_text(encoding="utf-8") == keys_page(), "run python -m tui.keys docs/keys.md"


def test_names_are_unique_and_explained() -> None:
    assert max(Counter(one.id for one in ACTIONS).values()) == 1
    for one in ACTIONS:
        assert one.label and one.help[0].isupper() and one.group in GROUPS


def test_no_key_means_two_things_in_one_place() -> None:
    """Keys of a list and of the main screen around it must not clash; a tree may override."""
    around = [one for one in ACTIONS if one.scope in ("app", "main", "list")]
    keys = Counter(key.strip() for one in around for key in one.keys.split(","))
    assert [key for key, count in keys.items() if count > 1] == []


def test_every_action_of_the_main_screen_can_be_called() -> None:
    for one in ACTIONS:
        name = one.method.partition("(")[0]
        if one.scope == "main" and not name.startswith("app."):
            assert hasattr(MainScreen, f"action_{name}"), one.id


def test_keys_are_written_as_people_write_them() -> None:
    assert key_name("question_mark") == "?"
    assert key_names("ctrl+p,colon") == "ctrl+p, :"


def test_settings_are_read_and_what_is_wrong_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "config"
    folder.mkdir()
    config = folder / "config.toml"
    config.write_text('theme = "nord"\n[keys]\naccept = "insert"\nnonsense = "x"\nwrite = 3\n')
    preferences = load_preferences()
    assert preferences.theme == "nord"
    assert preferences.keys == {"accept": "insert"}
    assert len(preferences.problems) == 2
    config.write_text("not toml [")
    assert load_preferences().keys == {}
    assert load_preferences().problems


def test_state_is_kept_apart_from_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(theme="gruvbox")
    remember_recent("/a/Dockerfile")
    remember_recent("/b/Dockerfile")
    remember_recent("/a/Dockerfile")
    preferences = load_preferences()
    assert preferences.theme == "gruvbox"
    assert preferences.recent == ("/a/Dockerfile", "/b/Dockerfile")
    (tmp_path / "state" / "screen.json").write_text("{broken")
    assert load_preferences().recent == ()
    monkeypatch.setenv("DRYDOCK_STATE_DIR", "/proc/no-such-folder")
    remember(theme="nord")
