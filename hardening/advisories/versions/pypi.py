"""Python versions (PEP 440), by the `packaging` library."""

from __future__ import annotations

from packaging.version import InvalidVersion as NotPep440
from packaging.version import Version

from hardening.advisories.versions.errors import InvalidVersion


def key(version: str) -> Version:
    """Raises InvalidVersion for what PEP 440 does not know."""
    try:
        return Version(version)
    except NotPep440 as error:
        raise InvalidVersion(version) from error
