"""`drydock sbom`: the packages of an image."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from hardening.cli import codes
from hardening.cli.arguments import add_dockerfile, add_image
from hardening.cli.opening import attributed
from hardening.cli.output import add_output, look_of, progress_of, put

if TYPE_CHECKING:
    from hardening.image.model import Image
    from hardening.inventory.model import Inventory

FORMATS = ("json", "cyclonedx", "spdx", "text")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_image(parser)
    add_dockerfile(parser)
    add_output(parser, formats=FORMATS, default="json")


def sbom(options: argparse.Namespace) -> int:
    """Print or write the document. Raises ImageError, EngineError, WriteError."""
    put(_document(options), options)
    return codes.CLEAN


def _standard(options: argparse.Namespace, image: Image, inventory: Inventory) -> str:
    """A document in a format of others, with the licences that packages declare."""
    from hardening.inventory.licences import licences_of

    licences = licences_of(image, inventory)
    if options.format == "cyclonedx":
        from hardening.reports.sbom_cyclonedx import cyclonedx_text

        return cyclonedx_text(image, inventory, licences)
    from hardening.reports.sbom_spdx import spdx_text

    return spdx_text(image, inventory, licences)


def _document(options: argparse.Namespace) -> str:
    from hardening.image.loading import load_files, open_image
    from hardening.inventory.catalog import catalog

    progress = progress_of(options)
    opened = open_image(options.image, platform=options.platform, progress=progress)
    image = attributed(load_files(opened, progress=progress), options.dockerfile)
    inventory = catalog(image, progress=progress)
    if options.format in ("cyclonedx", "spdx"):
        return _standard(options, image, inventory)
    if options.format == "text":
        from hardening.reports.sbom_table import sbom_text

        return sbom_text(image, inventory, look=look_of(options))
    from hardening.reports.sbom import sbom_json

    return sbom_json(image, inventory)
