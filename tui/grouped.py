"""A list that is shown as a tree: what it holds, what of it is shown, how it is grouped and sorted.

No Textual here. `PackageList` and `VulnerabilityList` say what their items are.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from tui.branches import Branch, BranchTree, Path
from tui.ordering import Sorting
from tui.sides import Side
from tui.text import contains, haystack

T = TypeVar("T")
U = TypeVar("U")
BRANCHES = "branches"
Order = Callable[[T], tuple[object, ...]]


class Grouped(Generic[T]):
    """Items after filter, side and sort, as a tree of groups."""

    GROUPINGS: ClassVar[tuple[str, ...]] = ()
    SORTS: ClassVar[tuple[str, ...]] = ()

    def __init__(self) -> None:
        self.items: Sequence[T] = ()
        self.grouping = self.GROUPINGS[0]
        self.sorting = Sorting(self.SORTS[0])
        self.needle = ""
        self.side = Side.ALL
        self.shows_hidden = False
        self._choices: dict[str, dict[Path, bool]] = {}
        self._tree: BranchTree | None = None
        self._hidden = 0
        self._known: dict[Hashable, Any] = {}
        """What was worked out of the items once, for every key pressed in a filter."""
        self._known_of: Sequence[T] | None = None

    # What subclasses say

    def fields(self, item: T) -> tuple[str, ...]:
        """What the filter looks at."""
        raise NotImplementedError

    def is_base(self, item: T) -> bool:
        raise NotImplementedError

    def is_hidden(self, item: T) -> bool:
        """True for what only stands behind the counter."""
        raise NotImplementedError

    def branches(self, item: T) -> tuple[Branch, ...]:
        """The groups of an item under the present grouping."""
        raise NotImplementedError

    def order(self, column: str) -> Order[T]:
        raise NotImplementedError

    # Changes

    def forget(self) -> None:
        """The items are others, or are shown otherwise."""
        self._tree = None

    def regroup(self) -> None:
        """The groups say something else now, or the items are others."""
        for name in [one for one in self._known if isinstance(one, tuple) and one[0] == BRANCHES]:
            del self._known[name]
        self.forget()

    def set_needle(self, needle: str) -> None:
        self.needle = needle.strip()
        self.forget()

    def set_side(self, side: Side) -> None:
        if side is not self.side:
            self.side = side
            self.forget()

    def next_grouping(self) -> str:
        """The next grouping, which is shown from now on."""
        place = self.GROUPINGS.index(self.grouping)
        self.grouping = self.GROUPINGS[(place + 1) % len(self.GROUPINGS)]
        self.forget()
        return self.grouping

    def sort_by(self, column: str) -> Sorting:
        """Sort by a column; the same column again turns the order around."""
        reverse = not self.sorting.reverse if self.sorting.column == column else False
        self.sorting = Sorting(column, reverse)
        self.forget()
        return self.sorting

    def sort_next(self) -> Sorting:
        place = self.SORTS.index(self.sorting.column)
        return self.sort_by(self.SORTS[(place + 1) % len(self.SORTS)])

    def toggle_hidden(self) -> bool:
        """Show what is hidden, or hide it again; True when it is shown now."""
        self.shows_hidden = not self.shows_hidden
        self.forget()
        return self.shows_hidden

    # What is shown

    @property
    def tree(self) -> BranchTree:
        if self._tree is None:
            self._tree = self._make()
        return self._tree

    @property
    def hidden(self) -> int:
        """How many stand behind the counter, shown or not."""
        if self._tree is None:
            self._tree = self._make()
        return self._hidden

    def _make(self) -> BranchTree:
        kept = [n for n in self._in_order() if self._keeps(n)]
        hides = self._once("hidden", lambda: [self.is_hidden(one) for one in self.items])
        shown = [n for n in kept if not hides[n]]
        self._hidden = len(kept) - len(shown)
        branches = self._once(
            (BRANCHES, self.grouping), lambda: [self.branches(one) for one in self.items]
        )
        return BranchTree(
            kept if self.shows_hidden else shown,
            branches.__getitem__,
            choices=self._choices.setdefault(self.grouping, {}),
            all_open=bool(self.needle),
        )

    def _in_order(self) -> list[int]:
        """Numbers of all items, sorted."""

        def make() -> list[int]:
            order = self.order(self.sorting.column)
            keys = [order(one) for one in self.items]
            reverse = self.sorting.reverse
            return sorted(range(len(keys)), key=keys.__getitem__, reverse=reverse)

        return self._once(("order", self.sorting), make)

    def _keeps(self, number: int) -> bool:
        is_base = self._once("base", lambda: [self.is_base(one) for one in self.items])
        if not self.side.keeps(base=is_base[number]):
            return False
        if not self.needle:
            return True
        texts = self._once("texts", lambda: [haystack(*self.fields(one)) for one in self.items])
        return contains(self.needle, texts[number])

    def _once(self, name: Hashable, make: Callable[[], list[U]]) -> list[U]:
        """What is the same as long as the items are the same."""
        if self._known_of is not self.items:
            self._known, self._known_of = {}, self.items
        if name not in self._known:
            self._known[name] = make()
        found: list[U] = self._known[name]
        return found
