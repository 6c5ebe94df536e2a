"""The line above the titles of the Packages and Vulnerabilities tabs: what mends how many, what is
hidden or in hand, what was not assessed, and how old the data is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tui.packages import PackageList
from tui.rows import Cell, Cells
from tui.text import clean, width
from tui.vulnerabilities import VulnerabilityList, action_counts

if TYPE_CHECKING:
    from hardening.advisories.assessment import Assessment
    from hardening.subject import Subject

OLD = timedelta(days=90)
"""Data whose newest record is older than this says little about today."""


def lead_cells(parts: Sequence[Cell], cells_wide: int) -> Cells:
    """As many of the parts as fit, the last ones first."""
    said: list[Cell] = []
    room = cells_wide - 1
    for text, tone in reversed(parts):
        if width(text) > room:
            break
        said.append((text, tone))
        room -= width(text) + 3
    cells: Cells = []
    for text, tone in reversed(said):
        cells += [(" · ", "muted")] if cells else []
        cells.append((text, tone))
    return cells


def vulnerability_lead(listed: VulnerabilityList, today: date) -> Iterator[Cell]:
    """What matters most last."""
    found = listed.assessment
    if found is None or not found.rows:
        return
    for action, count in action_counts(found.rows).items():
        yield f"{count:,} {action}", "muted"
    yield from _hidden(listed.hidden, shown=listed.shows_hidden)
    if listed.in_hand:
        yield f"{len(listed.in_hand):,} in hand: build anew to see", "good"
    yield from _not_assessed(found)
    yield from data_cells(found, today)


def package_lead(listed: PackageList) -> Iterator[Cell]:
    inventory = listed.inventory
    if inventory is None:
        return
    yield from _hidden(listed.hidden, shown=listed.shows_hidden)
    if inventory.not_assessed:
        yield f"{len(inventory.not_assessed):,} not read (i)", "warn"


def _hidden(count: int, *, shown: bool) -> Iterator[Cell]:
    if count:
        yield f"{count:,} {'more shown' if shown else 'hidden'} (H)", "muted"


def _not_assessed(found: Assessment) -> Iterator[Cell]:
    if found.not_assessed:
        yield f"{len(found.not_assessed):,} not assessed (i)", "warn"


def data_cells(found: Assessment | None, today: date) -> Iterator[Cell]:
    """The newest record of each source: from the oldest of them to the youngest."""
    feeds = found.feeds if found is not None else ()
    days = sorted((one.newest or one.imported)[:10] for one in feeds)
    if not days:
        return
    first, last = clean(days[0], 10), clean(days[-1], 10)
    told = first if first == last else f"{first} to {last}"
    is_old = first < (today - OLD).isoformat()
    yield (f"▲ old data: {told}", "warn") if is_old else (f"data of {told}", "muted")


def rows_in_hand(subject: Subject | None) -> frozenset[int]:
    """Numbers of the rows that the changed texts mend, or whose base they replace."""
    if subject is None or subject.assessment is None or subject.built_from is None:
        return frozenset()
    if subject.built_from.texts == subject.texts:
        return frozenset()
    from hardening.rules import support_vulnerabilities as support

    left = support.shares(subject)
    kept = {id(row.vulnerability) for row in (*left.base, *left.own)}
    return frozenset(
        number
        for number, row in enumerate(subject.assessment.rows)
        if id(row.vulnerability) not in kept
        and not row.vulnerability.hidden
        and not support.is_malicious(row.vulnerability)
    )
