"""What the accepted fixes change, as rows: unified, or side by side."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from hardening.workspace import Workspace
from tui.rows import Cells, crop
from tui.text import clean_line, fit_right, width

_RANGE = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
_MAX_PAIR = 400


@dataclass(frozen=True, slots=True)
class DiffRow:
    """`kind` is file, hunk, same, added, removed, pair or note. `pair` stands for a removed and an
    added line side by side. Line numbers are one-based, None where there is no line."""

    kind: str
    old: int | None = None
    new: int | None = None
    old_text: str = ""
    new_text: str = ""
    path: str = ""


def unified_rows(workspace: Workspace) -> tuple[DiffRow, ...]:
    """Every changed file: its name, its hunks, its lines."""
    return tuple(row for path in workspace.changed for row in _file_rows(workspace, path))


def side_by_side_rows(workspace: Workspace) -> tuple[DiffRow, ...]:
    """The same with removed and added lines paired."""
    rows: list[DiffRow] = []
    removed: list[DiffRow] = []
    added: list[DiffRow] = []
    for row in unified_rows(workspace):
        if row.kind == "removed" and not added:
            removed.append(row)
            continue
        if row.kind == "added":
            added.append(row)
            continue
        rows.extend(_paired(removed, added))
        removed, added = ([row], []) if row.kind == "removed" else ([], [])
        if row.kind != "removed":
            rows.append(row)
    rows.extend(_paired(removed, added))
    return tuple(rows)


def _paired(removed: list[DiffRow], added: list[DiffRow]) -> Iterator[DiffRow]:
    for number in range(max(len(removed), len(added))):
        old = removed[number] if number < len(removed) else None
        new = added[number] if number < len(added) else None
        path = (old or new or DiffRow("pair")).path
        yield DiffRow(
            "pair",
            old.old if old else None,
            new.new if new else None,
            old.old_text if old else "",
            new.new_text if new else "",
            path,
        )


def _file_rows(workspace: Workspace, path: str) -> Iterator[DiffRow]:
    new_file = path not in workspace.before
    yield DiffRow("file", old_text="new file" if new_file else "", path=path)
    old = new = 0
    for line in workspace.diff(path).split("\n")[2:]:
        match = _RANGE.match(line)
        if match:
            old, new = int(match.group(1)), int(match.group(3))
            old += match.group(2) == "0"
            new += match.group(4) == "0"
            yield DiffRow("hunk", old_text=line, path=path)
        elif line.startswith("+"):
            yield DiffRow("added", None, new, "", line[1:], path)
            new += 1
        elif line.startswith("-"):
            yield DiffRow("removed", old, None, line[1:], "", path)
            old += 1
        elif line.startswith(" "):
            yield DiffRow("same", old, new, line[1:], line[1:], path)
            old, new = old + 1, new + 1
        elif line.startswith("\\"):
            yield DiffRow("note", old_text="No newline at the end of the file", path=path)


@lru_cache(maxsize=512)
def emphasis(old: str, new: str) -> tuple[frozenset[int], frozenset[int]]:
    """Character positions that differ between two lines, by words; empty for lines that have
    little in common."""
    if not old or not new or len(old) > _MAX_PAIR or len(new) > _MAX_PAIR:
        return frozenset(), frozenset()
    old_words, new_words = _WORDS.findall(old), _WORDS.findall(new)
    matcher = difflib.SequenceMatcher(None, old_words, new_words, autojunk=False)
    if matcher.ratio() < 0.4:
        return frozenset(), frozenset()
    gone: set[int] = set()
    come: set[int] = set()
    old_at, new_at = _offsets(old_words), _offsets(new_words)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag != "equal":
            gone.update(range(old_at[i1], old_at[i2]))
            come.update(range(new_at[j1], new_at[j2]))
    return frozenset(gone), frozenset(come)


def _offsets(words: list[str]) -> list[int]:
    offsets = [0]
    for word in words:
        offsets.append(offsets[-1] + len(word))
    return offsets


def _text_cells(text: str, marked: frozenset[int], tone: str) -> Cells:
    if not marked:
        return [(text, tone)]
    cells: Cells = []
    start = 0
    for end in range(1, len(text) + 1):
        if end == len(text) or (end in marked) != (start in marked):
            cells.append((text[start:end], f"{tone}-word" if start in marked else tone))
            start = end
    return cells


def unified_cells(row: DiffRow, digits: int) -> Cells:
    """`12 13 +text`"""
    if row.kind in ("file", "hunk", "note"):
        return _head_cells(row)
    old = fit_right("" if row.old is None else str(row.old), digits)
    new = fit_right("" if row.new is None else str(row.new), digits)
    numbers = (f"{old} {new} ", "number")
    if row.kind == "added":
        return [numbers, ("+ " + clean_line(row.new_text), "added")]
    if row.kind == "removed":
        return [numbers, ("- " + clean_line(row.old_text), "removed")]
    return [numbers, ("  " + clean_line(row.new_text), "muted")]


def side_cells(row: DiffRow, digits: int, cells_wide: int, offset: int = 0) -> Cells:
    """Old on the left, new on the right, each in half of the width; `offset` scrolls both."""
    if row.kind in ("file", "hunk", "note"):
        return _head_cells(row)
    half = (cells_wide - 1) // 2
    old_text, new_text = clean_line(row.old_text), clean_line(row.new_text)
    gone: frozenset[int] = frozenset()
    come: frozenset[int] = frozenset()
    if row.kind == "pair" and row.old is not None and row.new is not None:
        gone, come = emphasis(old_text, new_text)
    same = row.kind == "same"
    left = _side(row.old, "-", old_text, gone, "muted" if same else "removed", (digits, offset))
    right = _side(row.new, "+", new_text, come, "muted" if same else "added", (digits, offset))
    return [*crop(left, half), ("│", "hunk"), *crop(right, cells_wide - half - 1)]


def _side(
    number: int | None,
    mark: str,
    text: str,
    marked: frozenset[int],
    tone: str,
    place: tuple[int, int],
) -> Cells:
    digits, offset = place
    if number is None:
        return [("", "plain")]
    sign = " " if tone == "muted" else mark
    shown = text[offset:]
    moved = frozenset(position - offset for position in marked) if offset else marked
    return [(fit_right(str(number), digits) + " ", "number"), (f"{sign} ", tone),
            *_text_cells(shown, moved, tone)]  # fmt: skip


def _head_cells(row: DiffRow) -> Cells:
    if row.kind == "file":
        note = f"  {row.old_text}" if row.old_text else ""
        return [(clean_line(row.path), "strong"), (note, "good")]
    if row.kind == "hunk":
        return [(clean_line(row.old_text), "hunk")]
    return [(f"  {row.old_text}", "muted")]


def widest(rows: tuple[DiffRow, ...], digits: int) -> int:
    """Cells of the widest unified row."""
    texts = (row.new_text or row.old_text for row in rows)
    longest = max((width(clean_line(text)) for text in texts), default=0)
    return longest + 2 * digits + 4


def summary(workspace: Workspace) -> str:
    """`Dockerfile +3 -1, .dockerignore +4 (new)`."""
    told = []
    for path in workspace.changed:
        rows = list(_file_rows(workspace, path))
        added = sum(row.kind == "added" for row in rows)
        removed = sum(row.kind == "removed" for row in rows)
        new = " (new)" if path not in workspace.before else ""
        told.append(f"{clean_line(path)} +{added} -{removed}{new}")
    return ", ".join(told)
