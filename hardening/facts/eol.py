"""Is a base image's release still maintained, and which one comes next?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from hardening.facts.releases import AS_OF, RELEASES

_TAG = re.compile(r"\A(\d+(?:\.\d+)*)((?:-.*)?)\Z")
_PLAIN = re.compile(r"\A\d+(?:\.\d+)*\Z", re.ASCII)
_ALPINE = re.compile(r"\Aalpine(\d+\.\d+)\Z")
ODD_ARE_SHORT = frozenset({"node"})
SYSTEMS = ("debian", "ubuntu")
SOON = timedelta(days=180)
"""Nobody should move to a release that ends so soon, where another is there."""


@dataclass(frozen=True, slots=True)
class Release:
    """One release of one product. `ends` is None when no day is known; `over` then decides.
    `full_until` is the last day before long-term support by others, None where there is none."""

    image: str
    cycle: str
    ends: date | None
    over: bool
    codename: str = ""
    full_until: date | None = None

    @property
    def said(self) -> str:
        """`debian 10 (buster) ended on 2024-06-30`."""
        name = f"{self.image} {self.cycle}" + (f" ({self.codename})" if self.codename else "")
        return f"{name} ended on {self.ends}" if self.ends else f"{name} has ended"

    def is_over(self, today: date) -> bool:
        return self.over or (self.ends is not None and self.ends < today)

    def is_lts_only(self, today: date) -> bool:
        """Whether its own security team has stopped while others still mend it."""
        return not self.is_over(today) and self.full_until is not None and self.full_until < today

    def ends_soon(self, today: date) -> bool:
        """Whether a release that is not over yet will be within `SOON`."""
        return not self.is_over(today) and self.ends is not None and self.ends <= today + SOON


@dataclass(frozen=True, slots=True)
class Ended:
    """What of a tag is out of maintenance. `candidate` is the tag to move to, "" when none is
    known; `changed` names what moves ("python 3.8 → 3.11")."""

    releases: tuple[Release, ...]
    candidate: str = ""
    changed: tuple[str, ...] = ()


@cache
def releases(image: str) -> tuple[Release, ...]:
    """Releases of an official image, newest first; empty when it is not in the table."""
    found = []
    for row in filter(None, (part.strip() for part in RELEASES.get(image, "").split(";"))):
        cycle, when, *names = row.split()
        day = date.fromisoformat(when) if when[:1].isdigit() else None
        name, full = (*names, "", "")[:2]
        until = date.fromisoformat(full) if full else None
        found.append(Release(image, cycle, day, when == "ended", name, until))
    return tuple(found)


@cache
def flavours(image: str, release: str) -> frozenset[str]:
    """Suffixes that may follow the release in a tag, "" for none."""
    from hardening.facts.flavours_table import FLAVOURS

    words = FLAVOURS.get(image, {}).get(release, "").split()
    return frozenset("" if word == "-" else word for word in words)


def release_of(image: str, version: str) -> Release | None:
    """The release that a version or code name belongs to; for a floating version such as `7`
    the newest release that it may mean."""
    known = releases(image)
    for one in known:
        if version in (one.cycle, one.codename) or version.startswith(one.cycle + "."):
            return one
    floating = next((one for one in known if one.cycle.startswith(version + ".")), None)
    return floating or forgotten(image, version)


def forgotten(image: str, version: str) -> Release | None:
    """A release before the first one that is known (`golang:1.7`, `node:0.10`): nobody says when
    it ended, but it has."""
    if not _PLAIN.match(version):
        return None
    parts = version.split(".")[:2]
    first = min(
        (_numbers(one.cycle) for one in releases(image) if _PLAIN.match(one.cycle)), default=()
    )
    before = _numbers(".".join(parts)) < first[: len(parts)]
    return Release(image, ".".join(parts), None, over=True) if before else None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part[:9]) for part in version.split("."))


def system_of(token: str) -> Release | None:
    """The distribution release that a token of a tag names: `buster`, `jammy`, `alpine3.14`."""
    match = _ALPINE.match(token)
    if match:
        return release_of("alpine", match[1])
    for image in SYSTEMS:
        for one in releases(image):
            if one.codename and one.codename == token:
                return one
    return None


def ended(image: str, tag: str, today: date) -> Ended | None:
    """What of `image:tag` is over on a day, None when nothing is known to be."""
    version, suffix = _split(image, tag)
    product = release_of(image, version) if version else None
    tokens = [token for token in suffix.split("-") if token]
    systems = {token: found for token in tokens if (found := system_of(token)) is not None}
    over = [one for one in systems.values() if one.is_over(today)]
    if product is not None and product.is_over(today):
        over.insert(0, product)
    if not over:
        return None
    candidate, changed = _candidate(image, version, product, tokens, systems, today)
    return Ended(tuple(over), candidate, changed)


def _split(image: str, tag: str) -> tuple[str, str]:
    """Version (or code name) and the rest of a tag."""
    match = _TAG.match(tag)
    if match:
        return match[1], match[2].lstrip("-")
    head, _, rest = tag.partition("-")
    if any(one.codename == head for one in releases(image)):
        return head, rest
    return "", tag


def _candidate(
    image: str,
    version: str,
    product: Release | None,
    tokens: list[str],
    systems: dict[str, Release],
    today: date,
) -> tuple[str, tuple[str, ...]]:
    """The nearest maintained release whose flavours hold the same tokens."""
    if product is None:
        return ("", ()) if version else _moved_system(image, tokens, systems, today)
    by_name = bool(product.codename) and version == product.codename
    for target in _later(product, today):
        key = target.codename if by_name else target.cycle
        offered = flavours(image, key)
        for words, moved in _suffixes(tokens, systems, today):
            suffix = "-".join(words)
            if suffix not in offered:
                continue
            changed = moved
            if target is not product:
                old = product.codename if by_name else product.cycle
                changed = (f"{image} {old} → {key}", *moved)
            if changed:
                return f"{key}-{suffix}" if suffix else key, changed
    return "", ()


def _moved_system(
    image: str, tokens: list[str], systems: dict[str, Release], today: date
) -> tuple[str, tuple[str, ...]]:
    """The same tag on a maintained distribution, for tags without a release."""
    offered = flavours(image, "")
    for words, moved in _suffixes(tokens, systems, today):
        if moved and "-".join(words) in offered:
            return "-".join(words), moved
    return "", ()


def _later(product: Release, today: date) -> list[Release]:
    """The release itself and the later ones that are maintained: those that last first, of these
    the nearest first."""
    known = releases(product.image)
    from_here = known.index(product) + 1 if product in known else len(known)
    newer = [one for one in known[:from_here][::-1] if not one.is_over(today)]
    if product.image in ODD_ARE_SHORT:
        newer = [one for one in newer if int(one.cycle.split(".")[0]) % 2 == 0]
    ahead = sorted(
        newer,
        key=lambda one: (one.ends_soon(today), *(int(part) for part in one.cycle.split("."))),
    )
    return [one for one in ahead if one.ends is not None or (today - AS_OF).days < 400]


def _suffixes(
    tokens: list[str], systems: dict[str, Release], today: date
) -> list[tuple[list[str], tuple[str, ...]]]:
    """The tokens with each ended distribution replaced by a maintained one, nearest first."""
    variants: list[tuple[list[str], tuple[str, ...]]] = [([], ())]
    for token in tokens:
        system = systems.get(token)
        choices: list[tuple[str, tuple[str, ...]]]
        if system is None:
            choices = [(token, ())]
        else:
            choices = [
                (new, () if new == token else (f"{token} → {new}",))
                for one in _later(system, today)
                for new in [f"alpine{one.cycle}" if one.image == "alpine" else one.codename]
            ]
        variants = [
            ([*words, new], (*moved, *extra)) for words, moved in variants for new, extra in choices
        ]
    return variants
