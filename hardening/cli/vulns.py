"""`drydock vulns`: what is known to be wrong with the packages of an image."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from contextlib import closing

from hardening.cli import codes
from hardening.inventory.model import Inventory, Package
from hardening.model import Skipped
from hardening.reports.vulns import Assessed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "image", metavar="IMAGE", help="an engine image, an archive or an OCI layout"
    )
    parser.add_argument("--platform", metavar="OS/ARCH", help="which of a multi-platform image")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def vulns(options: argparse.Namespace) -> int:
    """Print them; 1 when one is shown that is not hidden. Raises ImageError, InputError."""
    from hardening.image.loading import load_files, open_image
    from hardening.inventory.catalog import catalog
    from hardening.reports.vulns import vulns_text, vulns_values

    image = load_files(open_image(options.image, platform=options.platform))
    assessed = assess(options.image, catalog(image))
    if options.format == "json":
        sys.stdout.write(json.dumps(vulns_values(assessed), indent=2) + "\n")
    else:
        sys.stdout.write(vulns_text(assessed))
    shown = any(not one.hidden for one in assessed.vulnerabilities)
    return codes.FINDINGS if shown else codes.CLEAN


def assess(image: str, inventory: Inventory) -> Assessed:
    """The inventory against the store; without a store everything is not assessed."""
    from hardening.advisories.ecosystems import target_of
    from hardening.advisories.matching import match
    from hardening.advisories.store import open_store

    skipped = [*inventory.not_assessed, *_without_advisories(inventory)]
    targets = {
        target: package
        for package in inventory.packages
        if package.owned_by is None
        and (target := target_of(package, inventory.release)) is not None
    }
    store = open_store()
    if store is None:
        names = f"{len(targets)} packages"
        skipped.append(Skipped(names, "there is no advisory data", "Run `drydock db update`."))
        return Assessed(image, (), {}, (), tuple(skipped))
    with closing(store):
        found = match(store, targets)
        feeds = store.feeds()
    skipped += [
        Skipped(name, f"no advisory data for {name}", "Run `drydock db update` or `db import`.")
        for name in found.unknown_ecosystems
    ]
    skipped += [
        Skipped(f"{one.name} {one.version}", "its version cannot be compared")
        for one in found.incomparable
    ]
    return Assessed(image, found.vulnerabilities, targets, feeds, tuple(skipped))


def _without_advisories(inventory: Inventory) -> Iterable[Skipped]:
    """Kinds of packages that no advisory ecosystem covers, once each."""
    from hardening.advisories.ecosystems import target_of

    counts: dict[str, int] = {}
    for package in inventory.packages:
        if _is_uncovered(package) and target_of(package, inventory.release) is None:
            counts[package.type] = counts.get(package.type, 0) + 1
    for kind, count in sorted(counts.items()):
        yield Skipped(f"{count} {kind} packages", "no advisory source covers them here")


def _is_uncovered(package: Package) -> bool:
    return package.owned_by is None
