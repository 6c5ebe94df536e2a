"""Versions that are numbers with separators: CRAN (`1.2-3`) and Hackage (`1.2.3`)."""

from __future__ import annotations

import re

from hardening.advisories.versions.errors import InvalidVersion

_SHAPE = re.compile(r"\d+(?:[.-]\d+)*", re.ASCII)


def key(version: str) -> tuple[int, ...]:
    """Longer is newer when all before is equal. Raises InvalidVersion."""
    if not _SHAPE.fullmatch(version) or len(version) > 4096:
        raise InvalidVersion(version)
    return tuple(int(part) for part in re.split(r"[.-]", version))
