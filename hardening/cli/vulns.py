"""`drydock vulns`: what is known to be wrong with the packages of an image or of an SBOM."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from hardening.cli import codes
from hardening.cli.arguments import IMAGE_HELP, add_dockerfile, add_platform
from hardening.cli.opening import STANDARD_INPUT, attributed, standard_input
from hardening.cli.output import add_output, hint, look_of, progress_of, put, put_json
from hardening.errors import UsageError

if TYPE_CHECKING:
    from hardening.advisories.assessment import Assessment
    from hardening.inventory.model import Inventory


EPILOG = codes.text(
    "nothing is known to be wrong",
    "vulnerabilities were found",
    "none of the packages could be looked up",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "image",
        metavar="IMAGE|SBOM",
        help=f"{IMAGE_HELP}; or a list of packages: CycloneDX, SPDX or drydock JSON, - for one on "
        "standard input",
    )
    add_platform(parser)
    add_dockerfile(parser)
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--online",
        action="store_true",
        help="ask api.osv.dev instead of the store: it is told names and versions of the packages",
    )
    where.add_argument("--offline", action="store_true", help="make no request (the default)")
    add_output(parser)


def vulns(options: argparse.Namespace) -> int:
    """Print them; 1 when one is shown that is not hidden, 2 when there are packages and none could
    be looked up: a pipeline must not take that for clean. Raises ImageError, InputError."""
    from hardening.reports.vulns import vulns_text, vulns_values

    inventory = _inventory(options)
    assessed = _assess(inventory, options)
    if options.format == "json":
        put_json(vulns_values(options.image, assessed), options)
    else:
        put(vulns_text(assessed, look=look_of(options)), options)
    shown = [one.vulnerability for one in assessed.rows if not one.vulnerability.hidden]
    if any(one.fixed for one in shown):
        hint(
            f"with its Dockerfile, `drydock fix PATH --image {options.image} --safety review` "
            f"patches what has a fix, and `drydock base PATH --image {options.image}` compares "
            "base images",
            options,
        )
    if shown:
        return codes.FINDINGS
    return codes.INPUT if inventory.packages and not assessed.assessed else codes.CLEAN


def _inventory(options: argparse.Namespace) -> Inventory:
    from hardening.advisories.sbom import MAX_BYTES, is_document, read_sbom, sbom_of

    path = Path(options.image)
    if options.image == STANDARD_INPUT or is_document(path):
        for name in ("platform", "dockerfile"):
            if getattr(options, name):
                raise UsageError(f"--{name} belongs to an image", "a list of packages was named")
        if options.image == STANDARD_INPUT:
            return sbom_of(standard_input(MAX_BYTES + 1), "standard input")
        return read_sbom(path)
    from hardening.image.loading import load_files, open_image
    from hardening.inventory.catalog import catalog

    progress = progress_of(options)
    opened = open_image(options.image, platform=options.platform, progress=progress)
    image = attributed(load_files(opened, progress=progress), options.dockerfile)
    return catalog(image, progress=progress)


def _assess(inventory: Inventory, options: argparse.Namespace) -> Assessment:
    if options.online:
        from hardening.advisories.online import assess_online

        return assess_online(inventory, progress=progress_of(options))
    from hardening.advisories.assessment import assess

    return assess(inventory)
