"""NuGet versions: up to four numbers, then a prerelease that compares without case."""

from __future__ import annotations

import re

from hardening.advisories.versions.errors import InvalidVersion
from hardening.advisories.versions.semver import numbers, prerelease_key

_SHAPE = re.compile(r"[vV]?(\d+(?:\.\d+)*)(?:-([^+]*))?(?:\+.*)?", re.ASCII)


def key(version: str) -> tuple[object, ...]:
    """Raises InvalidVersion."""
    found = _SHAPE.fullmatch(version.strip())
    if found is None or len(version) > 4096:
        raise InvalidVersion(version)
    return numbers(found[1]), prerelease_key((found[2] or "").lower())
