"""What a person prefers: keys from the settings folder, theme and recent files from the state."""

from __future__ import annotations

import json
import os
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from tui.actions import ACTIONS

APP = "drydock"
MAX_RECENT = 12


@dataclass(frozen=True, slots=True)
class Preferences:
    """`keys` maps action names to keys; `problems` says what in the settings made no sense."""

    keys: dict[str, str] = field(default_factory=dict)
    theme: str = ""
    recent: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def config_folder() -> Path:
    """`DRYDOCK_CONFIG_DIR`, else the platform's own."""
    chosen = os.environ.get("DRYDOCK_CONFIG_DIR")
    if chosen:
        return Path(chosen)
    from platformdirs import user_config_path

    return user_config_path(APP)


def state_folder() -> Path:
    """`DRYDOCK_STATE_DIR`, else the platform's own."""
    chosen = os.environ.get("DRYDOCK_STATE_DIR")
    if chosen:
        return Path(chosen)
    from platformdirs import user_state_path

    return user_state_path(APP)


def load_preferences() -> Preferences:
    """Never raises: what cannot be read is left out and said."""
    problems: list[str] = []
    keys, theme = _read_config(config_folder() / "config.toml", problems)
    state = _read_state()
    chosen = state.get("theme")
    recent = state.get("recent")
    return Preferences(
        keys,
        theme or (chosen if isinstance(chosen, str) else ""),
        tuple(str(one) for one in recent)[:MAX_RECENT] if isinstance(recent, list) else (),
        tuple(problems),
    )


def _read_config(path: Path, problems: list[str]) -> tuple[dict[str, str], str]:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}, ""
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problems.append(f"{path} cannot be read: {error}")
        return {}, ""
    known = {one.id for one in ACTIONS}
    keys: dict[str, str] = {}
    table = data.get("keys", {})
    for name, value in table.items() if isinstance(table, dict) else ():
        if name not in known:
            problems.append(f"{path}: no key is called {name}")
        elif not isinstance(value, str) or not all(part.strip() for part in value.split(",")):
            problems.append(f'{path}: {name} needs a text such as "a,insert"')
        else:
            keys[name] = value
    theme = data.get("theme", "")
    return keys, theme if isinstance(theme, str) else ""


def _read_state() -> dict[str, object]:
    try:
        data = json.loads((state_folder() / "screen.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def remember(**changes: object) -> None:
    """Keep values for the next start; a disk that refuses is no reason to complain."""
    folder = state_folder()
    state = {**_read_state(), **changes}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        temporary = folder / f".screen.{os.getpid()}.json"
        temporary.write_text(json.dumps(state), encoding="utf-8")
        temporary.replace(folder / "screen.json")
    except OSError:
        return


def remember_recent(path: str) -> None:
    """Put a path first among the recent ones."""
    recent = _read_state().get("recent")
    others = [one for one in recent if one != path] if isinstance(recent, list) else []
    remember(recent=[path, *others][:MAX_RECENT])
