"""`drydock sbom`: the packages of an image."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from hardening.cli import codes
from hardening.errors import WriteError

FORMATS = ("json", "cyclonedx", "spdx")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "image", metavar="IMAGE", help="an engine image, an archive or an OCI layout"
    )
    parser.add_argument("--platform", metavar="OS/ARCH", help="which of a multi-platform image")
    parser.add_argument("--format", choices=FORMATS, default="json")
    parser.add_argument("--output", type=Path, metavar="FILE", help="default: standard output")


def sbom(options: argparse.Namespace) -> int:
    """Print or write the document. Raises ImageError, EngineError, WriteError."""
    text = _document(options)
    if options.output is None:
        sys.stdout.write(text)
        return codes.CLEAN
    try:
        options.output.write_text(text, encoding="utf-8")
    except OSError as error:
        reason = error.strerror or str(error)
        raise WriteError(f"{options.output} cannot be written", reason) from None
    return codes.CLEAN


def _document(options: argparse.Namespace) -> str:
    from hardening.image.loading import load_files, open_image
    from hardening.inventory.catalog import catalog

    image = load_files(open_image(options.image, platform=options.platform))
    inventory = catalog(image)
    if options.format == "cyclonedx":
        from hardening.reports.sbom_cyclonedx import cyclonedx_text

        return cyclonedx_text(image, inventory)
    if options.format == "spdx":
        from hardening.reports.sbom_spdx import spdx_text

        return spdx_text(image, inventory)
    from hardening.reports.sbom import sbom_values

    return json.dumps(sbom_values(image, inventory), indent=2) + "\n"
