"""The page about settings says what is true."""

from __future__ import annotations

import re
from pathlib import Path

from hardening.settings import load_settings
from hardening.settings.file import _IGNORE_KEYS, _SECRET_KEYS, _TOP_KEYS

PAGE = (Path(__file__).parents[2] / "docs" / "settings.md").read_text()


def test_its_example_is_read(tmp_path: Path) -> None:
    example = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert example is not None
    (tmp_path / "drydock.toml").write_text(example[1].replace('"..."', '"' + "0" * 64 + '"'))
    settings = load_settings(tmp_path)
    assert settings.ignores[0].stage == "build" and settings.allowed_secrets[0].expires is not None
    assert settings.labels and settings.severities and settings.allowed_registries


def test_it_names_every_key() -> None:
    for key in (*_TOP_KEYS, *_IGNORE_KEYS, *_SECRET_KEYS):
        assert re.search(rf"^\[*{key}\b", PAGE, re.MULTILINE), key
