"""`drydock vulns`: what is known to be wrong with the packages of an image."""

from __future__ import annotations

import argparse
import json
import sys

from hardening.cli import codes


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "image", metavar="IMAGE", help="an engine image, an archive or an OCI layout"
    )
    parser.add_argument("--platform", metavar="OS/ARCH", help="which of a multi-platform image")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def vulns(options: argparse.Namespace) -> int:
    """Print them; 1 when one is shown that is not hidden. Raises ImageError, InputError."""
    from hardening.advisories.assessment import assess
    from hardening.image.loading import load_files, open_image
    from hardening.inventory.catalog import catalog
    from hardening.reports.vulns import vulns_text, vulns_values

    image = load_files(open_image(options.image, platform=options.platform))
    assessed = assess(catalog(image))
    if options.format == "json":
        sys.stdout.write(json.dumps(vulns_values(options.image, assessed), indent=2) + "\n")
    else:
        sys.stdout.write(vulns_text(assessed))
    shown = any(not one.vulnerability.hidden for one in assessed.rows)
    return codes.FINDINGS if shown else codes.CLEAN
