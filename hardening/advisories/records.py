"""Reads one OSV record. Feeds are hostile input: what has not the right shape is left out, what is
too large is refused, nothing else is assumed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hardening.advisories.model import Affected, Bound, Interval, Record
from hardening.advisories.names import normal_name
from hardening.advisories.severity import listed, rating_of
from hardening.advisories.versions import InvalidVersion, key_of, scheme_of

MAX_TEXT = 300
MAX_NAMES = 4_000
MAX_ITEMS = 20_000
_DATE = re.compile(r"\d{4}-\d\d-\d\dT")
_PLAIN = re.compile(r"[\w.:-]*\Z", re.ASCII)
_LOOSE_CVE = re.compile(r"\bCVE (?=\d{4}-)")
_FROM_THE_FIRST = ("introduced", "0")
_RANGES_ONLY = frozenset({"debian", "alpine", "rpm"})
"""Schemes whose records list versions besides, many and to no purpose."""
EVERYTHING = Interval(None, None)
_WITHOUT_TAGS = Interval(None, "0.0.0", Bound.LIMIT)
_BOUNDS = {
    "introduced": None,
    "fixed": Bound.FIXED,
    "last_affected": Bound.LAST_AFFECTED,
    "limit": Bound.LIMIT,
}


class TooLarge(ValueError):
    """A record that affects more than any real one: a part of it would say something else."""


def is_withdrawn(document: Any) -> bool:
    """Whether it is an OSV record that its database took back."""
    return isinstance(document, dict) and bool(document.get("withdrawn") and document.get("id"))


def read_record(document: Any) -> Record | None:
    """The record, None for a withdrawn one, one past all measure or a document that is no OSV
    record."""
    if not isinstance(document, dict) or document.get("withdrawn"):
        return None
    try:
        return _read(document)
    except TooLarge:
        return None


def _read(document: dict[str, Any]) -> Record | None:
    identifier = _name(document.get("id"))
    if not identifier:
        return None
    affected = tuple(
        found
        for item in _bounded(document.get("affected"))
        if (found := _affected(item)) is not None
    )
    return Record(
        id=identifier,
        modified=_moment(document.get("modified")),
        summary=_text(document.get("summary"), MAX_TEXT)
        or _text(document.get("details"), MAX_TEXT).partition("\n")[0],
        rating=rating_of(document),
        aliases=_names(document.get("aliases")),
        upstream=_names(document.get("upstream")),
        related=_names(document.get("related")),
        affected=affected,
        hidden=_hidden(document, affected),
    )


def _text(value: Any, most: int) -> str:
    """At most so many characters, of which no lone surrogate: no database can hold one."""
    if not isinstance(value, str):
        return ""
    if len(value) <= most and value.isascii():
        return value
    short = value[:most]
    return short if short.isascii() else short.encode("utf-8", "replace").decode()


def _name(value: Any) -> str:
    """An id, on one line; Alpine's data has some CVEs with a blank in place of the hyphen."""
    text = _text(value, 128)
    if _PLAIN.match(text):
        return text
    return _LOOSE_CVE.sub("CVE-", " ".join(text.split()))


def _moment(value: Any) -> str:
    """A date as written, "" for what is none: dates are compared as text."""
    text = _text(value, 40)
    return text if _DATE.match(text) and not text.startswith("0001-") else ""


def _names(value: Any) -> tuple[str, ...]:
    if not value:
        return ()
    return tuple(filter(None, (_name(one) for one in listed(value)[:MAX_NAMES])))


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(filter(None, (_text(one, 128) for one in _bounded(value))))


def _bounded(value: Any) -> list[Any]:
    found = listed(value)
    if len(found) > MAX_ITEMS:
        raise TooLarge
    return found


def _hidden(document: Mapping[str, Any], affected: Sequence[Affected]) -> str:
    """Why a record is not worth a person's first look; "" for the others."""
    specific = document.get("database_specific")
    unreviewed = isinstance(specific, dict) and specific.get("review_status") == "UNREVIEWED"
    if unreviewed and not any(mends(one) for item in affected for one in item.intervals):
        return "nobody reviewed it, and it names no fix"
    if any(_is_informational(item) for item in listed(document.get("affected"))):
        return "informational, not a vulnerability"
    return ""


def mends(interval: Interval) -> bool:
    """Whether a version is known that ends the interval."""
    return interval.high is not None and interval.bound is Bound.FIXED


def _is_informational(item: Any) -> bool:
    specific = item.get("database_specific") if isinstance(item, dict) else None
    return isinstance(specific, dict) and bool(specific.get("informational"))


def _affected(item: Any) -> Affected | None:
    package = item.get("package") if isinstance(item, dict) else None
    if not isinstance(package, dict):
        return None
    ecosystem, name = _text(package.get("ecosystem"), 128), _text(package.get("name"), 256)
    if not ecosystem or not name:
        return None
    scheme = scheme_of(ecosystem)
    name = normal_name(scheme, name)
    intervals = _ranges(scheme, item.get("ranges"))
    urgency = ""
    specific = item.get("ecosystem_specific")
    if isinstance(specific, dict):
        urgency = _text(specific.get("urgency"), 40)
        if "custom_ranges" in specific and intervals == (EVERYTHING,):
            intervals = _custom(scheme, specific["custom_ranges"]) or intervals
    listed_versions = item.get("versions")
    if not listed_versions or (intervals and scheme in _RANGES_ONLY):
        return Affected(ecosystem, name, intervals, (), urgency)
    return Affected(ecosystem, name, intervals, _texts(listed_versions), urgency)


def _ranges(scheme: str | None, ranges: Any) -> tuple[Interval, ...]:
    found: list[Interval] = []
    for one in _bounded(ranges):
        if isinstance(one, dict) and one.get("type") != "GIT":
            found += _intervals(scheme, listed(one.get("events")))
    return tuple(found)


def _custom(scheme: str | None, ranges: Any) -> tuple[Interval, ...]:
    """What Go's database keeps for ranges that its own form cannot write, when each of their ends
    is a version. They say nothing of a module without tags (`v0.0.0-...`): there everything stays
    affected."""
    intervals = _ranges(scheme, ranges)
    if scheme is None or not intervals:
        return ()
    try:
        for one in intervals:
            for end in (one.low, one.high):
                if end is not None:
                    key_of(scheme, end)
    except InvalidVersion:
        return ()
    return (*intervals, _WITHOUT_TAGS)


def _intervals(scheme: str | None, events: list[Any]) -> Iterator[Interval]:
    """Events in version order become intervals (OSV schema, "Evaluation")."""
    if len(events) > MAX_ITEMS:
        raise TooLarge
    steps = [
        (kind, _text(value, 256))
        for event in events
        if isinstance(event, dict)
        for kind, value in event.items()
        if kind in _BOUNDS and isinstance(value, str)
    ]
    limits = [value for kind, value in steps if kind == "limit"]
    if limits:
        steps = [step for step in steps if step[0] != "limit"]
        yield from _cut(scheme, _joined(scheme, steps), limits)
        return
    yield from _joined(scheme, steps)


def _joined(scheme: str | None, steps: list[tuple[str, str]]) -> Iterator[Interval]:
    low: str | None = None
    is_open = False
    for kind, value in _ordered(scheme, steps):
        bound = _BOUNDS[kind]
        if bound is None:
            if not is_open:
                low, is_open = (None if value == "0" else value), True
        elif is_open:
            if value != "0" or bound is Bound.LAST_AFFECTED:
                yield Interval(low, value, bound)
            is_open = False
    if is_open:
        yield EVERYTHING if low is None else Interval(low, None)


def _cut(
    scheme: str | None, intervals: Iterator[Interval], limits: list[str]
) -> Iterator[Interval]:
    """What of them is before the furthest limit; `*` is none."""
    if "*" in limits or scheme is None:
        yield from intervals
        return
    try:
        end = max(limits, key=lambda one: key_of(scheme, one))
        furthest = key_of(scheme, end)
        for one in intervals:
            if one.low is not None and key_of(scheme, one.low) >= furthest:
                continue
            inside = one.high is not None and key_of(scheme, one.high) < furthest
            ends = inside or (one.high == end and one.bound is Bound.FIXED)
            yield one if ends else Interval(one.low, end, Bound.LIMIT)
    except InvalidVersion:
        yield Interval(None, limits[0], Bound.LIMIT)


def _ordered(scheme: str | None, steps: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """By version, where the scheme can say; as written otherwise. Of one version, the order of
    writing counts, but that it is the last affected comes after that it is the first."""
    if scheme is None or len(steps) < 2 or (len(steps) == 2 and steps[0] == _FROM_THE_FIRST):
        return steps
    try:
        return sorted(
            steps,
            key=lambda step: (
                (0, 0) if step[1] == "0" else (1, key_of(scheme, step[1])),
                step[0] == "last_affected",
            ),
        )
    except (InvalidVersion, TypeError):
        return steps
