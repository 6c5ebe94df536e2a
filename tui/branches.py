"""A tree of groups over a flat list: rows are made for what is open only.

No Textual here. Each item says the groups that it stands in, outermost first; groups are sorted by
their own `order`, those of the same order and all items stay as they come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

OPEN_ROWS = 40
"""Groups are open at first as long as the tree has no more rows than this."""

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """A group: `key` names it among its siblings, `order` sorts it there (siblings
    of the same order stay as their first items come), `note` is said quietly behind its title."""

    key: str
    title: str
    order: tuple[float | str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Twig:
    """One visible row: a group with the items below it, or (`branch` None) one item."""

    path: Path
    depth: int
    branch: Branch | None
    items: tuple[int, ...]

    @property
    def item(self) -> int | None:
        """The item of a leaf, None for a group."""
        return self.items[0] if self.branch is None else None


@dataclass(slots=True)
class _Group:
    branch: Branch
    path: Path
    groups: dict[str, _Group] = field(default_factory=dict)
    items: list[int] = field(default_factory=list)

    def all_items(self) -> Iterator[int]:
        for one in self.groups.values():
            yield from one.all_items()
        yield from self.items


class BranchTree:
    """Rows of `items` (numbers of a list elsewhere) under the groups that `branches_of` says.

    `choices` hold which groups a person opened or closed; pass those of the tree before so that
    they survive a filter or another order. `all_open` opens everything: for a search.
    """

    def __init__(
        self,
        items: Iterable[int],
        branches_of: Callable[[int], tuple[Branch, ...]],
        *,
        choices: dict[Path, bool] | None = None,
        all_open: bool = False,
    ) -> None:
        self.choices: dict[Path, bool] = {} if choices is None else choices
        self._all_open = all_open
        self._root = _Group(Branch("", ""), ())
        self._paths: dict[int, Path] = {}
        for item in items:
            self._add(item, branches_of(item))
        self._initial = set(self._open_small())
        self._rows: list[Twig] | None = None
        self._positions: dict[Path, int] = {}

    def _add(self, item: int, branches: tuple[Branch, ...]) -> None:
        group = self._root
        for branch in branches:
            found = group.groups.get(branch.key)
            if found is None:
                found = group.groups[branch.key] = _Group(branch, (*group.path, branch.key))
            group = found
        group.items.append(item)
        self._paths[item] = group.path

    def _open_small(self) -> Iterator[Path]:
        """Groups that are open before a person chooses: outermost and first ones first, as long as
        there is room for all that they hold."""
        waiting = _in_order(self._root)
        shown = len(waiting)
        while waiting:
            group = waiting.pop(0)
            below = len(group.groups) + len(group.items)
            if shown + below > OPEN_ROWS:
                continue
            shown += below
            yield group.path
            waiting.extend(_in_order(group))

    def __len__(self) -> int:
        return len(self._paths)

    @property
    def rows(self) -> list[Twig]:
        """What is visible now, in order."""
        if self._rows is None:
            self._rows = list(self._walk(self._root, 0))
            self._positions = {twig.path: number for number, twig in enumerate(self._rows)}
        return self._rows

    def _walk(self, group: _Group, depth: int) -> Iterator[Twig]:
        for one in _in_order(group):
            yield Twig(one.path, depth, one.branch, tuple(one.all_items()))
            if self.is_open(one.path):
                yield from self._walk(one, depth + 1)
        for item in group.items:
            yield Twig((*group.path, f"#{item}"), depth, None, (item,))

    def is_open(self, path: Path) -> bool:
        if self._all_open:
            return True
        return self.choices.get(path, path in self._initial)

    def set_open(self, path: Path, is_open: bool) -> None:
        """Open or close a group; nothing happens while a search keeps everything open."""
        self.choices[path] = is_open
        self._rows = None

    def position(self, path: Path) -> int | None:
        """The visible row of a path."""
        return self._positions.get(path) if self.rows else None

    def row_of(self, item: int) -> int | None:
        """The visible row of an item: its own, or that of the closed group it is in; None when it
        is not in the tree."""
        path = self._paths.get(item)
        if path is None:
            return None
        for depth in range(1, len(path) + 1):
            if not self.is_open(path[:depth]):
                return self.position(path[:depth])
        return self.position((*path, f"#{item}"))

    def reveal(self, item: int) -> int | None:
        """Open the groups of an item; its row, None when it is not in the tree."""
        path = self._paths.get(item)
        if path is None:
            return None
        for depth in range(1, len(path) + 1):
            if not self.is_open(path[:depth]):
                self.set_open(path[:depth], True)
        return self.row_of(item)


def _in_order(group: _Group) -> list[_Group]:
    return sorted(group.groups.values(), key=lambda one: one.branch.order)
