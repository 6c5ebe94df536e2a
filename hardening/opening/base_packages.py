"""The packages of a base image: of one that the local engine holds, or as its builder listed them;
nothing is pulled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hardening.advisories.assessment import Assessment
from hardening.errors import InputError
from hardening.image.model import Image
from hardening.progress import SILENT, Progress


@dataclass(frozen=True, slots=True)
class LocalBase:
    """What was read of one image. `assessment` is None and `why` tells when it could not be."""

    assessment: Assessment | None = None
    size: int | None = None
    why: str = ""


def local_base_packages(
    reference: str, *, platform: str | None = None, progress: Progress = SILENT
) -> LocalBase:
    """Packages and known vulnerabilities of an image of the local engine. Never raises but
    Cancelled: `why` says what is missing."""
    try:
        image = _from_engine(reference, platform, progress)
    except InputError as error:
        return LocalBase(why=error.what)
    from hardening.advisories.assessment import assess
    from hardening.inventory.catalog import catalog

    try:
        found = assess(catalog(image, progress=progress))
    except InputError as error:
        return LocalBase(size=image.size, why=error.what)
    why = "" if found.assessed else "there is no advisory data for it"
    return LocalBase(found, image.size, why)


def listed_base_packages(document: Mapping[str, Any], name: str) -> LocalBase:
    """The same of a list of packages that somebody else made of the image."""
    from hardening.advisories.assessment import assess
    from hardening.advisories.sbom import inventory_of

    try:
        found = assess(inventory_of(dict(document), f"the list of packages of {name}"))
    except InputError as error:
        return LocalBase(why=str(error))
    why = "" if found.assessed else "there is no advisory data for it"
    return LocalBase(found, None, why)


def _from_engine(reference: str, platform: str | None, progress: Progress) -> Image:
    from hardening.image.engine import open_engine
    from hardening.image.loading import load_files
    from hardening.image.stored import image_of

    source = open_engine(reference, platform=platform, progress=progress)
    image = image_of(reference, source, source.manifest())
    return load_files(image, progress=progress)
