"""Hits put together to secrets: one for each value, whatever the number of its places."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from hardening.image.model import Image
from hardening.model import ConfigPlace, ImagePathPlace, Place, Severity
from hardening.secrets.engine import Hit
from hardening.secrets.lives import Lives
from hardening.secrets.mask import identity, masked
from hardening.secrets.model import Life, Secret

MAX_SECRETS: Final = 5000


@dataclass(frozen=True, slots=True)
class Seen:
    """One hit, where it was, its line in that file (0: it has none), and why it is demoted."""

    hit: Hit
    place: Place
    demoted: str
    line: int = 0


def grouped(seen: Iterable[Seen], image: Image | None) -> tuple[Secret, ...]:
    """The secrets, the worst first, demoted ones last. `image` gives them their lives."""
    groups: dict[str, list[Seen]] = {}
    for one in seen:
        groups.setdefault(identity(one.hit.value), []).append(one)
    lives = Lives(image) if image is not None else None
    secrets = [_secret(digest, group, lives) for digest, group in groups.items()]
    secrets.sort(key=lambda one: (bool(one.demoted), -one.severity))
    return tuple(secrets[:MAX_SECRETS])


def _rank(one: Seen) -> tuple[bool, bool, bool, int]:
    kind = one.hit.format
    return bool(one.demoted), kind.generic, not kind.specific, -kind.severity


def _secret(digest: str, group: list[Seen], lives: Lives | None) -> Secret:
    best = min(group, key=_rank)
    kind = best.hit.format
    lines: dict[Place, int] = {}
    reasons: dict[Place, str] = {}
    for one in sorted(group, key=lambda seen: bool(seen.demoted)):
        lines.setdefault(one.place, one.line)
        reasons.setdefault(one.place, one.demoted)
    return Secret(
        rule=kind.id,
        title=kind.title,
        severity=Severity.INFO if best.demoted else kind.severity,
        places=tuple(lines),
        masked=masked(best.hit),
        sha256=digest,
        life=_life(tuple(lines), lives),
        demoted=best.demoted,
        rotate=kind.rotate,
        lines=tuple(lines.values()),
        reasons=tuple(reasons.values()) if any(reasons.values()) else (),
        _value=best.hit.value.decode("utf-8", "surrogateescape"),
    )


def _life(places: tuple[Place, ...], lives: Lives | None) -> Life:
    keys = [place.key for place in places if isinstance(place, ConfigPlace)]
    life = Life(
        in_history=any(key.startswith("history[") for key in keys),
        in_config=any(not key.startswith("history[") for key in keys),
    )
    held = [place for place in places if isinstance(place, ImagePathPlace)]
    if not held or lives is None:
        return life
    ends = [lives.removed_in(place.path, place.layer) for place in held]
    gone = [end for end in ends if end is not None]
    return replace(
        life,
        added=min(place.layer for place in held),
        removed=max(gone) if len(gone) == len(ends) else None,
        recoverable_from=tuple(sorted({place.layer for place in held})),
    )
