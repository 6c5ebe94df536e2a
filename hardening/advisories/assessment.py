"""An inventory against the advisory store: rows with the packages behind each, and what could not
be assessed. Without a store nothing is assessed, and that is said."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import dataclass

from hardening.advisories.model import Feed, Target, Vulnerability
from hardening.inventory.model import Inventory, Package
from hardening.model import Skipped

NO_FIX = "no fix"
BASE_BUMP = "base bump"


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
        return BASE_BUMP if own is None else f"{own.type} upgrade"


@dataclass(frozen=True, slots=True)
class Assessment:
    """What one look-up says: rows (severest first), the dates of the data, what is missing.
    `assessed` counts the packages that advisories were looked up for: zero says that no rows say
    nothing."""

    rows: tuple[Row, ...] = ()
    feeds: tuple[Feed, ...] = ()
    not_assessed: tuple[Skipped, ...] = ()
    assessed: int = 0


def assess(inventory: Inventory) -> Assessment:
    """Match the inventory against the user's store. Raises InputError when it is damaged."""
    from hardening.advisories.matching import match
    from hardening.advisories.store import open_store

    targets, skipped = _targets(inventory)
    store = open_store()
    if store is None:
        names = f"{len(targets)} packages"
        skipped.append(Skipped(names, "there is no advisory data", "Run `drydock db update`."))
        return Assessment(not_assessed=tuple(skipped))
    with closing(store):
        found = match(store, targets)
        feeds = tuple(store.feeds())
    skipped += [
        Skipped(name, f"no advisory data for {name}", "Run `drydock db update` or `db import`.")
        for name in found.unknown_ecosystems
    ]
    skipped += [
        Skipped(f"{one.name} {one.version}", "its version cannot be compared")
        for one in found.incomparable
    ]
    rows = tuple(
        Row(one, tuple(targets[Target(one.ecosystem, one.package, one.installed)]))
        for one in found.vulnerabilities
    )
    unknown = {*found.unknown_ecosystems}
    left_out = {*found.incomparable}
    assessed = sum(
        len(packages)
        for target, packages in targets.items()
        if target.ecosystem not in unknown and target not in left_out
    )
    return Assessment(rows, feeds, tuple(skipped), assessed)


def _targets(inventory: Inventory) -> tuple[dict[Target, list[Package]], list[Skipped]]:
    from hardening.advisories.ecosystems import target_of

    targets: dict[Target, list[Package]] = {}
    uncovered: Counter[str] = Counter()
    for package in inventory.packages:
        if package.owned_by is not None:
            continue
        target = target_of(package, inventory.release)
        if target is None:
            uncovered[package.type] += 1
        else:
            targets.setdefault(target, []).append(package)
    skipped = [
        *inventory.not_assessed,
        *(
            Skipped(f"{count} {kind} packages", "no advisory source covers them here")
            for kind, count in sorted(uncovered.items())
        ),
    ]
    return targets, skipped
