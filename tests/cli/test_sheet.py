"""Columns, wrapping and colour: what fits a terminal, and one line a row where there is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.analyse import analyse
from hardening.model import Severity
from hardening.opening import memory_subject
from hardening.reports.diff import coloured
from hardening.reports.sheet import PLAIN, Cell, Look, cells, cut, severity_cell, table, wrapped
from hardening.reports.text import text_of

NARROW = Look(width=40)


def test_columns_are_aligned_and_the_last_wraps_under_itself() -> None:
    rows: list[tuple[Cell | str, ...]] = [
        ("a", Cell("1", right=True), "one two three four five six seven")
    ]
    rows.append(("long", "100", "x"))
    assert table(rows, NARROW) == [
        "a       1  one two three four five six",
        "           seven",
        "long  100  x",
    ]


def test_without_a_terminal_a_row_is_a_line() -> None:
    assert table([("a", "word " * 100 + "end")], PLAIN) == ["a  " + "word " * 100 + "end"]


def test_an_empty_column_takes_no_room() -> None:
    assert table([("a", "", "x"), ("b", "", "y")], PLAIN) == ["a  x", "b  y"]


def test_colours_do_not_count_as_columns() -> None:
    rows = [(severity_cell(Severity.HIGH), "x"), (severity_cell(None), "y")]
    plain = table(rows, PLAIN)
    painted = table(rows, Look(colour=True))
    assert [cells(one) for one in painted] == [len(one) for one in plain]
    assert painted[0].startswith("\x1b[31mhigh\x1b[0m ")
    assert plain == ["high     x", "unrated  y"]


def test_wide_characters_count_twice() -> None:
    assert cells("漢字") == 4 and cells("e\u0301") == 1
    assert cut("漢字漢字", 5) == "漢字…"
    assert table([("漢", "a"), ("xx", "b")], PLAIN) == ["漢  a", "xx  b"]


def test_a_word_that_does_not_fit_beside_its_row_stands_below() -> None:
    path = "/a/path/of/thirty/columns/here"
    assert table([("kind-of-secret", path + " (reason)")], NARROW) == [
        "kind-of-secret",
        f"    {path}",
        "    (reason)",
    ]


@given(st.lists(st.tuples(st.text(), st.text(), st.text()), max_size=4), st.integers(1, 200))
def test_any_text_at_any_width_is_harmless(rows: list[tuple[str, str, str]], width: int) -> None:
    for line in table(rows, Look(width=width)):
        assert line.isprintable() or "\u3000" in line or not line.isascii()
        assert "\x1b" not in line and "\n" not in line


@given(st.text(alphabet="ab 漢", max_size=80), st.integers(24, 60))
def test_short_words_fit(text: str, width: int) -> None:
    text = " ".join(word[:4] for word in text.split())
    for line in wrapped(text, Look(width=width), first="note: "):
        assert cells(line) <= width


@pytest.mark.parametrize("colour", [True, False])
def test_a_diff_keeps_its_lines(colour: bool) -> None:
    diff = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-old\x1b[2J\n+new\tline\n same\n"
    shown = coloured(diff, Look(colour=colour, width=20))
    assert shown.count("\n") == diff.count("\n")
    assert "\x1b[2J" not in shown and "\\x1b[2J" in shown and "new\tline" in shown
    assert ("\x1b[31m-old" in shown) is colour


@pytest.mark.parametrize("width", [24, 40, 59, 60, 80, 120, 200])
@pytest.mark.parametrize("colour", [True, False])
def test_a_report_fits_its_terminal_and_ends_with_the_sum(width: int, colour: bool) -> None:
    subject = memory_subject("FROM debian:12\nMAINTAINER me\nADD app /app\nRUN cd /x\n")
    report = analyse(subject)
    shown = text_of("Dockerfile", None, subject, report, look=Look(colour, width)).splitlines()
    longest = max(cells(word) for line in shown for word in line.split())
    for line in shown:
        assert cells(line) <= max(width, longest + 4)
    text = " ".join(" ".join(shown).split())
    for finding in report.findings:
        assert finding.rule in text
    assert any("Dockerfile: " in line for line in shown[-6:])
    assert ("\x1b[1m" in text) is colour


def test_without_a_terminal_every_finding_is_a_line_to_click_on() -> None:
    subject = memory_subject("FROM debian:12\nMAINTAINER me\nADD app /app\n")
    report = analyse(subject)
    lines = text_of("Dockerfile", None, subject, report).splitlines()
    places = [line for line in lines if line.startswith("Dockerfile:") and line[11].isdigit()]
    assert len(places) == sum(one.places[0] is not None for one in report.findings)
    assert lines[-1].startswith("Dockerfile: ") and "score " in lines[-1]
