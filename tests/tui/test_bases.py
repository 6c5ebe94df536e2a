"""Other bases: side by side, read one after another, and previewed before one is chosen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from importlib import import_module
from typing import Any

import pytest

from hardening.advisories.assessment import Assessment
from hardening.base_choice import KEY
from hardening.cli.base_numbers import Known, Row
from hardening.model import Confidence, Finding, Fix, Severity
from hardening.opening import memory_subject
from hardening.rewrites.base_delta import Numbers, base_numbers
from hardening.rules import rule_by_id
from hardening.subject import Subject
from tests.tui.conftest import Opener, Screen, settle, shown_text, use_rules
from tests.tui.contents import packed_subject
from tui.base_choices import base_cells, base_in_full, base_paragraphs, now_cells
from tui.bases import Bases, Effect, chosen_in
from tui.findings import Mark
from tui.rows import Cells
from tui.screens.bases import BasesScreen

TODAY = date(2026, 11, 1)
FIX = Fix("patch-3-12-14-slim", "Move to python:3.12.14-slim", ())
FINDING = Finding("better-base", Severity.LOW, Confidence.HIGH, "Leave it", (), fixes=(FIX,))
DOCKERFILE = "FROM python:3.12.4-slim-bookworm\nCOPY . /app\nUSER 1000\n"


def made_up(**changes: Any) -> Bases:
    """Two rows as the comparison tells them; the second is not known."""
    read: dict[str, Any] = {
        "image": "python:3.12.14-slim", "risk": "R1", "class": "patch", "changes": ["3.12.4 → 14"],
        "gains": ["rebuilt"], "ends": {"python 3.12": "2028-10-31", "debian 12": None},
        "source": "a list", "digest": None, "download_bytes": None, "size_bytes": 120_000_000,
        "vulnerabilities": {"total": 4, "fixed": {"high": 2, "low": 1}, "brought": {"low": 1},
                            "remaining": {"low": 3}, "source": "x of the local engine"},
        "vulnerabilities_note": "", "fix": "patch-3-12-14-slim", "safety": "safe",
    }  # fmt: skip
    unread = read | {
        "image": "python:3.14-slim", "risk": "R4", "fix": None, "size_bytes": None,
        "ends": {}, "vulnerabilities": None, "vulnerabilities_note": "the engine has no such image",
    }  # fmt: skip
    values: dict[str, Any] = {
        "base": "python:3.12.4-slim", "ends": {"python 3.12": "2028-10-31"}, "worries": [],
        "vulnerabilities": {"total": 6, "data": ["a feed of 2026-10-01"]}, "rows": [read, unread],
        "not_assessed": "",
    }  # fmt: skip
    return Bases(values | changes, FINDING, is_read=True)


def words(cells: Cells) -> str:
    return "".join(text for text, _ in cells)


def told(lines: list[Cells]) -> list[str]:
    return [words(line) for line in lines]


def test_rows_say_what_a_move_mends_and_brings() -> None:
    bases = made_up()
    assert words(now_cells(bases, 90)).split() == [
        "now", "python:3.12.4-slim", "has", "6", "?", "2028-10-31", "image"]  # fmt: skip
    row = words(base_cells(bases, bases.rows[0], 90, is_chosen=True))
    assert row.split() == ["✓", "R1", "python:3.12.14-slim", "3", "1", "120", "MB",
                           "≤2028-10-31", "engine"]  # fmt: skip


def test_what_nobody_knows_is_a_question_mark_and_never_a_zero() -> None:
    bases = made_up()
    row = words(base_cells(bases, bases.rows[1], 90, is_chosen=False))
    assert row.split() == ["R4", "python:3.14-slim", "?", "?", "?", "?", "not", "held"]
    lines = told(base_in_full(bases, bases.rows[1], None, None))
    assert lines[0].endswith("no patch: it is for people to make")
    assert "Vulnerabilities  unknown: the engine has no such image" in lines
    assert "Size             unknown" in lines
    reading = replace(bases, reading="python:3.14-slim", is_read=False)
    assert "reading" in words(base_cells(reading, bases.rows[1], 90, is_chosen=False))
    nothing = made_up(rows=[], not_assessed="Nothing is better")
    assert "Nothing is better." in told(base_paragraphs(nothing, None))


def test_one_in_full_says_what_it_does() -> None:
    bases = made_up()
    effect = Effect(9, 7, 50, 61, mended=(FINDING,), brought=())
    lines = told(base_in_full(bases, bases.rows[0], effect, FIX))
    assert "Vulnerabilities  mends 3 (2 high, 1 low); brings 1 (1 low); leaves 3 (3 low)" in lines
    assert "Findings         9 → 7   score 50 → 61" in lines
    assert any("Leave it" in one for one in lines)
    assert "Advisory data    a feed of 2026-10-01" in lines
    assert "Maintained until python 3.12 2028-10-31, debian 12 unknown" in lines
    refused = replace(effect, refused="its finding is gone")
    assert "Findings         its finding is gone" in told(
        base_in_full(bases, bases.rows[0], refused, FIX)
    )


@pytest.mark.parametrize("wide", [30, 36, 60, 76, 116, 146])
def test_columns_fit_and_mends_and_brings_stay(wide: int) -> None:
    bases = made_up()
    bases.values["rows"][0]["image"] = "[b]" + "x" * 300 + "\x1b[31m"
    for cells in (now_cells(bases, wide), base_cells(bases, bases.rows[0], wide, is_chosen=False)):
        assert len(words(cells)) == wide
        assert "\x1b" not in words(cells)
    assert {"3", "1"} <= set(words(base_cells(bases, bases.rows[0], wide, is_chosen=False)).split())


async def to_base(screen: Screen) -> None:
    await screen.press("2", "g")
    rows = screen.main.findings_pane.rows
    place = next(n for n, row in enumerate(rows) if row.finding.rule == "better-base")
    await screen.press(*["j"] * place, "6")


def bases_screen(screen: Screen) -> BasesScreen:
    top = screen.top()
    assert isinstance(top, BasesScreen)
    return top


@pytest.fixture
def base_rule(monkeypatch: pytest.MonkeyPatch, open_screen: Opener) -> Opener:
    rule = rule_by_id("better-base")
    assert rule is not None
    use_rules(monkeypatch, (rule,))
    answer_for_engine(monkeypatch, {})
    return open_screen


def answer_for_engine(monkeypatch: pytest.MonkeyPatch, rows: dict[str, Row]) -> list[str]:
    """Rows instead of the local engine's; the names that were asked for."""
    asked: list[str] = []

    def numbers(base: str, names: list[str], at_hand: Assessment | None, **_: object) -> Known:
        asked.extend(names)
        read = {name: rows.get(name, Row(why="no such image")) for name in names}
        return Known(base_numbers(at_hand), "the image at hand", read)

    monkeypatch.setattr(import_module("hardening.cli.base_numbers"), "read_numbers", numbers)
    return asked


def dated(text: str) -> Subject:
    return replace(memory_subject(text), today=TODAY)


async def test_the_detail_lists_bases_and_leads_to_the_comparison(base_rule: Opener) -> None:
    async with base_rule(dated(DOCKERFILE)) as screen:
        await to_base(screen)
        assert "Other bases" in screen.main.detail.plain
        assert screen.main.key_label("switch-view", "") == "compare bases"
        await screen.press("v")
        assert bases_screen(screen).rows.count > 2
        await screen.press("escape")
        assert not screen.store.plan.fixes


async def test_the_effect_is_shown_before_a_base_is_chosen(base_rule: Opener) -> None:
    async with base_rule(dated(DOCKERFILE)) as screen:
        await screen.press("B")
        top = bases_screen(screen)
        text = shown_text(top.query_one("#full"))
        assert "Findings         1 → 0   score" in text
        assert "should be left soon" in text
        assert not screen.store.plan.fixes
        await screen.press("j")
        row = top.rows.row
        assert row is not None
        await screen.press("space")
        assert f"FROM {row['image']}" in screen.store.text("Dockerfile")
        assert chosen_in(screen.store.plan) == row["fix"]
        accepted = screen.store.row_of(KEY)
        assert accepted is not None and accepted.mark is Mark.ACCEPTED
        assert accepted.finding.message == f"Move to {row['image']}"
        await screen.press("5")
        assert f"FROM {row['image']}" in shown_text(screen.main.diff)
        await screen.press("u")
        assert screen.store.text("Dockerfile") == DOCKERFILE


async def test_choosing_again_takes_back_and_another_gives_way(base_rule: Opener) -> None:
    async with base_rule(dated(DOCKERFILE)) as screen:
        await to_base(screen)
        await screen.press("a", "B", "space")
        assert [one.partition("/")[0] for one in screen.store.plan.fixes] == [KEY]
        first = chosen_in(screen.store.plan)
        await screen.press("B", "j", "space")
        assert chosen_in(screen.store.plan) not in (first, None)
        await screen.press("B", "j", "space")
        assert not screen.store.plan.fixes


async def test_rows_of_the_engine_come_one_after_another(
    base_rule: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = replace(packed_subject(), today=TODAY)
    numbers = Numbers(())
    held = {"debian:13": Row(numbers, 90_000_000, "", "debian:13 of the local engine")}
    asked = answer_for_engine(monkeypatch, held)
    async with base_rule(subject) as screen:
        await screen.press("B")
        await settle(screen.pilot)
        top = bases_screen(screen)
        assert asked == [str(row["image"]) for row in top.rows.rows]
        place = asked.index("debian:13") + 1
        line = words(top.rows.cells(place, 90)).split()
        assert line[:4] == ["R2", "debian:13", "3", "0"] and "90" in line
        top.rows.put_cursor(place)
        top._draw()
        text = shown_text(top.query_one("#full"))
        assert "mends 3 (" in text, text
        before = len(asked)
        await screen.press("escape", "B")
        assert len(asked) == before and bases_screen(screen).rows.rows


async def test_without_a_known_base_it_says_why(base_rule: Opener) -> None:
    async with base_rule(dated("FROM team/app:1\n")) as screen:
        await screen.press("B")
        assert "Only tags with a release" in shown_text(bases_screen(screen).rows)
        await screen.press("space")
        assert isinstance(screen.top(), BasesScreen)
