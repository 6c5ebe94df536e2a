"""An inventory against the advisory store: rows with the packages behind each, and what could not
be assessed. Without a store nothing is assessed, and that is said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from hardening.advisories.model import Feed, Matched, Target, Vulnerability
from hardening.advisories.selection import Selection, select, unassessed
from hardening.inventory.model import Inventory, Package
from hardening.skipped import Skipped

if TYPE_CHECKING:
    from hardening.advisories.store import Store

NO_FIX = "no fix"
BASE_BUMP = "base bump"
HEADERS = "kernel headers: the kernel that runs is the host's"
_HEADERS = re.compile(
    r"kernel-headers|linux-headers|linux(?:-.*)?-headers-.*|linux-libc-dev(?:-.*)?|linux-kbuild-.*"
)
_MOST_NAMED = 20
_MANAGERS = {
    "deb": "apt",
    "pypi": "pip",
    "golang": "Go module",
    "cargo": "Rust crate",
    "maven": "Java archive",
    "nuget": "NuGet",
}
_RPM_MANAGERS = {
    "suse": "zypper",
    "sles": "zypper",
    "opensuse": "zypper",
    "opensuse-leap": "zypper",
    "azurelinux": "tdnf",
    "mariner": "tdnf",
    "photon": "tdnf",
}
"""By the namespace of package URLs; `dnf` elsewhere."""


@dataclass(frozen=True, slots=True)
class Row:
    """One vulnerability and the installed packages that have it: several binaries of one source,
    or the same library in several places; never empty."""

    vulnerability: Vulnerability
    packages: tuple[Package, ...]

    @property
    def action(self) -> str:
        """What mends it: `base bump`, an upgrade by the package's own manager, or `no fix`."""
        if not self.vulnerability.fixed:
            return NO_FIX
        own = next((one for one in self.packages if one.base.value != "base"), None)
        return BASE_BUMP if own is None else f"{_manager(own)} upgrade"


def _manager(package: Package) -> str:
    """What upgrades a package of this kind, as people call it."""
    if package.type == "rpm":
        return _RPM_MANAGERS.get(package.purl.removeprefix("pkg:rpm/").partition("/")[0], "dnf")
    return _MANAGERS.get(package.type, package.type)


@dataclass(frozen=True, slots=True)
class Assessment:
    """What one look-up says: rows (in the order of `risk`), the dates of the data, what is missing.
    `assessed` counts the packages that advisories were looked up for: zero says that no rows say
    nothing."""

    rows: tuple[Row, ...] = ()
    feeds: tuple[Feed, ...] = ()
    not_assessed: tuple[Skipped, ...] = ()
    assessed: int = 0


def assess(inventory: Inventory, *, today: date | None = None) -> Assessment:
    """Match the inventory against the user's store. Raises InputError when it is damaged."""
    from hardening.advisories.store import open_store

    store = open_store()
    if store is None:
        return _without_store(inventory, today or date.today())
    with closing(store):
        return assess_with(store, inventory, today=today)


def assess_with(store: Store, inventory: Inventory, *, today: date | None = None) -> Assessment:
    """Match the inventory against one store. Raises InputError when it is damaged."""
    import sqlite3

    from hardening.advisories.ageing import warnings
    from hardening.advisories.matching import match
    from hardening.advisories.store import damaged

    day = today or date.today()
    selection = select(inventory)
    try:
        found = match(store, selection.targets)
        skipped = (
            *inventory.not_assessed,
            *warnings(store, inventory, day),
            *unassessed(inventory, selection),
            *_unmatched(found, selection.targets),
        )
        feeds = store.feeds()
    except sqlite3.DatabaseError as error:
        raise damaged(store.path, str(error)) from error
    return Assessment(
        tuple(_rows(found, selection)), feeds, skipped, _assessed(found, selection.targets)
    )


def _without_store(inventory: Inventory, today: date) -> Assessment:
    from hardening.advisories.ageing import end_of_life
    from hardening.advisories.sources import command_for

    selection = select(inventory)
    count = len({one for packages in selection.targets.values() for one in packages})
    skipped = [*inventory.not_assessed, *end_of_life(inventory, None, today)]
    if count:
        command = command_for(target.ecosystem for target in selection.targets)
        skipped.append(
            Skipped(
                f"{count:,} {'package' if count == 1 else 'packages'}",
                "there is no advisory data",
                f"Run `{command or 'drydock db update'}`, or ask for this image once:"
                " `drydock vulns --online`.",
            )
        )
    return Assessment(not_assessed=(*skipped, *unassessed(inventory, selection)))


def _rows(found: Matched, selection: Selection) -> Iterator[Row]:
    """A row for each vulnerability and its packages. Where it was found by a package's own name and
    by its source's, the row with more of the packages stays."""
    joined = [(one, tuple(selection.targets[one.target])) for one in found.vulnerabilities]
    all_of: dict[str, list[frozenset[int]]] = {}
    for one, packages in joined:
        all_of.setdefault(one.id, []).append(frozenset(map(id, packages)))
    seen: set[tuple[str, frozenset[int]]] = set()
    for one, packages in joined:
        own, others = frozenset(map(id, packages)), all_of[one.id]
        if len(others) > 1 and ((one.id, own) in seen or any(own < other for other in others)):
            continue
        seen.add((one.id, own))
        if not one.hidden and all(_is_header(package) for package in packages):
            one = replace(one, hidden=HEADERS)
        yield Row(one, packages)


def _is_header(package: Package) -> bool:
    return package.type in ("deb", "rpm", "apk") and bool(_HEADERS.fullmatch(package.name))


def _unmatched(found: Matched, targets: Mapping[Target, list[Package]]) -> Iterator[Skipped]:
    from hardening.advisories.sources import command_for

    for name in found.unknown_ecosystems:
        count = sum(len(some) for target, some in targets.items() if target.ecosystem == name)
        what = f"{count:,} {'package' if count == 1 else 'packages'} of {name}"
        command = command_for((name,))
        step = f"Run `{command}`." if command else "Import its records: `drydock db import PATH`."
        yield Skipped(what, f"no advisory data for {name}", step)
    for one in found.incomparable[:_MOST_NAMED]:
        yield Skipped(f"{one.name} {one.version}", "its version cannot be compared")
    more = len(found.incomparable) - _MOST_NAMED
    if more > 0:
        yield Skipped(f"{more:,} more packages", "their versions cannot be compared")
    for target, advisory in found.unreadable[:_MOST_NAMED]:
        yield Skipped(f"{advisory} for {target.name}", "its ranges are no versions")
    more = len(found.unreadable) - _MOST_NAMED
    if more > 0:
        yield Skipped(f"{more:,} more advisories", "their ranges are no versions")


def _assessed(found: Matched, targets: Mapping[Target, list[Package]]) -> int:
    unknown, left_out = {*found.unknown_ecosystems}, {*found.incomparable}
    looked_up = {
        package
        for target, packages in targets.items()
        if target.ecosystem not in unknown and target not in left_out
        for package in packages
    }
    return len(looked_up)
