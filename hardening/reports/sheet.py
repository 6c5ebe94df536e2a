"""How text is laid out for people: columns, wrapped last cells, colour with a meaning.

On a terminal everything fits its width. Elsewhere (`width` None) a row is one line, whatever its
length, so that other programs can read lines.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hardening.reports.plain import printable, severity_code

if TYPE_CHECKING:
    from hardening.model import Safety, Severity

NARROWEST = 20
"""Columns that the last cell of a row has at least, however narrow the terminal is."""
GAP = "  "
BOLD, DIM, GREEN, YELLOW, RED, CYAN = "1", "2", "32", "33", "31", "36"
_ESCAPES = re.compile("\x1b\\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class Look:
    """Whether colour is wanted, and the columns of the terminal; None where there is none."""

    colour: bool = False
    width: int | None = None


PLAIN = Look()


@dataclass(frozen=True, slots=True)
class Cell:
    """One piece of a row in a colour (an SGR code, "" for none); `right` aligns numbers."""

    text: str
    code: str = ""
    right: bool = False


def severity_cell(severity: Severity | None) -> Cell:
    """The word in its colour; what nobody rated is unrated."""
    return Cell("unrated") if severity is None else Cell(severity.label, severity_code(severity))


def safety_code(safety: Safety) -> str:
    return {"safe": GREEN, "review": YELLOW}.get(safety.label, DIM)


def painted(text: str, code: str, look: Look) -> str:
    """The text in a colour, where colour is wanted."""
    return f"\x1b[{code}m{text}\x1b[0m" if code and text and look.colour else text


def cells(text: str) -> int:
    """Columns that a text takes: wide characters two, combining ones none, colours none."""
    text = _ESCAPES.sub("", text)
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1
        for one in text
    )


def cut(text: str, width: int) -> str:
    """The text in at most so many columns, with an ellipsis where something was left out."""
    if cells(text) <= width:
        return text
    kept = ""
    for one in text:
        if cells(kept + one) > width - 1:
            break
        kept += one
    return kept + "…"


def table(
    rows: Iterable[Sequence[Cell | str]], look: Look, *, indent: str = "", wrap: bool = True
) -> list[str]:
    """Rows with aligned columns. The last cell takes what is left of the line: wrapped under
    itself, or cut where `wrap` is off. Outside text is made harmless here."""
    made = [[_cell(one) for one in row] for row in rows]
    widths = _widths(made)
    lines: list[str] = []
    for row in made:
        head = indent
        for cell, width in zip(row[:-1], widths, strict=False):
            if not width:
                continue  # nothing in the whole column
            space = " " * (width - cells(cell.text))
            shown = painted(cell.text, cell.code, look)
            head += (space + shown if cell.right else shown + space) + GAP
        lines += _last(head, row[-1], look, wrap=wrap)
    return lines


def wrapped(text: str, look: Look, *, first: str = "", code: str = "") -> list[str]:
    """One text after a label, wrapped under its own beginning."""
    return _last(first, Cell(printable(text), code), look, wrap=True)


def _cell(one: Cell | str) -> Cell:
    if isinstance(one, str):
        return Cell(printable(one))
    return Cell(printable(one.text), one.code, one.right)


def _widths(rows: Sequence[Sequence[Cell]]) -> list[int]:
    columns = max((len(row) for row in rows), default=1) - 1
    return [
        max((cells(row[number].text) for row in rows if len(row) > number + 1), default=0)
        for number in range(columns)
    ]


def _last(head: str, cell: Cell, look: Look, *, wrap: bool) -> list[str]:
    if look.width is None:
        return [(head + painted(cell.text, cell.code, look)).rstrip()]
    start = cells(head)
    longest = max(map(cells, cell.text.split(" "))) if wrap else 0
    if start > look.width - NARROWEST or start + longest > look.width >= longest + 4:
        under = min(4, max(0, look.width - NARROWEST))
        return [head.rstrip(), *_under(cell, " " * under, look, look.width - under, wrap=wrap)]
    lines = _under(cell, " " * start, look, look.width - start, wrap=wrap)
    return [(head + lines[0].lstrip(" ")).rstrip(), *lines[1:]]


def _under(cell: Cell, margin: str, look: Look, width: int, *, wrap: bool) -> list[str]:
    texts = _wrap(cell.text, width) if wrap else [cut(cell.text, width)]
    return [margin + painted(one, cell.code, look) for one in texts]


def _wrap(text: str, width: int) -> list[str]:
    """Words in lines; a word that is too long for any line stays whole."""
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and cells(lines[-1]) + 1 + cells(word) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return lines
