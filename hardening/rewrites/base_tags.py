"""Rows for an image that is none of the official ones, from the tags that its registry lists.

Nothing is known of such tags but how they are written: the flavour words must be the same set, the
version as precise, and a distribution that is named must be the same kind and not older.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from hardening.facts.eol import system_of
from hardening.facts.official import Tag, numbers
from hardening.rewrites.base_image import Candidate, Risk, gains_of, is_over

_TAG = re.compile(r"\A(v?)(\d+(?:\.\d+)*)(?:[-_](.+))?\Z", re.ASCII)
_BUILD = re.compile(r"\A(?:r|build|b|p)?(\d+)\Z")
_UNFINISHED = re.compile(
    r"\A(?:alpha|beta|rc|dev|pre|preview|snapshot|nightly|canary|edge|unstable|test|ea|m)[.\d]*\Z"
)
_DATE = 100_000
"""A first number from here on is a date or a count of builds, no version."""
_ALPINE = re.compile(r"\Aalpine-(?=\d)|(?<=[-_])alpine-(?=\d)")
MAX_TEXT = 128


@dataclass(frozen=True, slots=True)
class _Written:
    tag: Tag
    prefix: str
    version: tuple[int, ...]
    build: int
    unfinished: bool


def read_tag(image: str, text: str) -> Tag | None:
    """A tag of any image that begins with a version; None for the others."""
    found = _read(image, text)
    return found.tag if found is not None else None


def from_tags(image: str, text: str, names: Iterable[str], today: date) -> tuple[Candidate, ...]:
    """Rows for `image:text` out of the listed names, least risk first: of each risk the nearest
    release and the newest, each in its newest patch release."""
    old = _read(image, text)
    if old is None:
        return ()
    groups: dict[Risk, dict[tuple[int, ...], _Written]] = {}
    for name in names:
        new = _read(image, name)
        risk = _risk(old, new) if new is not None and _fits(old, new, today) else None
        if new is None or risk is None:
            continue
        group = groups.setdefault(risk, {})
        key = new.version[: {Risk.MAJOR: 1, Risk.MINOR: 2}.get(risk, 0)]
        if key not in group or _order(group[key]) < _order(new):
            group[key] = new
    rows = []
    for risk in sorted(groups):
        ordered = sorted(groups[risk].values(), key=_order)
        rows += [_row(old, one, risk, today) for one in dict.fromkeys((ordered[0], ordered[-1]))]
    return tuple(rows)


def _read(image: str, text: str) -> _Written | None:
    match = _TAG.match(text) if len(text) <= MAX_TEXT else None
    if match is None:
        return None
    words = [one for one in re.split(r"[-_]", _ALPINE.sub("alpine", match[3] or "")) if one]
    build = _BUILD.match(words[-1]) if len(words) > 1 or (words and words[0][0] in "rb") else None
    if build is not None:
        words.pop()
    systems = {word: found for word in words if (found := system_of(word)) is not None}
    left = frozenset(word for word in words if word not in systems)
    system = next(iter(systems.values()), None)
    version = match[1] + match[2]
    tag = Tag(image, text, version, version, left, system)
    unfinished = any(_UNFINISHED.match(word) for word in left)
    count = int(build[1][:9]) if build is not None else -1
    return _Written(tag, match[1], numbers(match[2]), count, unfinished)


def _fits(old: _Written, new: _Written, today: date) -> bool:
    """Written in the same way, and a move that somebody may want."""
    if new.prefix != old.prefix or len(new.version) != len(old.version) or is_over(new.tag, today):
        return False
    if new.tag.words != old.tag.words or new.unfinished or (new.build < 0) is not (old.build < 0):
        return False
    if (new.version[0] >= _DATE) is not (old.version[0] >= _DATE):
        return False
    before, after = old.tag.system, new.tag.system
    if (before is None) is not (after is None):
        return False
    if before is None or after is None:
        return True
    return before.image == after.image and numbers(after.cycle) >= numbers(before.cycle)


def _risk(old: _Written, new: _Written) -> Risk | None:
    """None for what is older, or the same."""
    if _order(new) <= _order(old) or new.version < old.version:
        return None
    if new.version == old.version:
        return Risk.SYSTEM if new.tag.system != old.tag.system else Risk.PATCH
    changed = next(
        i for i, (a, b) in enumerate(zip(old.version, new.version, strict=True)) if a != b
    )
    if changed == 0:
        return Risk.MINOR if old.version[0] >= _DATE else Risk.MAJOR
    if changed == 1:
        return Risk.MINOR
    return Risk.SYSTEM if new.tag.system != old.tag.system else Risk.PATCH


def _order(one: _Written) -> tuple[tuple[int, ...], tuple[int, ...], int]:
    system = numbers(one.tag.system.cycle) if one.tag.system is not None else ()
    return one.version, system, one.build


def _row(old: _Written, new: _Written, risk: Risk, today: date) -> Candidate:
    gains = (*gains_of(old.tag, new.tag, today), "newer")
    change = f"{old.tag.text} → {new.tag.text}"
    return Candidate(new.tag, risk, (change,), gains, source="registry")
