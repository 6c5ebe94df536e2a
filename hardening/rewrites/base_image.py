"""Which base image would be better: rows to choose from, each with what it changes and brings.

Rows come from the listed tags of the official images; a number that nobody measured is None. The
flavour and the C library stay, and versions keep their precision, unless a row says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import IntEnum
from functools import lru_cache

from hardening.facts.eol import Ended, Release, ended, release_of
from hardening.facts.official import (
    Tag,
    at_precision,
    listed,
    numbers,
    read,
    short_lived,
    superseded,
)

SLIM = "slim"
DATABASES = frozenset(
    {
        "postgres", "postgresql", "mysql", "mariadb", "mongo", "mongodb", "neo4j", "rabbitmq",
        "redis", "elasticsearch",
    }
)  # fmt: skip
"""Their data files may have to be migrated for another release."""


class Risk(IntEnum):
    """How much a move asks of the person: REFRESH least."""

    REFRESH = 0
    PATCH = 1
    SYSTEM = 2
    MINOR = 3
    MAJOR = 4
    FLAVOUR = 5

    @property
    def label(self) -> str:
        """`R3`."""
        return f"R{self.value}"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A tag to move to. `ends` holds the releases of runtime and distribution it stands on, where
    they are known. `gains` says why it is better, `changes` what moves."""

    tag: Tag
    risk: Risk
    changes: tuple[str, ...]
    gains: tuple[str, ...]
    libc_changes: bool = False
    source: str = ""
    """Where the row comes from, "" for the list of official images."""
    name: str = ""
    """The image to move to where it is another one, "" for the same."""
    successor: bool = False
    """Whether that image took the place of one that is no longer built."""

    @property
    def ends(self) -> tuple[Release, ...]:
        return releases_under(self.tag)


def releases_under(tag: Tag) -> tuple[Release, ...]:
    """The releases whose maintenance matters for a tag: runtime first, then distribution."""
    return tuple(one for one in (tag.product, tag.system) if one is not None)


def worries(tag: Tag, today: date) -> tuple[str, ...]:
    """Why a tag that is still maintained should be left soon; empty when it is fine."""
    found = []
    newest = superseded(tag)
    if newest:
        found.append(f"{tag.image} {tag.version} is no longer rebuilt since {newest} came")
    for one in releases_under(tag):
        if one.ends_soon(today):
            name = f"{one.image} {one.cycle}"
            found.append(f"{name} gets no more security fixes after {one.ends}")
    if not newest and _dropped(tag):
        found.append(f"{tag.image}:{tag.text} is no longer rebuilt, newer distributions are")
    return tuple(found)


def is_over(tag: Tag, today: date) -> bool:
    return any(one.is_over(today) for one in releases_under(tag))


def _dropped(tag: Tag) -> bool:
    """Not listed, while the same flavour is on a newer release of the same distribution. What is
    newer than the list is not judged."""
    if tag.system is None or tag.implied:
        return False
    kin = [
        one for one in listed(tag.image) if one.release == tag.release and one.words == tag.words
    ]
    same = [one for one in kin if one.system and one.family == tag.family and not one.implied]
    if not same or any(one.system == tag.system for one in same):
        return False
    return all(_order(one) > _order(tag) for one in same)


def _order(tag: Tag) -> tuple[int, ...]:
    return numbers(tag.system.cycle) if tag.system is not None else ()


@lru_cache(maxsize=256)
def candidates(image: str, text: str, today: date, *, libc: bool = False) -> tuple[Candidate, ...]:
    """Rows for `image:text`, least risk first and of one risk the nearest first; empty for images
    and tags that are not known. `libc` adds rows that change the C library."""
    old = read(image, text)
    if old is None:
        return ()
    rows: dict[Risk, list[Candidate]] = {}
    for new in _comparable(old, today):
        row = _row(old, new, today)
        if row is not None and (libc or not row.libc_changes):
            rows.setdefault(row.risk, []).append(row)
    return tuple(one for risk in sorted(rows) for one in _nearest_and_newest(rows[risk], today))


def onward(image: str, text: str, today: date) -> tuple[Candidate, ...]:
    """Rows of the same flavour that last, to leave a tag that is over or soon will be. For tags
    that are not compared (`php:7-fpm`, `buildpack-deps:stretch`) the nearest maintained one."""
    rows = [one for one in candidates(image, text, today) if one.risk is not Risk.FLAVOUR]
    rows = [one for one in rows if not worries(one.tag, today)] or rows
    found = ended(image, text, today) if not rows else None
    if found is None or not found.candidate:
        return tuple(rows)
    new = read(image, found.candidate) or Tag(image, found.candidate, "", "", frozenset())
    return (Candidate(new, _risk_of(image, found), found.changed, ("maintained again",)),)


def _risk_of(image: str, found: Ended) -> Risk:
    moved = [one for one in found.changed if one.startswith(f"{image} ")]
    if not moved or image in ("debian", "ubuntu", "alpine"):
        return Risk.SYSTEM
    old, _, new = moved[0].removeprefix(f"{image} ").partition(" → ")
    return Risk.MINOR if numbers(old)[:1] == numbers(new)[:1] else Risk.MAJOR


def _nearest_and_newest(rows: list[Candidate], today: date) -> list[Candidate]:
    """Of many rows of one risk the ends, of those that last where some do; rows of another
    flavour are few and stay, but for one C library the newest alone."""
    if rows[0].risk is Risk.FLAVOUR:
        musl = [row for row in rows if row.libc_changes]
        newest = sorted(musl, key=lambda row: _order(row.tag))[-1:]
        return [*(row for row in rows if not row.libc_changes), *newest]
    lasting = [row for row in rows if not worries(row.tag, today)]
    ordered = sorted(lasting or rows, key=lambda row: (_release_order(row.tag), _order(row.tag)))
    return ordered if len(ordered) < 3 else [ordered[0], ordered[-1]]


def _comparable(old: Tag, today: date) -> Iterator[Tag]:
    """Listed tags at the old one's precision, written in the same way, and maintained."""
    numeric = old.version[:1].isdigit()
    for one in listed(old.image):
        if one.release[:1].isdigit() is not numeric or short_lived(one):
            continue
        text = at_precision(one, old.precision) if numeric else one.text
        new = read(old.image, text) if text is not None else None
        if new is None or new.text == old.text or is_over(new, today):
            continue
        if _explicit(new) == _explicit(old):
            yield new


def _explicit(tag: Tag) -> bool:
    return tag.system is not None and not tag.implied


def _libc_moves(old: Tag, new: Tag) -> bool:
    return old.musl is not new.musl


def _flavour(tag: Tag) -> frozenset[str]:
    return tag.words - {"alpine"}


def _row(old: Tag, new: Tag, today: date) -> Candidate | None:
    """None where the tag is older, another flavour than a slimmer one, or no gain."""
    libc = _libc_moves(old, new)
    slimmer = _flavour(new) == _flavour(old) | {SLIM} and SLIM not in old.words
    if libc:
        if (
            old.musl
            or _flavour(new) | {SLIM} != _flavour(old) | {SLIM}
            or not _same_release(old, new)
        ):
            return None
        change = f"C library glibc → musl ({old.text} → {new.text})"
        changes = (change, *_changes(old, replace(new, system=old.system)))
        return Candidate(new, Risk.FLAVOUR, changes, ("smaller",), libc_changes=True)
    if slimmer:
        return _slim(old, new)
    if _flavour(new) != _flavour(old) or _family_moves(old, new) or _older(old, new):
        return None
    changes = tuple(_changes(old, new))
    gains = tuple(gains_of(old, new, today))
    if not changes or not gains:
        return None
    return Candidate(new, _risk(old, new), changes, gains)


def _same_release(old: Tag, new: Tag) -> bool:
    return old.release == new.release


def _slim(old: Tag, new: Tag) -> Candidate | None:
    """The same without what only building needs, on the same distribution; of a tag that is no
    longer rebuilt on the distributions and in the version that are."""
    if not _same_release(old, new) or old.musl or _family_moves(old, new) or _older(old, new):
        return None
    moved = tuple(_changes(old, new))
    if moved and _is_rebuilt(old):
        return None
    gain = "fewer packages, so fewer holes and a smaller image"
    return Candidate(new, Risk.FLAVOUR, (f"{old.text} → {new.text}", *moved), (gain,))


def _is_rebuilt(tag: Tag) -> bool:
    kin = (at_precision(one, tag.precision) for one in listed(tag.image))
    return tag.text in kin or any(one.text == tag.text for one in listed(tag.image))


def _family_moves(old: Tag, new: Tag) -> bool:
    return bool(old.family and new.family and old.family != new.family)


def _older(old: Tag, new: Tag) -> bool:
    if _release_order(new) < _release_order(old):
        return True
    if _same_release(old, new) and numbers(new.version) < numbers(old.version):
        return True
    return _explicit(old) and _order(new) < _order(old)


def _release_order(tag: Tag) -> tuple[int, ...]:
    """Code names are compared by their release's number."""
    return numbers(tag.product.cycle) if tag.product is not None else numbers(tag.release)


def _changes(old: Tag, new: Tag) -> Iterator[str]:
    if old.version != new.version:
        yield f"{old.image} {old.version} → {new.version}"
    if _explicit(old) and old.system != new.system:
        yield f"{_name(old.system)} → {_name(new.system)}"


def _name(release: Release | None) -> str:
    if release is None:
        return "unknown"
    return release.codename or f"{release.image} {release.cycle}"


def gains_of(old: Tag, new: Tag, today: date) -> Iterator[str]:
    """Why a tag is better than the old one, as far as dates and lists tell."""
    if superseded(old) and not superseded(new):
        yield "rebuilt whenever its distribution is mended"
    elif _dropped(old):
        yield "listed, so rebuilt whenever its distribution is mended"
    was = {one.image: one for one in releases_under(old)}
    for one in releases_under(new):
        before = was.get(one.image)
        if before is None or before == one:
            continue
        if before.is_lts_only(today) and one.full_until and not one.is_lts_only(today):
            old_name = f"{before.image} {before.cycle}"
            yield f"full security support until {one.full_until}: {old_name} has LTS only"
        if before.ends and one.ends and one.ends > before.ends:
            yield f"{one.image} maintained until {one.ends} instead of {before.ends}"
        elif before.ends is None and before.is_over(today):
            yield f"{one.image} maintained" + (f" until {one.ends}" if one.ends else "")
        elif before.ends and one.ends is None:
            yield f"{one.image} {one.cycle} has no end announced"


def _risk(old: Tag, new: Tag) -> Risk:
    if old.release != new.release:
        if old.image in ("debian", "ubuntu", "alpine"):
            return Risk.SYSTEM
        same = numbers(old.release)[:1] == numbers(new.release)[:1]
        return Risk.MINOR if same else Risk.MAJOR
    return Risk.SYSTEM if _explicit(old) and old.system != new.system else Risk.PATCH


DISTROLESS = {
    "node": {"22": "nodejs22-debian13", "24": "nodejs24-debian13", "26": "nodejs26-debian13"},
    "python": {"3.13": "python3-debian13"},
    "eclipse-temurin": {"17": "java17-debian13", "21": "java21-debian13", "25": "java25-debian13"},
}


def distroless(image: str, text: str) -> Candidate | None:
    """The image without a shell for the same release, where there is one; for people to judge."""
    old = read(image, text)
    target = DISTROLESS.get(image, {}).get(old.release, "") if old is not None else ""
    if old is None or not target or old.musl:
        return None
    name = f"gcr.io/distroless/{target}"
    tag = Tag(name, "nonroot", "13", "", frozenset(), release_of("debian", "13"))
    change = f"{image}:{old.text} → {name}:nonroot"
    gain = "no shell, no package manager, not root"
    return Candidate(tag, Risk.FLAVOUR, (change,), (gain,), source="distroless project", name=name)
