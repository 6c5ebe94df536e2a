"""Other bases in the Detail: before one is accepted, and with what is not known said so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from importlib import import_module
from typing import Any

import pytest

from hardening.model import Confidence, Finding, Fix, Severity
from hardening.opening import memory_subject
from hardening.replay import replay
from hardening.rules import rule_by_id
from tests.tui.conftest import Opener, Screen, settle, use_rules
from tui.base_choices import base_paragraphs, offers_a_row
from tui.findings import Mark

TODAY = date(2026, 11, 1)
FIX = Fix("patch-3-12-14-slim", "Move to python:3.12.14-slim", ())
FINDING = Finding("better-base", Severity.LOW, Confidence.HIGH, "Leave it", (), fixes=(FIX,))
DOCKERFILE = "FROM python:3.12.4-slim-bookworm\nCOPY . /app\nUSER 1000\n"


def made_up(**changes: Any) -> dict[str, Any]:
    """Two rows as the comparison tells them; the second is not known."""
    read: dict[str, Any] = {
        "image": "python:3.12.14-slim", "risk": "R1", "class": "patch", "changes": ["3.12.4 → 14"],
        "gains": ["rebuilt"], "ends": {"python 3.12": "2028-10-31", "debian 12": None},
        "source": "a list", "digest": None, "download_bytes": None, "size_bytes": 120_000_000,
        "vulnerabilities": {"total": 4, "fixed": {"high": 2, "low": 1}, "brought": {"low": 1},
                            "remaining": {"low": 3}},
        "vulnerabilities_note": "", "fix": "patch-3-12-14-slim", "safety": "safe",
    }  # fmt: skip
    unread = read | {
        "image": "python:3.14-slim", "risk": "R4", "fix": None, "size_bytes": None,
        "ends": {}, "vulnerabilities": None, "vulnerabilities_note": "the engine has no such image",
    }  # fmt: skip
    values: dict[str, Any] = {
        "base": "python:3.12.4-slim", "ends": {"python 3.12": "2028-10-31"},
        "vulnerabilities": {"total": 6}, "rows": [read, unread], "not_assessed": "",
    }  # fmt: skip
    return values | changes


def table(values: dict[str, Any], *, compared: bool = True) -> list[str]:
    lines = base_paragraphs(values, FINDING, None, compared=compared)
    return ["".join(text for text, _ in line) for line in lines]


def test_rows_say_what_a_move_mends_and_brings() -> None:
    lines = table(made_up())
    now = next(one for one in lines if one.startswith("  now"))
    assert now.split() == ["now", "python:3.12.4-slim", "has", "6", "2028-10-31"]
    read = next(one for one in lines if "R1" in one)
    assert read.split() == ["R1", "python:3.12.14-slim", "3", "1", "120", "MB", "≤2028-10-31"]


def test_what_nobody_knows_is_a_question_mark_and_never_a_zero() -> None:
    lines = table(made_up())
    unread = next(one for one in lines if "R4" in one)
    assert unread.split() == ["R4", "python:3.14-slim", "?", "?", "?", "?", "no", "patch"]
    assert lines[-1] == "? is unknown: the engine has no such image"
    assert "v reads those" in table(made_up(), compared=False)[-1]
    assert "Nothing is better." in table(made_up(rows=[], not_assessed="Nothing is better"))


def test_columns_stay_within_a_narrow_detail() -> None:
    long = made_up()
    long["rows"][0]["image"] = "[b]" + "x" * 300 + "\x1b[31m"
    lines = base_paragraphs(long, FINDING, None, compared=True)
    assert all(len("".join(t for t, _ in line)) <= 88 for line in lines)
    assert not any("\x1b" in text for line in lines for text, _ in line)


def test_rows_are_shown_where_they_are_choices() -> None:
    assert offers_a_row(FINDING, made_up())
    assert not offers_a_row(replace(FINDING, fixes=()), made_up())
    other = replace(FINDING, fixes=(Fix("bump", "Move to python:3.14-slim", ()),))
    assert offers_a_row(other, made_up())
    lines = base_paragraphs(made_up(), other, other.fixes[0], compared=True)
    told = ["".join(text for text, _ in line) for line in lines]
    assert next(one for one in told if "R1" in one).endswith("in drydock base")
    assert "Chosen: python:3.14-slim" in told


async def to_base(screen: Screen) -> None:
    await screen.press("2", "g")
    rows = screen.main.findings_pane.rows
    place = next(n for n, row in enumerate(rows) if row.finding.rule == "better-base")
    await screen.press(*["j"] * place, "6")


@pytest.fixture
def base_rule(monkeypatch: pytest.MonkeyPatch, open_screen: Opener) -> Opener:
    rule = rule_by_id("better-base")
    assert rule is not None
    use_rules(monkeypatch, (rule,))
    return open_screen


async def test_the_effect_is_shown_before_a_base_is_accepted(base_rule: Opener) -> None:
    subject = replace(memory_subject(DOCKERFILE), today=TODAY)
    async with base_rule(subject) as screen:
        await to_base(screen)
        row = screen.main.current_row
        assert row is not None and row.fix is not None
        told = screen.main.detail.plain
        target = row.fix.title.split()[2]
        assert f"Chosen: {target}" in told
        assert "Holes    unknown" in told
        await screen.press("f")
        other = screen.main.current_row
        assert other is not None and other.fix is not None and other.fix.name != row.fix.name
        assert f"Chosen: {other.fix.title.split()[2]}" in screen.main.detail.plain
        await screen.press("a")
        accepted = screen.main.current_row
        assert accepted is not None and accepted.mark is Mark.ACCEPTED
        assert f"FROM {other.fix.title.split()[2]}" in screen.store.text("Dockerfile")
        assert "Other bases" in screen.main.detail.plain


async def test_bases_of_the_engine_are_read_when_asked(
    base_rule: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = replace(memory_subject(DOCKERFILE), today=TODAY)
    asked: list[bool] = []

    def numbers(found: object, *, read: bool) -> object:
        asked.append(read)
        return getattr(found, "known")  # noqa: B009

    base = import_module("hardening.cli.base")
    monkeypatch.setattr(base, "known_numbers", numbers)
    async with base_rule(subject) as screen:
        await to_base(screen)
        assert asked == [False]
        await screen.press("v")
        await settle(screen.pilot)
        assert asked == [False, True]
        assert screen.main.check_action("switch_view", ()) is False
        await screen.press("v")
        assert asked == [False, True]


def test_the_rule_still_offers_several_bases() -> None:
    """What the tests above choose from."""
    rule = rule_by_id("better-base")
    assert rule is not None
    subject = replace(memory_subject(DOCKERFILE), today=TODAY)
    from hardening.plan import Plan

    (finding,) = replay(subject, Plan(), rules=(rule,)).report.findings
    assert len(finding.fixes) > 1
