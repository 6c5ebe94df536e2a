"""Which of two versions is newer, as the package manager of each ecosystem decides it.

Every scheme is a function from text to a sort key; keys of one scheme compare with each other.
A text that is no version of the scheme raises `InvalidVersion`: the caller says "cannot compare"
and never guesses.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache, lru_cache
from importlib import import_module
from typing import Any

from hardening.advisories.versions.errors import InvalidVersion

__all__ = ["InvalidVersion", "compare", "forget_keys", "key_function", "key_of", "scheme_of"]

_SCHEMES = {
    "debian": "debian",
    "ubuntu": "debian",
    "echo": "debian",
    "alpine": "alpine",
    "wolfi": "alpine",
    "chainguard": "alpine",
    "minimos": "alpine",
    "red hat": "rpm",
    "almalinux": "rpm",
    "rocky linux": "rpm",
    "suse": "rpm",
    "opensuse": "rpm",
    "azure linux": "rpm",
    "mageia": "rpm",
    "openeuler": "rpm",
    "photon os": "rpm",
    "pypi": "pypi",
    "npm": "semver",
    "go": "semver",
    "crates": "semver",
    "hex": "semver",
    "swifturl": "semver",
    "bitnami": "semver",
    "pub": "pub",
    "maven": "maven",
    "rubygems": "gem",
    "nuget": "nuget",
    "packagist": "packagist",
    "cran": "numeric",
    "hackage": "numeric",
}


@lru_cache(maxsize=1024)
def scheme_of(ecosystem: str) -> str | None:
    """The scheme of an OSV ecosystem (`Debian:12`, `npm`), None when there is none here."""
    name = ecosystem.partition(":")[0].lower()
    return _SCHEMES.get(name) or _SCHEMES.get(name.partition(".")[0])


@cache
def key_function(scheme: str) -> Callable[[str], Any]:
    """The function from a version to its sort key; it raises InvalidVersion."""
    module = import_module(f"hardening.advisories.versions.{scheme}")
    return lru_cache(maxsize=65536)(module.key)


def forget_keys() -> None:
    """Empty the caches, as in a new process."""
    key_function.cache_clear()
    for name in {*_SCHEMES.values()}:
        module = sys.modules.get(f"hardening.advisories.versions.{name}")
        for one in vars(module).values() if module is not None else ():
            if hasattr(one, "cache_clear"):
                one.cache_clear()


def key_of(scheme: str, version: str) -> Any:
    """The sort key of a version. Raises InvalidVersion."""
    return key_function(scheme)(version)


def compare(scheme: str, left: str, right: str) -> int:
    """-1, 0 or 1. Raises InvalidVersion when either is no version of the scheme."""
    first, second = key_of(scheme, left), key_of(scheme, right)
    return int(first > second) - int(first < second)
