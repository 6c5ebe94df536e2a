"""`drydock sbom`: the packages of an image."""

from __future__ import annotations

import argparse
import json

from hardening.cli import codes
from hardening.cli.arguments import add_image
from hardening.cli.output import add_output, look_of, progress_of, put

FORMATS = ("json", "cyclonedx", "spdx", "text")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_image(parser)
    add_output(parser, formats=FORMATS, default="json")


def sbom(options: argparse.Namespace) -> int:
    """Print or write the document. Raises ImageError, EngineError, WriteError."""
    put(_document(options), options)
    return codes.CLEAN


def _document(options: argparse.Namespace) -> str:
    from hardening.image.loading import load_files, open_image
    from hardening.inventory.catalog import catalog

    progress = progress_of(options)
    opened = open_image(options.image, platform=options.platform, progress=progress)
    image = load_files(opened, progress=progress)
    inventory = catalog(image, progress=progress)
    if options.format == "cyclonedx":
        from hardening.reports.sbom_cyclonedx import cyclonedx_text

        return cyclonedx_text(image, inventory)
    if options.format == "spdx":
        from hardening.reports.sbom_spdx import spdx_text

        return spdx_text(image, inventory)
    from hardening.reports.sbom import sbom_text, sbom_values

    if options.format == "text":
        return sbom_text(image, inventory, look=look_of(options))
    return json.dumps(sbom_values(image, inventory), indent=2) + "\n"
