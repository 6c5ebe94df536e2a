"""Outside text on a terminal: nothing in it moves the cursor, colours, reorders or hides."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.model import Severity
from hardening.reports.plain import plural, printable, severity_word, wants_colour
from tests.cli.conftest import DOCKERFILE


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@given(st.text())
def test_nothing_unprintable_is_left(text: str) -> None:
    shown = printable(text)
    assert not any(
        ord(character) < 32 or 0x7F <= ord(character) < 0xA0 or 0xD800 <= ord(character) < 0xE000
        for character in shown
    )
    shown.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ü 漢 😀", "plain ü 漢 😀"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\nb\tc\r", "a\\x0ab\\x09c\\x0d"),
        ("\u202etxt.exe", "\\u202etxt.exe"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("caf\udce9", "caf\\xe9"),
        ("\ud800", "\\ud800"),
        ("[red]markup[/red]", "[red]markup[/red]"),
    ],
)
def test_what_becomes_of_it(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_colour_needs_a_terminal_that_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert wants_colour(Terminal()) and not wants_colour(io.StringIO())
    monkeypatch.setenv("TERM", "dumb")
    assert not wants_colour(Terminal())
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    assert not wants_colour(Terminal())
    monkeypatch.setenv("NO_COLOR", "")
    assert wants_colour(Terminal()), "an empty NO_COLOR says nothing"


def test_a_severity_is_a_word_in_any_case() -> None:
    assert severity_word(Severity.HIGH, colour=False) == "high"
    assert "high" in severity_word(Severity.HIGH, colour=True)
    assert (plural(1, "file"), plural(1000, "file")) == ("1 file", "1,000 files")


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_a_real_terminal(tmp_path: Path, no_color: str, coloured: bool) -> None:
    (tmp_path / "Dockerfile").write_text(DOCKERFILE)
    master, slave = pty.openpty()
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root), "TERM": "xterm", "NO_COLOR": no_color}
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", "check", "Dockerfile"],
        cwd=tmp_path, env=environment, stdin=slave, stdout=slave, stderr=slave,
    )  # fmt: skip
    os.close(slave)
    out = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:
            break
        if not part:
            break
        out += part
    os.close(master)
    assert process.wait(30) == 1
    assert (b"\x1b[" in out) is coloured
