"""What time does to an answer: releases that nobody mends any more, and data that grew old."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from hardening.advisories.ecosystems import distribution
from hardening.advisories.lifecycle import Life, life_of
from hardening.advisories.model import Feed
from hardening.advisories.store import Store
from hardening.inventory.model import Inventory
from hardening.skipped import Skipped

STALE = timedelta(days=1)
OLD = timedelta(days=7)
ENDED = timedelta(days=90)
"""No living source is silent for so long."""
_UPDATE = "Run `drydock db update`."
_SCORES = {"kev": "which are exploited (KEV)", "epss": "how likely exploitation is (EPSS)"}
_TABLES = ("endoflife", "kev")


def warnings(store: Store, inventory: Inventory, today: date) -> Iterator[Skipped]:
    """Everything about release and data that makes the rows fewer than the truth."""
    yield from end_of_life(inventory, store, today)
    yield from _alpine(store, inventory)
    yield from _old(store.feeds(), today)
    missing = [name for table, name in _SCORES.items() if not store.holds(table)]
    if missing:
        yield Skipped(
            " and ".join(missing),
            "the store has no such data",
            f"Run `drydock db update {' '.join(t for t in _SCORES if not store.holds(t))}`.",
        )


def _old(feeds: Sequence[Feed], today: date) -> Iterator[Skipped]:
    """Feeds that were imported, or whose newest record was made, too long ago."""
    late = [one for one in feeds if one.name not in _TABLES and age(one, today) > OLD]
    if late:
        first = min(one.imported[:10] for one in late)
        yield Skipped(
            f"what was published since {first}",
            f"advisory data was imported over {OLD.days} days ago: {_named(late)}",
            _UPDATE,
        )
    ended = [one for one in feeds if one not in late and _days_since(one.newest, today) > ENDED]
    if ended:
        first = min(one.newest[:10] for one in ended)
        yield Skipped(
            f"what was published since {first}",
            f"the newest record is over {ENDED.days} days old: {_named(ended)}",
            _UPDATE,
        )


def _named(feeds: Sequence[Feed]) -> str:
    return ", ".join(one.name for one in feeds[:6]) + (" and more" if len(feeds) > 6 else "")


def age(feed: Feed, today: date) -> timedelta:
    """How long ago the feed was imported; zero when its date is none."""
    return _days_since(feed.imported, today)


def _days_since(moment: str, today: date) -> timedelta:
    try:
        then = datetime.fromisoformat(moment) if moment else None
    except ValueError:
        return timedelta(0)
    if then is None:
        return timedelta(0)
    day = then.astimezone(UTC).date() if then.tzinfo else then.date()
    return max(today - day, timedelta(0))


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
            f"Run `drydock db update Alpine:{branch}`.",
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
