"""The tags of the Docker Official Images that are still rebuilt, taken apart for comparison.

A tag is a version, a set of flavour words and a distribution; the order of the words differs from
image to image (`3.12-slim-bookworm`, `22-bookworm-slim`, `21-jre-alpine-3.21`), so sets are
compared. Facts as of `as_of()`; what is newer than that is never called old.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from types import ModuleType

from hardening.facts.eol import (
    ODD_ARE_SHORT,
    Release,
    flavours,
    forgotten,
    release_of,
    releases,
    system_of,
)

_TAG = re.compile(r"\A(\d+(?:\.\d+)*)(?:-(.*))?\Z")
_SPLIT_ALPINE = re.compile(r"\Aalpine-(?=\d)|(?<=-)alpine-(?=\d)")
_MUSL = "alpine"
SYSTEMS_OF_THEIR_OWN = ("debian", "ubuntu")


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag of an official image. `release` is the cycle or code name it belongs to, `version` as
    written, `words` its flavour without the distribution, `system` the distribution it names (or
    stands on, then `implied`)."""

    image: str
    text: str
    release: str
    version: str
    words: frozenset[str]
    system: Release | None = None
    implied: bool = False

    @property
    def product(self) -> Release | None:
        """The release of the image itself, None when its dates are not known."""
        return release_of(self.image, self.version) if self.version else None

    @property
    def musl(self) -> bool:
        """Whether its C library is musl."""
        return self.image == _MUSL or _MUSL in self.words or self.family == _MUSL

    @property
    def family(self) -> str:
        """`debian`, `ubuntu`, `alpine`, "" when the tag does not say."""
        if self.image in (*SYSTEMS_OF_THEIR_OWN, _MUSL):
            return self.image
        return self.system.image if self.system is not None else ""

    @property
    def precision(self) -> int:
        return self.version.count(".") + 1


def read(image: str, text: str) -> Tag | None:
    """The parts of a tag; None for tags without a version or a known release (`latest`)."""
    match = _TAG.match(text)
    if match:
        version, rest = match[1], match[2] or ""
        release = _release(image, version)
    else:
        version, _, rest = text.partition("-")
        release = version if version in _built(image) or _codename(image, version) else ""
    if not release:
        return None
    return _tag(image, text, release, version, rest)


@cache
def listed(image: str) -> tuple[Tag, ...]:
    """Every tag of an image that is rebuilt, at the precision of its release."""
    found = []
    for release in filter(None, _built(image)):
        for flavour in sorted(flavours(image, release)):
            text = f"{release}-{flavour}" if flavour else release
            found.append(_tag(image, text, release, release, flavour))
    return tuple(found)


@cache
def newest_versions(image: str) -> dict[str, str]:
    """Release → its newest version (`3.12` → `3.12.14`), where all flavours have it."""
    rows = (row.split() for row in _tables().VERSIONS.get(image, "").split(";") if row.strip())
    return {row[0]: row[1] for row in rows}


def at_precision(tag: Tag, parts: int) -> str | None:
    """The listed tag's text with a version of so many parts; None when that is not known."""
    if tag.version.count(".") + 1 == parts or not tag.version[:1].isdigit():
        return tag.text if tag.precision == parts else None
    version = newest_versions(tag.image).get(tag.release, "").split(".")
    if parts > len(version) or parts < tag.precision:
        return None
    return ".".join(version[:parts]) + tag.text.removeprefix(tag.version)


def superseded(tag: Tag) -> str:
    """The newest version of its release when a tag names an older one, else ""."""
    newest = newest_versions(tag.image).get(tag.release, "")
    if not newest or tag.precision <= tag.release.count(".") + 1:
        return ""
    shortened = ".".join(newest.split(".")[: tag.precision])
    return shortened if numbers(tag.version) < numbers(shortened) else ""


def numbers(version: str) -> tuple[int, ...]:
    """`3.12.4` for comparison."""
    return tuple(int(part[:9]) for part in version.split(".") if part.isdigit())


def short_lived(tag: Tag) -> bool:
    """Releases that nobody should move to: odd Node.js, the mainline of nginx."""
    first = tag.release.partition(".")[0]
    if tag.image in ODD_ARE_SHORT:
        return first.isdigit() and int(first) % 2 == 1
    minor = numbers(tag.release)[1:2]
    return tag.image == "nginx" and bool(minor) and minor[0] % 2 == 1


def _release(image: str, version: str) -> str:
    known = {*_built(image), *(one.cycle for one in releases(image))} - {""}
    fits = (one for one in known if version == one or version.startswith(one + "."))
    old = None if version in known else forgotten(image, version)
    return max(fits, key=len, default="" if old is None else old.cycle)


def as_of() -> date:
    """The day of the list of tags."""
    found: date = _tables().AS_OF
    return found


def _built(image: str) -> Mapping[str, str]:
    from hardening.facts.flavours_table import FLAVOURS

    return FLAVOURS.get(image, {})


def _tables() -> ModuleType:
    """Loaded when a tag is first looked up."""
    from hardening.facts import official_table

    return official_table


def _codename(image: str, name: str) -> bool:
    return any(one.codename and one.codename == name for one in releases(image))


def _tag(image: str, text: str, release: str, version: str, rest: str) -> Tag:
    words = [one for one in _SPLIT_ALPINE.sub("alpine", rest).split("-") if one]
    systems = {word: one for word in words if (one := system_of(word)) is not None}
    left = frozenset(word for word in words if word not in systems)
    if systems:
        return Tag(image, text, release, version, left, next(iter(systems.values())))
    plain = Tag(image, text, release, version, left)
    behind = _implied(image).get(rest or "-", "")
    # An older version was built on what was current then, which nothing here says.
    if not behind or release not in _built(image) or superseded(plain):
        return plain
    return replace(plain, system=system_of(behind), implied=True)


@cache
def _implied(image: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in _tables().SYSTEMS.get(image, "").split())
