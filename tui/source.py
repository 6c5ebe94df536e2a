"""A file as lines of cells, highlighted by Textual's own highlighter."""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache

from tui.rows import Cells
from tui.text import clean_line

MAX_HIGHLIGHTED = 400_000
"""Characters beyond which a file is shown plain."""

SYNTAX_TONES = ("comment", "keyword", "string", "variable", "number-literal", "operator", "name")


def plain_lines(text: str) -> list[Cells]:
    """Every line as one plain cell, fit for the screen."""
    return [[(line, "plain")] for line in _clean_lines(text)]


def _clean_lines(text: str) -> list[str]:
    lines = text.removeprefix("\ufeff").split("\n")
    if len(lines) > 1 and not lines[-1]:
        lines.pop()
    return [clean_line(line) for line in lines]


@lru_cache(maxsize=64)
def highlighted_lines(text: str, language: str) -> list[Cells]:
    """The lines with syntax tones; plain when the file is too long for that."""
    lines = _clean_lines(text)
    if len(text) > MAX_HIGHLIGHTED:
        return [[(line, "plain")] for line in lines]
    spans = _spans("\n".join(lines), language)
    return _cut(lines, spans)


def _spans(code: str, language: str) -> list[tuple[int, int, str]]:
    from pygments.token import Token
    from textual.highlight import HighlightTheme, highlight

    class Tones(HighlightTheme):
        STYLES = {
            Token.Comment: "comment",
            Token.Keyword: "keyword",
            Token.Literal.String: "string",
            Token.Literal.Number: "number-literal",
            Token.Name.Variable: "variable",
            Token.Name.Builtin: "name",
            Token.Name.Attribute: "name",
            Token.Name.Tag: "name",
            Token.Operator: "operator",
        }

    content = highlight(code, language=language, theme=Tones)
    return [(span.start, span.end, str(span.style)) for span in content.spans
            if span.style in SYNTAX_TONES]  # fmt: skip


def _cut(lines: list[str], spans: list[tuple[int, int, str]]) -> list[Cells]:
    """Lay non-overlapping spans of the joined text over its lines."""
    starts: list[int] = []
    position = 0
    for line in lines:
        starts.append(position)
        position += len(line) + 1
    by_line: list[list[tuple[int, int, str]]] = [[] for _ in lines]
    for start, end, tone in spans:
        number = bisect_right(starts, start) - 1
        while number < len(lines) and starts[number] < end:
            first = max(0, start - starts[number])
            last = min(len(lines[number]), end - starts[number])
            if first < last:
                by_line[number].append((first, last, tone))
            number += 1
    return [_toned(line, marks) for line, marks in zip(lines, by_line, strict=True)]


def _toned(line: str, marks: list[tuple[int, int, str]]) -> Cells:
    cells: Cells = []
    position = 0
    for start, end, tone in marks:
        if start < position:
            continue
        if start > position:
            cells.append((line[position:start], "plain"))
        cells.append((line[start:end], tone))
        position = end
    if position < len(line) or not cells:
        cells.append((line[position:], "plain"))
    return cells


def language_of(path: str) -> str:
    """The highlighter's name for a file, "text" when unknown."""
    name = path.rpartition("/")[2].lower()
    if "dockerfile" in name or "containerfile" in name:
        return "text" if name.endswith(".dockerignore") else "docker"
    known = {
        "yaml": "yaml", "yml": "yaml", "json": "json", "toml": "toml", "sh": "bash",
        "bash": "bash", "py": "python", "js": "javascript", "ts": "typescript", "go": "go",
        "rb": "ruby", "php": "php", "xml": "xml", "ini": "ini", "conf": "ini", "cfg": "ini",
        "md": "markdown", "html": "html", "css": "css", "sql": "sql", "rs": "rust",
        "java": "java", "diff": "diff", "patch": "diff", "env": "bash",
    }  # fmt: skip
    return known.get(name.rpartition(".")[2], "text")
