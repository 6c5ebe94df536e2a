"""What time does to an answer: releases that nobody mends any more, and data that grew old."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from hardening.advisories.ecosystems import distribution
from hardening.advisories.lifecycle import Life, life_of
from hardening.advisories.model import Feed
from hardening.advisories.store import Store
from hardening.inventory.model import Inventory
from hardening.model import Skipped

STALE = timedelta(days=1)
OLD = timedelta(days=7)
_UPDATE = "Run `drydock db update`."
_TABLES = ("endoflife",)


def warnings(store: Store, inventory: Inventory, today: date) -> Iterator[Skipped]:
    """Everything about release and data that makes the rows fewer than the truth."""
    yield from end_of_life(inventory, store, today)
    yield from _alpine(store, inventory)
    old = [one for one in store.feeds() if one.name not in _TABLES and age(one, today) > OLD]
    if old:
        first = min(old, key=lambda one: one.imported)
        names = ", ".join(one.name for one in old[:6]) + (" and more" if len(old) > 6 else "")
        yield Skipped(
            f"what was published since {first.imported[:10]}",
            f"advisory data is over {OLD.days} days old: {names}",
            _UPDATE,
        )


def age(feed: Feed, today: date) -> timedelta:
    """How long ago the feed was imported; zero when its date is none."""
    try:
        imported = datetime.fromisoformat(feed.imported)
    except ValueError:
        return timedelta(0)
    return max(today - imported.astimezone(UTC).date(), timedelta(0))


def end_of_life(inventory: Inventory, store: Store | None, today: date) -> Iterator[Skipped]:
    """That the image's release is over, or lives on long-term support alone."""
    life = life_of(inventory.release, store) if inventory.release is not None else None
    if life is None:
        return
    source = f"({life.source}, {life.known})" if life.known else f"({life.source})"
    if life.is_over(today):
        yield Skipped(
            f"what was found in {life.name} since its end",
            f"{life.name} {_ended(life)}: its advisories stopped, so there are more than are shown"
            f" {source}",
            "Move to a maintained release: `drydock base` proposes one.",
        )
    elif life.only_extended(today):
        yield Skipped(
            f"packages of {life.name} outside long-term support",
            f"its security team stopped on {life.ends}; long-term support until {life.extended}"
            f" covers fewer packages {source}",
            "Plan the move to a newer release.",
        )


def _ended(life: Life) -> str:
    last = life.extended or life.ends
    return f"ended on {last}" if last is not None else "has ended"


def _alpine(store: Store, inventory: Inventory) -> Iterator[Skipped]:
    release = inventory.release
    ecosystem = distribution(release)
    if ecosystem is None or release is None or release.id != "alpine":
        return
    branch = ecosystem.partition(":")[2]
    if ecosystem not in store.ecosystems():
        return
    if f"Alpine {branch} community" not in {one.name for one in store.feeds()}:
        yield Skipped(
            f"community packages of Alpine {branch}",
            "the store has no data of that repository",
            "Run `drydock db update Alpine`.",
        )
    yield Skipped(
        f"unfixed vulnerabilities of Alpine {branch}", "Alpine publishes those that it has fixed"
    )


def aged(feed: Feed, today: date) -> str:
    """What to say of a feed that is over a day old, "" for a younger one."""
    old = age(feed, today)
    if old > OLD:
        return f"old: {old.days} days, update it"
    return f"stale: {old.days} days" if old > STALE else ""
