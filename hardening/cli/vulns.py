"""`drydock vulns`: what is known to be wrong with the packages of an image."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from contextlib import closing

from hardening.advisories.model import Target
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

    targets: dict[Target, Package] = {}
    uncovered: Counter[str] = Counter()
    for package in inventory.packages:
        if package.owned_by is not None:
            continue
        target = target_of(package, inventory.release)
        if target is None:
            uncovered[package.type] += 1
        else:
            targets[target] = package
    skipped = [
        *inventory.not_assessed,
        *(
            Skipped(f"{count} {kind} packages", "no advisory source covers them here")
            for kind, count in sorted(uncovered.items())
        ),
    ]
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
