"""How documents name an image: alike whatever it was read from."""

from __future__ import annotations

from hardening.image.model import Image
from hardening.reports.plain import printable


def image_name(image: Image) -> str:
    """The tag that was asked for, else the first one that the image says it has, else what was
    asked for: a saved image is named as the one in the engine."""
    tags = sorted(image.repo_tags)
    asked = image.reference in tags or not tags
    return printable(image.reference if asked else tags[0])
