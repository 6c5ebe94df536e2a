"""In a window of 40 columns and 10 lines every dialog has its words and all of its answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from hardening.opening import OpenRequest
from tests.tui.conftest import Opener, Screen, shown_text
from tui.screens.bases import BasesScreen
from tui.screens.dialog import ChoiceBar, Dialog, error_dialog, told_dialog
from tui.widgets.lines import Lines

SMALL = (40, 10)


def check(screen: Screen, *answers: str) -> None:
    """The answers are all there, inside the window, and something can be read beside them."""
    top = screen.top()
    assert isinstance(top, Dialog)
    bar = top.query_one("#choices", ChoiceBar)
    shown = " ".join(bar.render_line(y).text for y in range(bar.size.height))
    assert "…" not in shown
    for answer in answers:
        assert answer in shown
    window = top.region
    assert bar.size.height >= 1 and window.contains_region(bar.region)
    words = next(iter(top.query(Lines)))
    assert words.size.height >= 1 and window.contains_region(words.region)


async def test_the_patch_can_be_read_and_written(open_screen: Opener) -> None:
    async with open_screen(size=SMALL) as screen:
        await screen.press("A", "w")
        check(screen, "w write", "p save as patch", "n not now")
        preview = screen.app.screen.query_one("#preview", Lines)
        assert preview.size.height >= 4
        await screen.press("G")
        assert preview.cursor == preview.count - 1 and preview.scroll_offset.y > 0
        await screen.press("p")
        check(screen, "enter save", "esc cancel")
        await screen.press("escape", "q")
        check(screen, "w write first", "y quit", "n stay")


async def test_long_words_scroll_and_the_answers_stay(open_screen: Opener) -> None:
    async with open_screen(size=SMALL) as screen:
        long = " ".join(f"word{number}" for number in range(200))
        screen.app.push_screen(error_dialog("It failed", long, "Try something else"))
        await screen.press("j")
        check(screen, "y copy", "c close")
        words = screen.app.screen.query_one("#words", Lines)
        await screen.press("G")
        assert "Try something else" in shown_text(words)
        await screen.press("c")
        screen.app.push_screen(told_dialog("What is missing", [[(long, "plain")]]))
        await screen.press("j")
        check(screen, "c close")


async def test_answers_are_clicked_in_either_line(open_screen: Opener) -> None:
    async with open_screen(size=SMALL) as screen:
        await screen.press("A", "w")
        bar = screen.app.screen.query_one("#choices", ChoiceBar)
        assert bar.size.height == 2
        await screen.pilot.click(bar, offset=(3, 1))
        await screen.press()
        assert not isinstance(screen.top(), Dialog)


@pytest.mark.parametrize("key", ["B", "question_mark"])
async def test_other_screens_close(open_screen: Opener, tmp_path: Path, key: str) -> None:
    (tmp_path / "Dockerfile").write_text("FROM debian:12\nRUN true\n")
    async with open_screen(request=OpenRequest(path=tmp_path), size=SMALL) as screen:
        await screen.press(key)
        top = screen.app.screen
        for lines in top.query(Lines):
            assert lines.size.height >= 1 and top.region.contains_region(lines.region)
        if isinstance(top, BasesScreen):
            assert "close" in top.query_one("#answers").render_line(0).text
        await screen.press("escape")
        assert screen.top() is screen.main
