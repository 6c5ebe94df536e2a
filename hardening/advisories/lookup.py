"""Which advisories of the store affect which packages: by ranges and exact versions only.

The rows of many packages are fetched by one query.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from hardening.advisories.model import Bound, Target
from hardening.advisories.scopes import Scope, scope_of
from hardening.advisories.store import Store
from hardening.advisories.versions import InvalidVersion, key_function, scheme_of

CHUNK = 400
Key = Callable[[str], Any]
"""From a version to what sorts as its ecosystem does; raises InvalidVersion."""
_T = TypeVar("_T")
_Row = tuple[int, int, str | None, str | None, int, str, str]
"""Ecosystem, advisory, low, high, bound, urgency, name."""


class Hit(NamedTuple):
    """One advisory that affects one target. `fixed` is "" when no version is known to mend it;
    `paid` is the version that mends it for subscribers."""

    advisory: int
    target: Target
    fixed: str = ""
    urgency: str = ""
    paid: str = ""


@dataclass(slots=True)
class Found:
    """What a look-up gathers. `judged` holds, for Alpine, each pair of target and advisory that has
    a range, affected or not; `unreadable` those whose range is none."""

    hits: list[Hit] = field(default_factory=list)
    judged: set[tuple[Target, int]] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    incomparable: list[Target] = field(default_factory=list)
    unreadable: list[tuple[Target, int]] = field(default_factory=list)


def chunks(items: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


def marks(count: int) -> str:
    return ",".join("?" * count)


def look_up(store: Store, targets: Iterable[Target]) -> Found:
    """Every hit of every target; an ecosystem that the store knows nothing of is named."""
    found = Found()
    known = store.ecosystems()
    groups: dict[str, list[Target]] = {}
    for target in dict.fromkeys(targets):
        groups.setdefault(target.ecosystem, []).append(target)
    for ecosystem, group in groups.items():
        scheme, scope = scheme_of(ecosystem), scope_of(ecosystem, known)
        if scheme is None or scope is None:
            found.unknown.add(ecosystem)
            continue
        _look_up(store, scheme, scope, group, found)
    return found


def _look_up(
    store: Store, scheme: str, scope: Scope, group: Sequence[Target], found: Found
) -> None:
    key = key_function(scheme)
    for part in chunks(group):
        ranges = _ranges(store, scope, part)
        exact = _exact(store, scope, part)
        for target in part:
            rows = ranges.get(target.name, {})
            listed = exact.get((target.name, target.version), ())
            if rows or listed:
                _judge(key, scope, target, rows, listed, found)


def _ranges(
    store: Store, scope: Scope, part: Sequence[Target]
) -> Mapping[str, Mapping[int, list[_Row]]]:
    names = tuple({one.name for one in part})
    numbers = (*scope.free, *scope.paid)
    found: dict[str, dict[int, list[_Row]]] = {}
    rows: Iterable[_Row] = store.connection.execute(
        "SELECT eco, adv, lo, hi, bound, urgency, name FROM rng"
        f" WHERE eco IN ({marks(len(numbers))}) AND name IN ({marks(len(names))})",
        (*numbers, *names),
    )
    for row in rows:
        found.setdefault(row[6], {}).setdefault(row[1], []).append(row)
    return found


def _exact(
    store: Store, scope: Scope, part: Sequence[Target]
) -> Mapping[tuple[str, str], list[int]]:
    found: dict[tuple[str, str], list[int]] = {}
    for number in scope.free:
        pairs = [value for one in part for value in (one.name, one.version)]
        for name, version, advisory in store.connection.execute(
            f"WITH asked(name, v) AS (VALUES {','.join(['(?,?)'] * len(part))})"
            " SELECT ver.name, ver.v, ver.adv FROM asked CROSS JOIN ver"
            " ON ver.eco = ? AND ver.name = asked.name AND ver.v = asked.v",
            (*pairs, number),
        ):
            found.setdefault((name, version), []).append(advisory)
    return found


def _judge(
    key: Key,
    scope: Scope,
    target: Target,
    rows: Mapping[int, list[_Row]],
    listed: Sequence[int],
    found: Found,
) -> None:
    try:
        version = key(target.version)
    except InvalidVersion:
        found.incomparable.append(target)
        found.hits += [Hit(advisory, target) for advisory in listed]
        return
    if target.ecosystem.startswith("Alpine"):
        found.judged.update((target, advisory) for advisory in rows)
    left = set(listed)
    modular = _is_modular(target.version)
    for advisory, intervals in rows.items():
        try:
            if scope.paid:
                hit = _hit(key, scope, target, version, advisory, intervals)
            else:
                fixed = _fix(key, modular, version, intervals)
                hit = None if fixed is None else Hit(advisory, target, fixed, intervals[0][5])
            if hit is None and advisory in left:
                hit = Hit(advisory, target, _next_fix(key, version, intervals))
        except InvalidVersion:
            found.unreadable.append((target, advisory))
            continue
        if hit is not None:
            found.hits.append(hit)
            left.discard(advisory)
    found.hits += [Hit(advisory, target) for advisory in sorted(left)]


def _hit(
    key: Key,
    scope: Scope,
    target: Target,
    version: object,
    advisory: int,
    intervals: Sequence[_Row],
) -> Hit | None:
    """The free release's word counts; a paid one's where the free one says nothing."""
    free = [one for one in intervals if one[0] in scope.free]
    paid = [one for one in intervals if one[0] in scope.paid]
    if "esm" in target.version:
        free, paid = paid or free, []
    fixed = _fix(key, False, version, free or paid)
    if fixed is None:
        return None
    sold = fixed if not free else _fix(key, False, version, paid) or ""
    return Hit(
        advisory, target, fixed if free else "", intervals[0][5], "" if fixed and free else sold
    )


def _fix(key: Key, modular: bool, version: object, intervals: Sequence[_Row]) -> str | None:
    """The version that ends every interval which holds this one, "" when none does; None when no
    interval holds it. Intervals may overlap: an end that another one holds mends nothing. Raises
    InvalidVersion."""
    found = _end(key, modular, version, intervals)
    if not found or len(intervals) == 1:
        return found
    for _ in intervals:
        further = _end(key, modular, key(found), intervals)
        if not further:
            return found if further is None else ""
        found = further
    return found


def _end(key: Key, modular: bool, version: object, intervals: Sequence[_Row]) -> str | None:
    for _, _, low, high, bound, _, _ in intervals:
        if low is not None and version < key(low):
            continue
        if high is None:
            return ""
        if modular != _is_modular(high):
            continue
        end = key(high)
        if version < end or (bound == Bound.LAST_AFFECTED and version == end):
            return high if bound == Bound.FIXED else ""
    return None


def _is_modular(version: str) -> bool:
    """Whether an RPM was built in a module: such builds compare among themselves only."""
    return ".module" in version and (".module_el" in version or ".module+el" in version)


def _next_fix(key: Key, version: object, intervals: Sequence[_Row]) -> str:
    """The lowest version above this one that ends an interval, "" when there is none."""
    ends = [one[3] for one in intervals if one[3] is not None and one[4] == Bound.FIXED]
    above = [(key(end), end) for end in ends if key(end) > version]
    return min(above)[1] if above else ""
