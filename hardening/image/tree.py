"""The merged file system of an image: what a container of it sees.

Layers are stacked as OCI image-spec `layer.md` says: a layer first deletes from the layers
below (whiteouts, opaque directories), whatever the order in its tar, then adds its own entries.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import replace
from types import CodeType, FunctionType

from hardening.image.columns import DIRECTORY, FILE, HARDLINK, SYMLINK, Columns
from hardening.image.model import Entry, EntryType

MAX_LINKS = 40
"""Symbolic links followed for one path, as Linux does (`ELOOP`)."""

ROW_BITS = 32
ROW_MASK = (1 << ROW_BITS) - 1
IMPLICIT = ROW_MASK
"""Row of a directory that a layer needs but has no entry for; it counts as 0755, root-owned."""


def pack(layer: int, row: int) -> int:
    """One number for row `row` of layer `layer`."""
    return layer << ROW_BITS | row


class MergedTree:
    """`hardening.image.model.Tree` over columns. `merged` maps each path to a packed row;
    `children` may name paths that are no longer there."""

    __slots__ = ("_children", "_columns", "_entries", "_merged", "_selected", "_sorted")

    def __init__(
        self,
        columns: Sequence[Columns],
        merged: Mapping[str, int],
        children: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self._columns = columns
        self._merged = merged
        self._children = children
        self._sorted: list[str] | None = None
        self._entries: tuple[Entry, ...] = ()
        self._selected: dict[CodeType, tuple[Entry, ...]] = {}

    def __len__(self) -> int:
        return len(self._merged)

    def __contains__(self, path: object) -> bool:
        return path in self._merged

    def __iter__(self) -> Iterator[str]:
        return iter(self.paths())

    def paths(self) -> Sequence[str]:
        """Every path, sorted."""
        if self._sorted is None:
            self._sorted = sorted(self._merged)
        return self._sorted

    def entries(self) -> tuple[Entry, ...]:
        """Every entry, sorted by path; made once, because many rules look at all of them."""
        if not self._entries:
            rows = self._merged
            self._entries = tuple(self.entry(path, rows[path]) for path in self.paths())
        return self._entries

    def select(self, wanted: Callable[[Entry], bool]) -> tuple[Entry, ...]:
        """The entries that a pure predicate takes. The answer is remembered for a function that
        holds no variables of its surroundings: an image does not change while rules run again."""
        code = wanted.__code__ if isinstance(wanted, FunctionType) else None
        if code is None or wanted.__closure__ is not None:
            return tuple(filter(wanted, self.entries()))
        if code not in self._selected:
            self._selected[code] = tuple(filter(wanted, self.entries()))
        return self._selected[code]

    def under(self, folder: str) -> Sequence[str]:
        """Every path below a directory, sorted; the directory itself is not among them."""
        paths = self.paths()
        if not folder:
            return paths
        first = bisect_left(paths, folder + "/")
        return paths[first : bisect_left(paths, folder + "0")]

    def rows(self) -> Mapping[str, int]:
        """Path → packed row, in no order."""
        return self._merged

    def layer_at(self, number: int) -> int:
        return number >> ROW_BITS

    def is_file_at(self, number: int) -> bool:
        row = number & ROW_MASK
        return row != IMPLICIT and self._columns[number >> ROW_BITS].kinds[row] in (FILE, HARDLINK)

    def large(self, smallest: int) -> Sequence[str]:
        found = {
            pack(layer, row)
            for layer, columns in enumerate(self._columns)
            for row, size in enumerate(columns.sizes)
            if size >= smallest
        }
        return [path for path, number in self._merged.items() if number in found]

    def get(self, path: str) -> Entry | None:
        packed = self._merged.get(path)
        return None if packed is None else self.entry(path, packed)

    def entry(self, path: str, packed: int) -> Entry:
        """The entry of a packed row of this tree."""
        layer, row = packed >> ROW_BITS, packed & ROW_MASK
        if row == IMPLICIT:
            return Entry(path, EntryType.DIRECTORY, 0o755, 0, 0, 0, layer)
        entry = self._columns[layer].entry(row, layer)
        if entry.path == path:
            return entry
        return replace(entry, path=path)

    def resolve(self, path: str) -> Entry | None:
        found = resolve_path(path, self._link_at, self._merged)
        if found is None:
            return None
        if not found:
            return Entry("", EntryType.DIRECTORY, 0o755, 0, 0, 0, 0)
        return self.get(found)

    def _link_at(self, path: str) -> str | None:
        packed = self._merged.get(path)
        if packed is None or packed & ROW_MASK == IMPLICIT:
            return None
        columns = self._columns[packed >> ROW_BITS]
        row = packed & ROW_MASK
        return columns.links.get(row, "") if columns.kinds[row] == SYMLINK else None

    def children(self, path: str) -> Sequence[str]:
        if self._children is None:
            self._children = children_of(self._merged)
        skip = len(path) + 1 if path else 0
        held = self._children.get(path, ())
        return sorted({child[skip:] for child in held if child in self._merged})

    def is_directory(self, path: str) -> bool:
        """True when there is a directory at exactly this path; the root is one."""
        if not path:
            return True
        packed = self._merged.get(path)
        if packed is None:
            return False
        row = packed & ROW_MASK
        return row == IMPLICIT or self._columns[packed >> ROW_BITS].kinds[row] == DIRECTORY


def children_of(paths: Mapping[str, int]) -> dict[str, list[str]]:
    """Directory → full paths of what it holds."""
    found: dict[str, list[str]] = {}
    for path in paths:
        parent = path.rpartition("/")[0]
        if parent in found:
            found[parent].append(path)
        else:
            found[parent] = [path]
    return found


def resolve_path(
    path: str, link_at: Callable[[str], str | None], exists: Container[str]
) -> str | None:
    """Where a path leads inside the image root, links followed in every component.

    `link_at` gives the target of a symbolic link, None for anything else. `..` never leaves the
    root. None for a missing path, a dangling link or more than `MAX_LINKS` links; "" is the root.
    """
    pending = path.split("/")[::-1]
    done: list[str] = []
    followed = 0
    while pending:
        part = pending.pop()
        if part in ("", "."):
            continue
        if part == "..":
            del done[-1:]
            continue
        done.append(part)
        candidate = "/".join(done)
        target = link_at(candidate)
        if target is None:
            if candidate not in exists:
                return None
            continue
        followed += 1
        if followed > MAX_LINKS:
            return None
        done = [] if target.startswith("/") else done[:-1]
        pending.extend(target.split("/")[::-1])
    return "/".join(done)
