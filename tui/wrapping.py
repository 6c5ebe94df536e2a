"""Paragraphs of cells, wrapped at words."""

from __future__ import annotations

from tui.rows import Cells
from tui.text import width


def wrap_cells(cells: Cells, wide: int) -> list[Cells]:
    """A paragraph in lines of at most `wide` cells; words that are longer are cut."""
    if not cells:
        return [[]]
    hang = min(_hanging(cells[0][0]), wide // 2)
    lines: list[Cells] = [[]]
    used = 0
    for text, tone in cells:
        for word in _words(text):
            size = width(word)
            if used + size > wide and used > hang:
                if word.isspace():
                    continue
                lines.append([(" " * hang, "plain")] if hang else [])
                used = hang
            while size > wide - used:
                cut = _cut(word, wide - used)
                lines[-1].append((word[:cut], tone))
                word = word[cut:]
                lines.append([(" " * hang, "plain")] if hang else [])
                used, size = hang, width(word)
            if word:
                lines[-1].append((word, tone))
                used += size
    return lines


def _hanging(first: str) -> int:
    """Cells by which further lines are indented: the first cell when it is a mark or a key with
    a space behind it, else the spaces it begins with."""
    if first.strip() and first.endswith(" ") and (first.startswith(" ") or first.endswith("  ")):
        return width(first)
    return len(first) - len(first.lstrip(" "))


def _words(text: str) -> list[str]:
    """Words and the white space between them, in order."""
    parts: list[str] = []
    for char in text:
        if parts and parts[-1][-1].isspace() == char.isspace():
            parts[-1] += char
        else:
            parts.append(char)
    return parts


def _cut(word: str, cells: int) -> int:
    """How many characters of a word fit; at least one, so that wrapping ends."""
    used = 0
    for number, char in enumerate(word):
        used += width(char)
        if used > cells:
            return max(1, number)
    return max(1, len(word))
