"""The tree of a layer's files, and of the whole image, opened folder by folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from hardening.image.model import Entry, EntryType, Image
from tui.rows import Cells
from tui.text import clean, fit, fit_right, human_size

MAX_MATCHES = 5_000


class Change(StrEnum):
    """What a layer did to a path. `WALKED`: a folder only on the way to something else."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    WALKED = "walked"


@dataclass(frozen=True, slots=True)
class Node:
    """One visible row. `path` is the full path, `depth` its indentation."""

    path: str
    depth: int
    is_folder: bool
    entry: Entry | None
    removed: bool = False

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


class FileTree:
    """A layer's entries (`layer` given) or the merged image. Built once per layer, off the screen's
    thread; afterwards only opened folders cost anything."""

    def __init__(self, image: Image, layer: int | None) -> None:
        self.image = image
        self.layer = layer
        self.expanded: set[str] = set()
        self.needle = ""
        self._children: dict[str, list[str]] = {}
        self._entries: dict[str, Entry] = {}
        self._removed: frozenset[str] = frozenset()
        self._sizes: dict[str, int] = {}
        self._rows: list[Node] | None = None
        self._paths: list[tuple[str, str]] | None = None
        self._positions: dict[str, int] | None = None
        if layer is not None:
            self._read_layer(layer)
            self._expand_small()

    def _read_layer(self, number: int) -> None:
        layer = self.image.layers[number]
        self._removed = frozenset(layer.whiteouts)
        seen: set[str] = set()
        for entry in layer.entries():
            self._entries[entry.path] = entry
            self._link(entry.path, seen)
            if entry.type is EntryType.FILE:
                self._add_size(entry.path, entry.size)
        for path in self._removed:
            self._link(path, seen)

    def _link(self, path: str, seen: set[str]) -> None:
        """Hang a path under its parents, each once."""
        while path and path not in seen:
            seen.add(path)
            parent = path.rpartition("/")[0]
            self._children.setdefault(parent, []).append(path)
            path = parent

    def _add_size(self, path: str, size: int) -> None:
        while path:
            path = path.rpartition("/")[0]
            self._sizes[path] = self._sizes.get(path, 0) + size

    def _expand_small(self) -> None:
        """Open folders on the way down while they hold one thing: nobody wants to open four."""
        waiting = list(self._children.get("", ()))
        shown = len(waiting)
        while waiting and shown < 40:
            path = waiting.pop(0)
            below = self._children.get(path)
            if not below or shown + len(below) > 40:
                continue
            self.expanded.add(path)
            shown += len(below)
            waiting.extend(below)

    # Rows

    @property
    def rows(self) -> list[Node]:
        """What is visible now, in order."""
        if self._rows is None:
            self._rows = list(self._matching() if self.needle else self._walk("", 0))
            self._positions = None
        return self._rows

    def _walk(self, folder: str, depth: int) -> Iterator[Node]:
        for path in self._sorted_children(folder):
            node = self._node(path, depth)
            yield node
            if node.is_folder and path in self.expanded:
                yield from self._walk(path, depth + 1)

    def _sorted_children(self, folder: str) -> Iterable[str]:
        if self.layer is None:
            prefix = f"{folder}/" if folder else ""
            return [prefix + name for name in self.image.tree.children(folder)]
        below = self._children.get(folder, [])
        below.sort(key=lambda path: (not self._is_folder(path), path))
        return below

    def _is_folder(self, path: str) -> bool:
        entry = self._entries.get(path)
        return path in self._children or (entry is not None and entry.type is EntryType.DIRECTORY)

    def _node(self, path: str, depth: int) -> Node:
        if self.layer is None:
            entry = self.image.tree.get(path)
            folder = entry is not None and entry.type is EntryType.DIRECTORY
            return Node(path, depth, folder, entry)
        removed = path in self._removed
        return Node(path, depth, self._is_folder(path), self._entries.get(path), removed)

    def _matching(self) -> Iterator[Node]:
        words = self.needle.casefold().split()
        found = 0
        for path, lowered in self._searchable():
            if all(word in lowered for word in words):
                yield self._node(path, 0)
                found += 1
                if found >= MAX_MATCHES:
                    return

    def _searchable(self) -> list[tuple[str, str]]:
        """Every path with its lower-case form, made when the first search asks for it."""
        if self._paths is None:
            paths: Iterable[str] = self.image.tree
            if self.layer is not None:
                paths = sorted({*self._entries, *self._removed})
            self._paths = [(path, path.casefold()) for path in paths]
        return self._paths

    def search(self, needle: str) -> None:
        """Show every path that holds all the words, "" for the tree again."""
        self.needle = needle.strip()
        self._rows = None

    def toggle(self, path: str) -> None:
        if path in self.expanded:
            self.collapse(path)
        else:
            self.expand(path)

    def expand(self, path: str) -> None:
        self.expanded.add(path)
        self._rows = None

    def collapse(self, path: str) -> None:
        self.expanded.discard(path)
        self._rows = None

    def reveal(self, path: str) -> int | None:
        """Open the folders above a path; its row, None when it is not here."""
        known = (
            path in self.image.tree
            if self.layer is None
            else (path in self._entries or path in self._removed)
        )
        if not known:
            return None
        parent = path.rpartition("/")[0]
        missing = False
        while parent:
            missing = missing or parent not in self.expanded
            self.expanded.add(parent)
            parent = parent.rpartition("/")[0]
        if missing:
            self._rows = None
        return self.position(path)

    def position(self, path: str) -> int | None:
        rows = self.rows
        if self._positions is None:
            self._positions = {node.path: number for number, node in enumerate(rows)}
        return self._positions.get(path)

    def change(self, node: Node) -> Change:
        """What the layer did to this path; asked for visible rows only."""
        if node.removed:
            return Change.REMOVED
        if node.entry is None:
            return Change.WALKED
        if self.layer is None:
            return Change.WALKED
        below = self._existed_below(node.path, self.layer)
        if below and node.is_folder:
            return Change.WALKED
        return Change.CHANGED if below else Change.ADDED

    def _existed_below(self, path: str, layer: int) -> bool:
        parts = path.split("/")
        above = ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]
        for number in range(layer - 1, -1, -1):
            lower = self.image.layers[number]
            if lower.get(path) is not None:
                return True
            gone = lower.whiteouts
            if gone and any(one in gone for one in above):
                return False
        return False

    def size_of(self, node: Node) -> int | None:
        if node.is_folder:
            return self._sizes.get(node.path)
        return None if node.entry is None else node.entry.size

    def __len__(self) -> int:
        return len(self._entries) if self.layer is not None else len(self.image.tree)


_CHANGE_CELLS = {
    Change.ADDED: ("+", "added"),
    Change.CHANGED: ("~", "warn"),
    Change.REMOVED: ("-", "removed"),
    Change.WALKED: (" ", "muted"),
}
_TYPE_LETTERS = {
    EntryType.FILE: "-",
    EntryType.HARDLINK: "-",
    EntryType.DIRECTORY: "d",
    EntryType.SYMLINK: "l",
    EntryType.CHARACTER: "c",
    EntryType.BLOCK: "b",
    EntryType.FIFO: "p",
}


def mode_words(entry: Entry) -> str:
    """`-rwsr-xr-x`, as `ls -l` prints it."""
    text = _TYPE_LETTERS[entry.type]
    for shift, special, letter in ((6, 0o4000, "s"), (3, 0o2000, "s"), (0, 0o1000, "t")):
        bits = entry.mode >> shift & 7
        last = "x" if bits & 1 else "-"
        if entry.mode & special:
            last = letter if bits & 1 else letter.upper()
        text += ("r" if bits & 4 else "-") + ("w" if bits & 2 else "-") + last
    return text


def node_cells(tree: FileTree, node: Node, cells_wide: int) -> Cells:
    """`+ -rw-r--r-- 0:0  1.2 kB  ▾ etc/` with the change first."""
    mark, tone = _CHANGE_CELLS[tree.change(node)]
    entry = node.entry
    cells: Cells = [(mark + " ", tone)]
    if cells_wide >= 60:
        mode = mode_words(entry) if entry is not None else ""
        risky = entry is not None and entry.is_file and bool(entry.mode & 0o6002)
        cells.append((fit(mode, 11), "warn" if risky else "muted"))
        owner = f"{entry.uid}:{entry.gid}" if entry is not None else ""
        cells.append((fit_right(owner, 9) + " ", "muted"))
    size = tree.size_of(node)
    cells.append((fit_right("" if size is None else human_size(size), 8) + "  ", "number"))
    if tree.needle:
        folder, _, name = node.path.rpartition("/")
        cells.append((clean(f"{folder}/" if folder else ""), "muted"))
        name = clean(name)
    else:
        cells.append(("  " * min(node.depth, 40), "plain"))
        name = clean(node.name)
    if node.is_folder and not tree.needle:
        cells.append(("▾ " if node.path in tree.expanded else "▸ ", "muted"))
    elif not tree.needle:
        cells.append(("  ", "plain"))
    plain = "strong" if node.is_folder else "plain"
    cells.append((name + ("/" if node.is_folder else ""), tone if node.removed else plain))
    if entry is not None and entry.link:
        cells.append((" → " + clean(entry.link, 400), "muted"))
    return cells
