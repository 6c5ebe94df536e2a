"""Under which names advisories of a release stand.

Names as the OSV schema defines them: `Debian:12`; `Ubuntu:22.04:LTS` beside `Ubuntu:Pro:22.04:LTS`
for subscribers; `Red Hat:enterprise_linux:9::baseos`, one for each repository; `SUSE:` with the
name of a product or module, which ends in `-LTSS` or the like where it is for subscribers. Records
may name no release at all, and then count for all of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

_RED_HAT = re.compile(r"enterprise_linux:(\d+)(?:\.(\d+))?(?:::.*)?")
_NUMBER = re.compile(r" (\d[\d.]*(?: SP\d+)?)(-[A-Z][A-Z-]*)?")
_TWELVE = re.compile(r"12 SP\d+")


@dataclass(frozen=True, slots=True)
class Scope:
    """Numbers of the ecosystems that speak of a package: for everybody, and for subscribers."""

    free: tuple[int, ...]
    paid: tuple[int, ...] = ()


def scope_of(ecosystem: str, known: Mapping[str, int]) -> Scope | None:
    """Where to look in a store that knows these; None when it knows nothing of the ecosystem."""
    free, paid = _numbers("free", ecosystem, known), _numbers("paid", ecosystem, known)
    if not free and not paid:
        return None
    return Scope((*free, *_numbers("all", ecosystem, known)), paid)


def _numbers(kind: str, ecosystem: str, known: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(sorted(known[one] for one in known if speaks_of(one, ecosystem) == kind))


@lru_cache(maxsize=65536)
def speaks_of(name: str, ecosystem: str) -> str:
    """How a record's ecosystem speaks of a release: `free`, `paid` (for subscribers), `all` (of
    every release), "" when not at all."""
    if name == ecosystem:
        return "free"
    family, _, release = ecosystem.partition(":")
    own, _, of = name.partition(":")
    if own != family:
        return ""
    if not of:
        return "free" if family in ("Rocky Linux", "AlmaLinux") else "all"
    if family == "Ubuntu":
        return _ubuntu(of, release)
    if family == "Red Hat":
        return _red_hat(of, release)
    if family in ("SUSE", "openSUSE"):
        return _suse(of, release)
    if family == "Azure Linux":
        return "free" if of.removesuffix(".0") == release.removesuffix(".0") else ""
    return "free" if family in ("Maven", "Packagist") else ""


def _ubuntu(of: str, release: str) -> str:
    plain = release.removesuffix(":LTS")
    if of.removesuffix(":LTS") == plain:
        return "free"
    return "paid" if of.removesuffix(":LTS") == f"Pro:{plain}" else ""


def _red_hat(of: str, release: str) -> str:
    """A minor release has what those before it have (they are named since 10)."""
    one, wanted = _RED_HAT.fullmatch(of), _RED_HAT.fullmatch(release)
    if one is None or wanted is None or one[1] != wanted[1]:
        return ""
    if one[2] is None or wanted[2] is None:
        return "free"
    return "free" if int(one[2]) <= int(wanted[2]) else ""


def _suse(of: str, release: str) -> str:
    """Products and modules of the same number; the modules of 12 have no service packs."""
    if of.removesuffix(" NonFree") == release:
        return "free"
    one, wanted = _NUMBER.search(of), _NUMBER.search(release)
    if one is None or wanted is None or one.end() != len(of):
        return ""
    if "Micro" in f"{of}{release}" and of.partition(one[0])[0] != release.partition(wanted[0])[0]:
        return ""
    same = one[1] == wanted[1]
    same |= "Module" in of and one[1] == "12" and _TWELVE.fullmatch(wanted[1]) is not None
    if not same or not of.startswith("Linux"):
        return ""
    return "paid" if one[2] and one[2] != wanted[2] else "free"
