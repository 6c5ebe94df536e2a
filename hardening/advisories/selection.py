"""Which packages of an inventory are looked up, and why the others are not.

A library that a package of the distribution brought is not looked up by itself: the
distribution mends it under the package's name. One that a third-party package brought is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from hardening.advisories.ecosystems import distribution, targets_of
from hardening.advisories.model import Target
from hardening.advisories.rpm_names import epochs_of
from hardening.advisories.third_party import is_third_party
from hardening.inventory.model import Inventory, Package
from hardening.skipped import Skipped

SYSTEM = ("deb", "apk", "rpm")
_MOST_NAMED = 6


@dataclass(frozen=True, slots=True)
class Selection:
    """Packages by what is looked up for them, those from somebody else than the distribution, and
    how many no advisory covers, by type."""

    targets: dict[Target, list[Package]]
    foreign: tuple[Package, ...]
    uncovered: dict[str, list[Package]]


def select(inventory: Inventory) -> Selection:
    """The packages to look up."""
    release = inventory.release
    foreign = tuple(one for one in inventory.packages if is_third_party(one, release))
    left_out = set(foreign)
    makers = {one.name for one in foreign}
    epochs = epochs_of(one for one in inventory.packages if one.type == "rpm")
    targets: dict[Target, list[Package]] = {}
    uncovered: dict[str, list[Package]] = {}
    for package in inventory.packages:
        if package in left_out or (package.owned_by and package.owned_by not in makers):
            continue
        found = targets_of(package, release, epochs)
        if not found:
            uncovered.setdefault(package.type, []).append(package)
        for target in found:
            targets.setdefault(target, []).append(package)
    return Selection(targets, foreign, uncovered)


def unassessed(inventory: Inventory, selection: Selection) -> Iterator[Skipped]:
    """What was not looked up, with the reason."""
    if selection.foreign:
        name = inventory.release.id if inventory.release is not None else "the distribution"
        yield Skipped(
            f"third-party packages: {_named(selection.foreign)}",
            f"the advisories of {name} speak of its own packages only",
            "Watch their makers' own advisories.",
        )
    for kind, packages in sorted(selection.uncovered.items()):
        count = f"{len(packages):,} {kind} {'package' if len(packages) == 1 else 'packages'}"
        if kind in SYSTEM:
            yield Skipped(f"{count} of {_distribution(inventory)}", _why(inventory))
        elif kind == "maven":
            yield Skipped(
                f"{count}: {_named(packages)}", "their files name no group, which advisories need"
            )
        else:
            yield Skipped(f"{count}: {_named(packages)}", "no advisory source covers them here")


def _named(packages: tuple[Package, ...] | list[Package]) -> str:
    names = Counter(one.name for one in packages)
    more = len(names) - _MOST_NAMED
    return ", ".join(sorted(names)[:_MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _distribution(inventory: Inventory) -> str:
    release = inventory.release
    if release is None:
        return "an unknown distribution"
    return release.pretty_name or f"{release.id} {release.version_id or release.codename}".strip()


def _why(inventory: Inventory) -> str:
    if inventory.release is None:
        return "the image does not say which distribution it is"
    if distribution(inventory.release) is None:
        return "no advisory source covers this distribution or release"
    return "no advisory source covers them here"
