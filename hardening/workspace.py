"""Files under change: what they were, what they become, and the diff between."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hardening.model import Edit

CONTEXT_LINES = 3


class EditError(ValueError):
    """Edits of one fix that overlap or lie outside the text: a bug in the fix."""


def newline_of(text: str) -> str:
    """The newline style of a text: that of its first line end, `\\n` when it has none."""
    first = text.find("\n")
    return "\r\n" if first > 0 and text[first - 1] == "\r" else "\n"


def prepare_edits(text: str, edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Edits of one file in the order of application, their text in the file's own newline.

    Insertions at one offset keep their given order. Raises EditError for an overlap or a span
    outside the text.
    """
    newline = newline_of(text)
    ordered = sorted(edits, key=lambda edit: (edit.span.start, edit.span.end))
    position = 0
    for edit in ordered:
        if edit.span.start < position or edit.span.end > len(text):
            raise EditError(f"overlapping or outside: {edit.span} in {edit.path}")
        position = edit.span.end
    if newline == "\n":
        return tuple(ordered)
    return tuple(
        Edit(edit.path, edit.span, edit.text.replace("\r\n", "\n").replace("\n", newline))
        for edit in ordered
    )


def splice(text: str, edits: Sequence[Edit]) -> str:
    """The text with prepared edits applied, in one forward pass."""
    parts: list[str] = []
    position = 0
    for edit in edits:
        parts.append(text[position : edit.span.start])
        parts.append(edit.text)
        position = edit.span.end
    parts.append(text[position:])
    return "".join(parts)


def split_lines(text: str) -> list[str]:
    """Lines with their ends, split at `\\n` alone (`str.splitlines` splits at more)."""
    lines = text.split("\n")
    ended = [line + "\n" for line in lines[:-1]]
    return [*ended, lines[-1]] if lines[-1] else ended


@dataclass(frozen=True)
class Workspace:
    """Workspace path → text, before and after. A path missing in `before` is a new file."""

    root: Path
    before: Mapping[str, str] = field(default_factory=dict)
    after: Mapping[str, str] = field(default_factory=dict)

    @property
    def changed(self) -> tuple[str, ...]:
        """Paths whose text differs, sorted."""
        paths = {*self.before, *self.after}
        return tuple(sorted(p for p in paths if self.before.get(p) != self.after.get(p)))

    def diff(self, path: str | None = None) -> str:
        """Unified diff of one file or of all, three lines of context, for `git apply` and
        `patch -p1`; "" when nothing changed."""
        paths = self.changed if path is None else (path,)
        return "".join(self._file_diff(one) for one in paths)

    def _file_diff(self, path: str) -> str:
        old, new = self.before.get(path), self.after.get(path, "")
        body = "".join(unified_hunks(split_lines(old or ""), split_lines(new)))
        if not body:
            return ""
        source = "/dev/null" if old is None else header_name("a/" + path)
        return f"--- {source}\n+++ {header_name('b/' + path)}\n{body}"

    def opcodes(self, path: str) -> list[tuple[str, int, int, int, int]]:
        """Line opcodes as `difflib.SequenceMatcher` gives them."""
        old, new = self.before.get(path, ""), self.after.get(path, "")
        return line_opcodes(split_lines(old), split_lines(new))

    def patched_lines(self, path: str) -> frozenset[int]:
        """One-based lines of the text after that are new or changed."""
        changed: set[int] = set()
        for tag, _, _, start, end in self.opcodes(path):
            if tag != "equal":
                changed.update(range(start + 1, end + 1))
        return frozenset(changed)


def header_name(name: str) -> str:
    """A file name for a diff header: quoted as git does when it holds quotes or control
    characters, closed by a tab when it holds a space so that `patch` reads it whole."""
    if any(ord(char) < 32 or char in '"\\' for char in name):
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        escaped = escaped.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
        return f'"{escaped}"'
    return name + "\t" if " " in name else name


def line_opcodes(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    """Opcodes of two line lists; the common head and tail are taken off first, so that the cost
    depends on what changed."""
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    limit = min(len(old), len(new)) - head
    while tail < limit and old[len(old) - 1 - tail] == new[len(new) - 1 - tail]:
        tail += 1
    middle_old, middle_new = old[head : len(old) - tail], new[head : len(new) - tail]
    codes: list[tuple[str, int, int, int, int]] = []
    if head:
        codes.append(("equal", 0, head, 0, head))
    matcher = difflib.SequenceMatcher(None, middle_old, middle_new, autojunk=len(middle_old) > 3000)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        codes.append((tag, i1 + head, i2 + head, j1 + head, j2 + head))
    if tail:
        codes.append(("equal", len(old) - tail, len(old), len(new) - tail, len(new)))
    return _merge_equal(codes)


def _merge_equal(
    codes: list[tuple[str, int, int, int, int]],
) -> list[tuple[str, int, int, int, int]]:
    merged: list[tuple[str, int, int, int, int]] = []
    for code in codes:
        if merged and code[0] == merged[-1][0] == "equal":
            last = merged.pop()
            code = ("equal", last[1], code[2], last[3], code[4])
        merged.append(code)
    return merged


def unified_hunks(old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    """The hunks of a unified diff; a last line without newline is marked as git does."""
    for group in _groups(line_opcodes(old, new)):
        first, last = group[0], group[-1]
        yield (f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@\n")
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                yield from (_marked(" ", line) for line in old[i1:i2])
                continue
            yield from (_marked("-", line) for line in old[i1:i2])
            yield from (_marked("+", line) for line in new[j1:j2])


def _groups(
    codes: list[tuple[str, int, int, int, int]],
) -> Iterator[list[tuple[str, int, int, int, int]]]:
    group: list[tuple[str, int, int, int, int]] = []
    for position, (tag, i1, i2, j1, j2) in enumerate(codes):
        if tag != "equal":
            group.append((tag, i1, i2, j1, j2))
            continue
        is_last = position == len(codes) - 1
        if group and (is_last or i2 - i1 > 2 * CONTEXT_LINES):
            end = min(i2, i1 + CONTEXT_LINES)
            group.append((tag, i1, end, j1, j1 + end - i1))
            yield group
            group = []
        elif group:
            group.append((tag, i1, i2, j1, j2))
        if not group and not is_last:
            start = max(i1, i2 - CONTEXT_LINES)
            if start < i2:
                group.append((tag, start, i2, j2 - (i2 - start), j2))
    if any(code[0] != "equal" for code in group):
        yield group


def _range(start: int, end: int) -> str:
    """GNU's notation: one-based start, length left out when one, 0-length at the line before."""
    length = end - start
    if length == 1:
        return str(start + 1)
    return f"{start + 1 if length else start},{length}"


def _marked(mark: str, line: str) -> str:
    if line.endswith("\n"):
        return mark + line
    return f"{mark}{line}\n\\ No newline at end of file\n"
