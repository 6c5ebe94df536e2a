"""How the screens look: one picture per screen and size that matters.

Rules, secrets and the clock are fixed; nothing blinks or moves. Update with
`pytest tests/tui/test_looks.py --snapshot-update` and look at the pictures.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import textual
from textual.pilot import Pilot

from hardening.advisories.assessment import Assessment
from hardening.model import ConfigPlace, ImagePathPlace, Severity
from hardening.opening import OpenRequest
from hardening.secrets.model import Life, Secret
from hardening.skipped import Skipped
from hardening.subject import Subject
from tests.tui.conftest import opened, settle, store_of
from tests.tui.contents import packed_subject
from tests.tui.subjects import clean_subject, full_subject
from tui.app import DrydockApp
from tui.preferences import Preferences

pytestmark = pytest.mark.skipif(
    textual.__version__ != "8.2.8", reason="pictures were made with Textual 8.2.8"
)

SECRETS = (
    Secret(
        "github-token", "GitHub personal access token", Severity.CRITICAL,
        (ImagePathPlace(4, "etc/pip.conf"), ImagePathPlace(6, "app/.env")), "ghp_••••4a", "ab" * 32,
        Life(added=4, removed=5, recoverable_from=(4,)), rotate="Revoke it in the settings.",
    ),
    Secret(
        "secret-setting", "Setting with a secret's name", Severity.MEDIUM,
        (ConfigPlace("Env.SECRET_KEY"),), "••••0y", "cd" * 32, Life(in_config=True),
    ),
    Secret(
        "aws-key", "AWS access key id", Severity.INFO, (ImagePathPlace(6, "app/README"),),
        "AKIA••••LE", "ef" * 32, Life(added=6, recoverable_from=(6,)), "documented example",
    ),
)  # fmt: skip

Compare = Callable[..., bool]


@pytest.fixture
def picture(
    snap_compare: Compare, fixed_rules: None, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., bool]:
    """`picture(size, *keys)`: the screen after these keys is as it was."""
    monkeypatch.setattr("tui.replaying.text_secrets", lambda texts: ())

    def compare(
        size: tuple[int, int], *keys: str, subject: Subject | None = None, theme: str = ""
    ) -> bool:
        shown = subject or replace(full_subject(), secrets=SECRETS)
        app = DrydockApp(OpenRequest(), Preferences(theme=theme), store_of(shown))

        async def before(pilot: Pilot[Any]) -> None:
            await opened(pilot)
            for key in keys:
                await pilot.press(key)
                await settle(pilot)

        return snap_compare(app, terminal_size=size, run_before=before)

    return compare


@pytest.mark.parametrize("size", [(60, 24), (80, 24), (120, 40), (200, 50)], ids=str)
def test_main(picture: Compare, size: tuple[int, int]) -> None:
    assert picture(size, "j")


def test_accepted_and_side_by_side(picture: Compare) -> None:
    assert picture((120, 40), "A", "2", "j", "space", "5")


def test_detail(picture: Compare) -> None:
    assert picture((80, 24), "2", "g", "6", "z")


def test_secret_detail(picture: Compare) -> None:
    assert picture((120, 40), "3", "enter")


def test_files(picture: Compare) -> None:
    assert picture((120, 40), "1", "g", "7")


def test_write_preview(picture: Compare) -> None:
    assert picture((120, 40), "2", "g", "space", "w")


def test_quit_question(picture: Compare) -> None:
    assert picture((80, 24), "2", "g", "space", "q")


def test_help(picture: Compare) -> None:
    assert picture((80, 24), "question_mark")


def test_nothing_found(picture: Compare) -> None:
    assert picture((120, 40), subject=clean_subject())


SIZES = [(80, 24), (120, 40), (200, 50)]


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_packages(picture: Compare, size: tuple[int, int]) -> None:
    assert picture(size, "9", "j", "j", subject=packed_subject())


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_vulnerabilities(picture: Compare, size: tuple[int, int]) -> None:
    assert picture(size, "0", "j", "j", subject=packed_subject())


def test_write_preview_in_a_small_window(picture: Compare) -> None:
    assert picture((40, 10), "A", "w")


def test_vulnerability_detail(picture: Compare) -> None:
    assert picture((120, 40), "0", "j", "j", "enter", subject=packed_subject())


def test_vulnerabilities_by_layer_of_the_base(picture: Compare) -> None:
    assert picture((120, 40), "0", "v", "b", "b", "H", "z", subject=packed_subject())


def test_not_assessed(picture: Compare) -> None:
    absent = Skipped("9 packages", "there is no advisory data", "Run `drydock db update`.")
    subject = packed_subject(lambda inventory: Assessment(not_assessed=(absent,)))
    assert picture((80, 24), "0", subject=subject)


def test_light_theme(picture: Compare) -> None:
    assert picture((120, 40), "A", "2", "j", theme="textual-light")


def test_no_colour(picture: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert picture((80, 24), "A", "2", "j")
