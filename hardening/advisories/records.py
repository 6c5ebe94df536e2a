"""Reads one OSV record. Feeds are hostile input: what has not the right shape is left out, what is
too large is refused, nothing else is assumed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hardening.advisories.model import Affected, Interval, Record
from hardening.advisories.severity import listed, rating_of
from hardening.advisories.versions import InvalidVersion, key_of, scheme_of

MAX_TEXT = 500
MAX_ITEMS = 20_000


def read_record(document: Any) -> Record | None:
    """The record, None for a withdrawn one or a document that is no OSV record."""
    if not isinstance(document, Mapping) or document.get("withdrawn"):
        return None
    identifier = _text(document.get("id"), 128)
    if not identifier:
        return None
    affected = tuple(
        found
        for item in listed(document.get("affected"))[:MAX_ITEMS]
        if (found := _affected(item)) is not None
    )
    return Record(
        id=identifier,
        modified=_text(document.get("modified"), 40),
        summary=_text(document.get("summary"), MAX_TEXT)
        or _text(document.get("details"), MAX_TEXT).partition("\n")[0],
        rating=rating_of(document),
        aliases=_texts(document.get("aliases")),
        upstream=_texts(document.get("upstream")),
        related=_texts(document.get("related")),
        affected=affected,
        informational=any(_is_informational(item) for item in listed(document.get("affected"))),
    )


def _text(value: Any, most: int) -> str:
    return value[:most] if isinstance(value, str) else ""


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(one[:128] for one in listed(value)[:MAX_ITEMS] if isinstance(one, str) and one)


def _is_informational(item: Any) -> bool:
    specific = item.get("database_specific") if isinstance(item, Mapping) else None
    return isinstance(specific, Mapping) and bool(specific.get("informational"))


def _affected(item: Any) -> Affected | None:
    package = item.get("package") if isinstance(item, Mapping) else None
    if not isinstance(package, Mapping):
        return None
    ecosystem, name = _text(package.get("ecosystem"), 128), _text(package.get("name"), 256)
    if not ecosystem or not name:
        return None
    intervals = tuple(
        interval
        for one in listed(item.get("ranges"))[:MAX_ITEMS]
        if isinstance(one, Mapping) and one.get("type") != "GIT"
        for interval in _intervals(ecosystem, listed(one.get("events")))
    )
    specific = item.get("ecosystem_specific")
    urgency = _text(specific.get("urgency"), 40) if isinstance(specific, Mapping) else ""
    versions = _texts(item.get("versions"))
    if scheme_of(ecosystem) in ("debian", "alpine", "rpm") and intervals:
        versions = ()
    return Affected(ecosystem, name, intervals, versions, urgency)


def _intervals(ecosystem: str, events: list[Any]) -> Iterator[Interval]:
    """Events in version order become intervals (OSV schema, "Evaluation")."""
    steps = [
        (kind, value)
        for event in events[:MAX_ITEMS]
        if isinstance(event, Mapping)
        for kind, value in event.items()
        if kind in ("introduced", "fixed", "last_affected", "limit") and isinstance(value, str)
    ]
    low: str | None = None
    is_open = False
    for kind, value in _ordered(ecosystem, steps):
        if kind == "introduced":
            if not is_open:
                low, is_open = (None if value == "0" else value[:256]), True
        elif is_open:
            yield Interval(low, value[:256], kind == "last_affected")
            is_open = False
    if is_open:
        yield Interval(low, None)


def _ordered(ecosystem: str, steps: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """By version, where the scheme can say; as written otherwise."""
    scheme = scheme_of(ecosystem)
    if scheme is None or len(steps) < 3:
        return steps
    try:
        return sorted(
            steps,
            key=lambda step: (
                (0, 0) if step[1] == "0" else (1, key_of(scheme, step[1])),
                step[0] != "introduced",
            ),
        )
    except (InvalidVersion, TypeError):
        return steps
