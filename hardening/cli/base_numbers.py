"""Known vulnerabilities of a base and of its rows, as `drydock base` tells them: where each number
is from, and "unknown" where nothing was read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hardening.advisories.assessment import Assessment
    from hardening.advisories.model import Vulnerability
    from hardening.rewrites.base_delta import Numbers

NOT_READ_HERE = "not read: see --compare"


@dataclass(frozen=True)
class Row:
    """What was read of one row: `numbers` None is unknown, `why` tells."""

    numbers: Numbers | None = None
    size: int | None = None
    why: str = NOT_READ_HERE
    source: str = ""


@dataclass(frozen=True)
class Known:
    """Of the base and of the rows by name. `source` says what the base's numbers are read from,
    `data` when the advisories are from."""

    base: Numbers | None = None
    source: str = ""
    rows: Mapping[str, Row] = field(default_factory=dict)
    data: tuple[str, ...] = ()


NOT_READ = Known()


def read_numbers(
    base: str,
    rows: Iterable[str],
    at_hand: Assessment | None,
    *,
    platform: str | None,
    read_base: bool,
    lists: Mapping[str, Mapping[str, Any]],
) -> Known:
    """The base from the image that was built on it, else like a row: from the engine, else from
    the list of packages that its builder attached (`lists`, by name). Raises Cancelled."""
    from hardening.rewrites.base_delta import base_numbers

    found, source = base_numbers(at_hand), "the image at hand"
    data = _dates(at_hand)
    if found is None and read_base:
        row, dates = _read(base, platform, lists.get(base))
        found, source, data = row.numbers, row.source, data or dates
    read: dict[str, Row] = {}
    for name in rows:
        read[name], dates = _read(name, platform, lists.get(name))
        data = data or dates
    return Known(found, source if found is not None else "", read, data)


def _read(
    name: str, platform: str | None, listed: Mapping[str, Any] | None
) -> tuple[Row, tuple[str, ...]]:
    from hardening.opening.base_packages import listed_base_packages, local_base_packages
    from hardening.rewrites.base_delta import whole_numbers

    one, source = local_base_packages(name, platform=platform), f"{name} of the local engine"
    if one.assessment is None and listed is not None:
        one, source = listed_base_packages(listed, name), "the list that its builder attached"
    row = Row(whole_numbers(one.assessment), one.size, one.why, source)
    return row, _dates(one.assessment)


def _dates(found: Assessment | None) -> tuple[str, ...]:
    feeds = found.feeds if found is not None else ()
    return tuple(f"{one.name} of {one.newest or one.imported}" for one in feeds)


def base_values_of(known: Known) -> dict[str, Any] | None:
    if known.base is None:
        return None
    return {
        "by_severity": dict(known.base.by_severity()),
        "total": known.base.total,
        "with_fix": known.base.fixable,
        "hidden": known.base.hidden,
        "source": known.source,
        "data": list(known.data),
    }


def row_values_of(known: Known, name: str) -> dict[str, Any]:
    """`vulnerabilities` None is unknown; without the base's numbers there is nothing to compare,
    the row's own are told alone."""
    row = known.rows.get(name, Row())
    values: dict[str, Any] = {
        "size_bytes": row.size,
        "vulnerabilities": None,
        "vulnerabilities_note": row.why,
    }
    if row.numbers is None:
        return values
    from hardening.rewrites.base_delta import delta

    found: dict[str, Any] = {
        "by_severity": dict(row.numbers.by_severity()),
        "total": row.numbers.total,
        "fixed": None,
        "brought": None,
        "remaining": None,
        "source": row.source,
    }
    if known.base is not None:
        change = delta(known.base, row.numbers)
        found["fixed"] = _counted(change.fixed)
        found["brought"] = _counted(change.brought)
        found["remaining"] = _counted(change.remaining)
    values["vulnerabilities"] = found
    return values


def _counted(found: Iterable[Vulnerability]) -> dict[str, int]:
    from hardening.rewrites.base_delta import by_severity

    return dict(by_severity(found))
