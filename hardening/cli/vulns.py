"""`drydock vulns`: what is known to be wrong with the packages of an image or of an SBOM."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from hardening.cli import codes
from hardening.errors import UsageError

if TYPE_CHECKING:
    from hardening.advisories.assessment import Assessment
    from hardening.inventory.model import Inventory


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "image",
        metavar="IMAGE|SBOM",
        help="an engine image, an archive or an OCI layout; or a CycloneDX or SPDX JSON file",
    )
    parser.add_argument("--platform", metavar="OS/ARCH", help="which of a multi-platform image")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--online",
        action="store_true",
        help="ask api.osv.dev instead of the store: it is told names and versions of the packages",
    )
    where.add_argument("--offline", action="store_true", help="make no request (the default)")


def vulns(options: argparse.Namespace) -> int:
    """Print them; 1 when one is shown that is not hidden, 2 when there are packages and none could
    be looked up: a pipeline must not take that for clean. Raises ImageError, InputError."""
    from hardening.reports.vulns import vulns_text, vulns_values

    inventory = _inventory(options)
    assessed = _assess(inventory, online=options.online)
    if options.format == "json":
        sys.stdout.write(json.dumps(vulns_values(options.image, assessed), indent=2) + "\n")
    else:
        sys.stdout.write(vulns_text(assessed))
    if any(not one.vulnerability.hidden for one in assessed.rows):
        return codes.FINDINGS
    return codes.INPUT if inventory.packages and not assessed.assessed else codes.CLEAN


def _inventory(options: argparse.Namespace) -> Inventory:
    from hardening.advisories.sbom import is_document, read_sbom

    path = Path(options.image)
    if is_document(path):
        if options.platform:
            raise UsageError("--platform chooses an image", f"{path} is a list of packages")
        return read_sbom(path)
    from hardening.image.loading import load_files, open_image
    from hardening.inventory.catalog import catalog

    return catalog(load_files(open_image(options.image, platform=options.platform)))


def _assess(inventory: Inventory, *, online: bool) -> Assessment:
    if online:
        from hardening.advisories.online import assess_online
        from hardening.cli.progress import progress_on

        return assess_online(inventory, progress=progress_on(sys.stderr))
    from hardening.advisories.assessment import assess

    return assess(inventory)
