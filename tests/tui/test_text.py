"""Text from outside: visible, bounded, of known width."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.text import (
    clean,
    clean_line,
    fit,
    fit_right,
    fit_tail,
    human_size,
    looks_binary,
    matches,
    plural,
    width,
)

ANY = st.text(st.characters(exclude_categories=()), max_size=200)


@given(ANY)
@settings(max_examples=200, deadline=None)
def test_nothing_that_steers_a_terminal_is_left(text: str) -> None:
    for char in clean(text):
        assert unicodedata.category(char) not in ("Cc", "Cs", "Zl", "Zp"), hex(ord(char))
        assert unicodedata.bidirectional(char) not in ("RLO", "LRO", "RLE", "LRE", "PDF", "RLI")


@given(ANY, st.integers(0, 60))
@settings(max_examples=200, deadline=None)
def test_fitting_gives_exactly_that_width(text: str, cells: int) -> None:
    text = clean(text)
    for made in (fit(text, cells), fit_right(text, cells), fit_tail(text, cells)):
        assert cell_len(made) == cells


def test_what_is_hidden_is_shown() -> None:
    assert clean("a\x1b[31mb") == "a␛[31mb"
    assert "U+202E" in clean("a\u202eb")
    assert "U+200B" in clean("a\u200bb")
    assert clean("a\udc80b") == "a\\x80b"
    assert clean("line\nbreak") == "line↵break"
    assert clean("plain [b]text[/b]") == "plain [b]text[/b]"


def test_long_lines_are_cut_and_counted() -> None:
    assert clean("x" * 10, 4) == "xxxx… +6 characters"
    assert len(clean_line("y" * 1_000_000)) < 5_000


def test_stacked_marks_are_thinned() -> None:
    assert len(clean("e" + "\u0301" * 50)) <= 3


def test_tabs_become_columns() -> None:
    assert clean_line("a\tb\r\n") == "a   b"


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1_234_567, "1.2 MB"), (34_000_000, "34 MB"),
     (999_999, "1.0 MB"), (5_400_000_000, "5.4 GB"), (10**16, "10000 TB")],
)  # fmt: skip
def test_sizes(count: int, words: str) -> None:
    assert human_size(count) == words


def test_small_helpers() -> None:
    assert plural(1, "fix", "fixes") == "1 fix"
    assert plural(1200, "layer") == "1,200 layers"
    assert matches("b A", "xa", "yB")
    assert not matches("c", "a", "b")
    assert width("日本") == 4
    assert looks_binary(b"\x7fELF\0\0")
    assert not looks_binary("naïve\ttext\r\n".encode())
    assert looks_binary(bytes(range(1, 32)) * 20)
