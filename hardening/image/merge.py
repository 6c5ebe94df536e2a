"""Stacking layers: the merged tree, and the bytes that later layers waste.

Two figures come out. `score` is dive's formula (wagoodman/dive, `filetree/efficiency.go`): over
all paths, the smallest copy divided by all copies. `removable` is what dive means to count and
does not: the bytes of copies that no container can see. It leaves the live copy out, and counts
what a whiteout of a whole directory hides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hardening.errors import ImageError
from hardening.image.columns import DIRECTORY, HARDLINK, SYMLINK, Columns
from hardening.image.model import Efficiency
from hardening.image.tree import IMPLICIT, ROW_BITS, ROW_MASK, MergedTree, pack, resolve_path

MAX_PATHS = 4_000_000
"""Paths of the merged tree, directories without an entry of their own included."""

MAX_MADE = 256 << 20
"""Characters of all directory names that had to be made up: one deep path implies thousands."""


@dataclass(frozen=True, slots=True)
class Squash:
    """The merged tree with, per layer, the bytes that later layers overwrote or deleted."""

    tree: MergedTree
    wasted: tuple[int, ...]
    efficiency: Efficiency


def squash(layers: Sequence[Columns]) -> Squash:
    """Stack layers, lowest first. Raises ImageError when there are more than `MAX_PATHS` paths."""
    stack = _Stack(layers)
    for number in range(len(layers)):
        stack.put(number)
    tree = MergedTree(layers, stack.merged, stack.children)
    wasted = tuple(_wasted_bytes(layers, stack.merged, stack.hidden_bytes))
    return Squash(tree, wasted, Efficiency(stack.score(), sum(wasted)))


def _too_many(layer: int) -> ImageError:
    return ImageError(
        f"Layer {layer} brings the image to more paths than {MAX_PATHS:,}, or far too deep ones",
        "drydock stops there so that a hostile image cannot fill the memory",
    )


class _Stack:
    """The layers put so far.

    The keys of `children` are exactly the directories; their lists may still name what was
    removed since, or name it twice. `hidden_bytes` are those of each layer's entries that something
    above them, or later in the same layer, has taken out of sight.
    """

    def __init__(self, layers: Sequence[Columns]) -> None:
        self.layers = layers
        self.merged: dict[str, int] = {}
        self.children: dict[str, list[str]] = {"": []}
        self.total = 0
        self.made = 0
        self.repeats: dict[str, list[int]] = {}
        self.hidden: dict[str, int] = {}
        self.hidden_bytes = [0] * len(layers)

    def put(self, number: int) -> None:
        """Delete what the layer deletes, then add its entries."""
        columns = self.layers[number]
        for path in columns.opaque:
            for child in list(self.children.get(path, ())):
                self._remove(child)
            if path in self.children:
                self.children[path] = []
        for path in columns.whiteouts:
            self._whiteout(path)
        self._add(number, columns)
        if len(self.merged) > MAX_PATHS:
            raise _too_many(number)

    def _add(self, layer: int, columns: Columns) -> None:
        children, sizes = self.children, columns.sizes
        merged, put = self.merged, self.merged.setdefault
        hidden = self.hidden
        self.total += sum(sizes)
        first = layer << ROW_BITS
        siblings, of = children[""], ""
        numbers = range(first, first + len(columns.paths))
        for number, path, kind in zip(numbers, columns.paths, columns.kinds, strict=True):
            parent = path.rpartition("/")[0]
            if parent != of:
                found = children.get(parent)
                if found is None:
                    path, found = self._make_parents(path, layer)
                    parent = path.rpartition("/")[0]
                siblings, of = found, parent
            old = put(path, number)
            if old is number:
                siblings.append(path)
                if hidden and path in hidden:
                    self._repeat(path, hidden.pop(path), sizes[number & ROW_MASK])
            else:
                self._hide(old)
                if kind != DIRECTORY or path not in children:
                    self._replace(path, old, kind == DIRECTORY, sizes[number & ROW_MASK])
                merged[path] = number
            if kind == DIRECTORY and path not in children:
                children[path] = []

    def _replace(self, path: str, old: int, is_directory: bool, size: int) -> None:
        """Something else takes the place of an entry; a directory loses what it held."""
        self._repeat(path, self._size(old), size)
        held = self.children.pop(path, None)
        if held is None or is_directory:
            return
        for child in held:
            self._remove(child)

    def _make_parents(self, path: str, number: int) -> tuple[str, list[str]]:
        """Where an entry lands whose directory has no entry of its own: through the links below,
        as an unpacker would, and in new directories where there is none."""
        parent, _, name = path.rpartition("/")
        place = ""
        for part in parent.split("/"):
            step = f"{place}/{part}" if place else part
            if step not in self.children:
                target = self._through_link(step)
                if target is not None:
                    step = target
                else:
                    self._make_directory(step, place, number)
            place = step
        return (f"{place}/{name}" if place else name), self.children[place]

    def _make_directory(self, path: str, parent: str, number: int) -> None:
        old = self.merged.get(path)
        if old is None:
            self.children[parent].append(path)
        else:
            self._hide(old)
            self._repeat(path, self._size(old), 0)
        self.merged[path] = pack(number, IMPLICIT)
        self.children[path] = []
        self.made += len(path)
        if len(self.merged) > MAX_PATHS or self.made > MAX_MADE:
            raise _too_many(number)

    def _through_link(self, path: str) -> str | None:
        """The directory that a symbolic link leads to."""
        if self._link_at(path) is None:
            return None
        found = resolve_path(path, self._link_at, self.merged)
        return found if found is not None and found in self.children else None

    def _link_at(self, path: str) -> str | None:
        packed = self.merged.get(path)
        if packed is None or packed & ROW_MASK == IMPLICIT:
            return None
        columns, row = self.layers[packed >> ROW_BITS], packed & ROW_MASK
        return columns.links.get(row, "") if columns.kinds[row] == SYMLINK else None

    def _whiteout(self, path: str) -> None:
        if path not in self.merged:
            return
        is_directory = path in self.children
        size = self._size(self.merged[path])
        held = self._remove(path)
        self.hidden.pop(path, None)
        if is_directory:
            self.total += held
            self._repeat(path, None, held)
        else:
            self._repeat(path, size, 0)

    def _remove(self, path: str) -> int:
        """Take a path and everything below it out; returns the bytes that hides."""
        hidden = 0
        pending = [path]
        while pending:
            one = pending.pop()
            packed = self.merged.pop(one, None)
            if packed is None:
                continue
            size = self._hide(packed)
            hidden += size
            if size and one not in self.repeats:
                self.hidden[one] = size
            pending.extend(self.children.pop(one, ()))
        return hidden

    def _hide(self, packed: int) -> int:
        """Count the bytes of an entry that no container sees; returns how many they are."""
        size = self._size(packed)
        self.hidden_bytes[packed >> ROW_BITS] += size
        return size

    def _size(self, packed: int) -> int:
        row = packed & ROW_MASK
        return 0 if row == IMPLICIT else self.layers[packed >> ROW_BITS].sizes[row]

    def _repeat(self, path: str, old: int | None, new: int) -> None:
        """Note one more copy of a path: `[smallest, sum]` as dive keeps them."""
        known = self.repeats.get(path)
        if known is None:
            first = new if old is None else old
            self.repeats[path] = [min(first, new), new if old is None else old + new]
            return
        known[0] = min(known[0], new)
        known[1] += new

    def score(self) -> float:
        """dive's efficiency, 1.0 for an image without bytes."""
        if not self.total:
            return 1.0
        surplus = sum(copies - smallest for smallest, copies in self.repeats.values())
        return (self.total - surplus) / self.total


def _wasted_bytes(
    layers: Sequence[Columns], merged: dict[str, int], hidden: Sequence[int]
) -> Iterator[int]:
    """Per layer, the bytes of files that the merged tree does not hold.

    The data of a file whose name is gone stays needed while a hard link of the same layer to it
    is there.
    """
    alive: frozenset[int] | None = None
    for number, (columns, dead) in enumerate(zip(layers, hidden, strict=True)):
        if dead and HARDLINK in columns.kinds:
            alive = alive or frozenset(merged.values())
            dead -= _kept_by_links(columns, number, alive)
        yield dead


def _kept_by_links(columns: Columns, number: int, alive: frozenset[int]) -> int:
    """Bytes of entries whose own path is gone but which a living hard link still needs."""
    rows = columns.index()
    needed: set[int] = set()
    for row, path in columns.links.items():
        if columns.kinds[row] == HARDLINK and pack(number, row) in alive:
            target = rows.get(path)
            if target is not None and pack(number, target) not in alive:
                needed.add(target)
    return sum(columns.sizes[row] for row in needed)
