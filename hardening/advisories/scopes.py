"""Under which names a store holds the advisories of an ecosystem.

Names as the OSV schema defines them: `Debian:12`; `Ubuntu:22.04:LTS` beside `Ubuntu:Pro:22.04:LTS`
for subscribers; `Red Hat:enterprise_linux:9::baseos`, one for each repository; `SUSE:` with the
name of a product or module.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """Numbers of the ecosystems that speak of a package: for everybody, and for subscribers."""

    free: tuple[int, ...]
    paid: tuple[int, ...] = ()


def scope_of(ecosystem: str, known: Mapping[str, int]) -> Scope | None:
    """Where to look in a store that knows these; None when it knows nothing of the ecosystem."""
    family, _, release = ecosystem.partition(":")
    if family == "Ubuntu":
        plain, _, _ = release.partition(":")
        names = {ecosystem, f"Ubuntu:{plain}", f"Ubuntu:{plain}:LTS"}
        paid = {f"Ubuntu:Pro:{plain}", f"Ubuntu:Pro:{plain}:LTS"}
    else:
        paid = set()
        names = {one for one in known if _belongs(one, ecosystem, family, release)}
    free = _numbers(names, known)
    sold = _numbers(paid, known)
    if not free and not sold:
        return None
    return Scope(_with_common(free, family, known), sold)


def _belongs(name: str, ecosystem: str, family: str, release: str) -> bool:
    if name == ecosystem:
        return True
    if family == "Red Hat":
        return name.startswith(f"{ecosystem}::")
    if family == "SUSE":
        number = release.partition("Server ")[2]
        return bool(number) and name.startswith("SUSE:") and name.endswith(f" {number}")
    return family in ("Rocky Linux", "AlmaLinux") and name == family


def _numbers(names: set[str], known: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(sorted(known[one] for one in names if one in known))


def _with_common(free: tuple[int, ...], family: str, known: Mapping[str, int]) -> tuple[int, ...]:
    """Records without a release count for all of them."""
    common = known.get(family)
    return free if common is None or common in free else (*free, common)
