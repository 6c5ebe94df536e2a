"""A text file with line numbers, marks in the gutter and a cursor."""

from __future__ import annotations

from collections.abc import Mapping

from hardening.model import Severity
from tui.rows import SEVERITY_GLYPHS, Cells
from tui.text import fit_right, width
from tui.widgets.lines import Lines


class CodeView(Lines):
    """Shows one file. Marks: the severity of the worst finding on a line, `+` for lines that a
    fix put in or changed, `✗` for lines that could not be parsed."""

    HELP = "The file with the accepted fixes in it. Marks in the gutter are findings; + is patched."

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.path = ""
        self._lines: list[Cells] = []
        self._marks: Mapping[int, Severity] = {}
        self._patched: frozenset[int] = frozenset()
        self._unparsed: frozenset[int] = frozenset()
        self._widest = 0

    def show_lines(self, path: str, lines: list[Cells]) -> None:
        """Show the lines of a file, made by `tui.source`."""
        self.path = path
        self._lines = lines
        self._widest = max((sum(width(t) for t, _ in line) for line in lines), default=0)
        self.update_rows()

    def show_marks(
        self,
        marks: Mapping[int, Severity],
        patched: frozenset[int],
        unparsed: frozenset[int],
    ) -> None:
        """One-based lines with findings, with patched text, and that could not be parsed."""
        self._marks, self._patched, self._unparsed = marks, patched, unparsed
        self.refresh()

    @property
    def count(self) -> int:
        return len(self._lines)

    @property
    def line(self) -> int:
        """One-based line of the cursor."""
        return self.cursor + 1

    def natural_width(self, wide: int) -> int:
        room = wide - self.gutter_width
        return self._widest + 1 if self._widest > room else 0

    @property
    def _digits(self) -> int:
        return max(3, len(str(len(self._lines))))

    @property
    def gutter_width(self) -> int:
        return self._digits + 5 if self._lines else 1

    def gutter_cells(self, row: int) -> Cells:
        number = row + 1
        severity = self._marks.get(number)
        mark = (" ", "plain")
        if severity is not None:
            mark = (SEVERITY_GLYPHS[severity], severity.label)
        patch = ("+", "added") if number in self._patched else (" ", "plain")
        if number in self._unparsed:
            patch = ("✗", "bad")
        return [mark, (fit_right(str(number), self._digits), "number"), (" ", "plain"), patch]

    def cells(self, row: int, width: int) -> Cells:
        return self._lines[row]

    def row_state(self, row: int) -> str | None:
        return "row-added" if row + 1 in self._patched else None

    def row_text(self, row: int) -> str:
        return "".join(text for text, _ in self._lines[row])
