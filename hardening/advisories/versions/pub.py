"""Pub (Dart) versions: semantic versions whose build metadata counts (dart.dev, "Versioning")."""

from __future__ import annotations

import re

from hardening.advisories.versions.errors import InvalidVersion
from hardening.advisories.versions.semver import numbers, prerelease_key

_SHAPE = re.compile(r"[vV]?(\d+(?:\.\d+)*)(?:-([^+]*))?(?:\+(.*))?", re.ASCII)


def key(version: str) -> tuple[object, ...]:
    """No build metadata is older than any. Raises InvalidVersion."""
    found = _SHAPE.fullmatch(version.strip())
    if found is None or len(version) > 4096:
        raise InvalidVersion(version)
    build = ((-1,),) if found[3] is None else ((0,), *prerelease_key(found[3]))
    return numbers(found[1]), prerelease_key(found[2] or ""), build
