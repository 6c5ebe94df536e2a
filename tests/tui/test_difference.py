"""The diff as rows, for both layouts."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from hardening.workspace import Workspace
from tui.difference import (
    emphasis,
    side_by_side_rows,
    side_cells,
    summary,
    unified_cells,
    unified_rows,
)
from tui.source import highlighted_lines, language_of, plain_lines
from tui.text import width

BEFORE = "FROM a\nRUN one\nADD x .\nCMD run\n"
AFTER = "FROM a\nRUN one && two\nCOPY x .\nUSER 1\nCMD run\n"


def workspace(before: str = BEFORE, after: str = AFTER) -> Workspace:
    return Workspace(
        Path(), {"Dockerfile": before}, {"Dockerfile": after, ".dockerignore": ".git\n"}
    )


def test_line_numbers_are_true() -> None:
    old, new = BEFORE.split("\n"), AFTER.split("\n")
    for row in unified_rows(workspace()):
        if row.path != "Dockerfile" or row.kind in ("file", "hunk"):
            continue
        if row.old is not None:
            assert old[row.old - 1] == row.old_text
        if row.new is not None:
            assert new[row.new - 1] == row.new_text


def test_new_files_are_marked() -> None:
    heads = {row.path: row.old_text for row in unified_rows(workspace()) if row.kind == "file"}
    assert heads == {".dockerignore": "new file", "Dockerfile": ""}
    assert summary(workspace()) == ".dockerignore +1 -0 (new), Dockerfile +3 -2"


def test_pairs_stand_side_by_side() -> None:
    pairs = [(row.old, row.new) for row in side_by_side_rows(workspace())
             if row.kind == "pair" and row.path == "Dockerfile"]  # fmt: skip
    assert pairs == [(2, 2), (3, 3), (None, 4)]


def test_words_that_differ_are_found() -> None:
    gone, come = emphasis("ADD x .", "COPY x .")
    assert sorted(gone) == [0, 1, 2] and sorted(come) == [0, 1, 2, 3]
    assert emphasis("completely", "different words here") == (frozenset(), frozenset())
    assert emphasis("x" * 1000, "y" * 1000) == (frozenset(), frozenset())


LINES = st.lists(st.text("ab c\t\x0b\u2028日", max_size=8), max_size=12)


@given(LINES, LINES, st.integers(20, 120))
@settings(max_examples=100, deadline=None)
def test_both_layouts_show_every_line(old: list[str], new: list[str], wide: int) -> None:
    space = workspace("\n".join(old), "\n".join(new))
    unified, paired = unified_rows(space), side_by_side_rows(space)
    olds = [row.old for row in unified if row.old is not None]
    assert olds == [row.old for row in paired if row.old is not None]
    news = [row.new for row in unified if row.new is not None]
    assert news == [row.new for row in paired if row.new is not None]
    for row in unified:
        assert unified_cells(row, 3)
    for row in paired:
        cells = side_cells(row, 3, wide)
        if row.kind in ("pair", "same"):
            assert sum(width(text) for text, _ in cells) == wide


@given(st.text(max_size=300))
@settings(max_examples=100, deadline=None)
def test_highlighting_keeps_the_lines(text: str) -> None:
    for language in ("docker", "bash", "yaml"):
        lines = highlighted_lines(text, language)
        plain = plain_lines(text)
        assert ["".join(t for t, _ in line) for line in lines] == [
            "".join(t for t, _ in line) for line in plain
        ]


def test_a_line_number_is_a_line_of_the_file() -> None:
    text = "FROM a\r\nRUN x\x0b\x0cy\u2028z\n"
    assert len(highlighted_lines(text, "docker")) == 2
    assert language_of("a/Dockerfile.dev") == "docker"
    assert language_of("compose.yaml") == "yaml"
    assert language_of("unknown.bin") == "text"
