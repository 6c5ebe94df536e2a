"""`drydock base IMAGE`: a base by its name, or the base of an image that was built on one."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import replace

from hardening.errors import DrydockError, EngineError, ImageError, InputError
from hardening.facts.official import read
from hardening.image.base import shared_layers, stated_base
from hardening.image.model import Image
from hardening.progress import SILENT, Progress
from hardening.rules.support_images import parse_reference
from hardening.subject import Subject

MAX_INSPECTED = 200


def named_subject(
    name: str, options: argparse.Namespace, *, progress: Progress = SILENT
) -> Subject:
    """A Dockerfile in memory that begins from the base; `options.named_image` is set. Raises
    ImageError and InputError."""
    from hardening.opening import open_text

    options.named_image = True
    if _is_known(name):
        return open_text(f"FROM {name}\n")
    image = _image(name, options, progress)
    base = _base_of(image)
    if base is None:
        raise InputError(
            f"It is not known what {name} was built on",
            "its labels do not say, and no image of the engine is its beginning",
            f"Name its Dockerfile: drydock base PATH --image {name}",
        )
    return replace(open_text(f"FROM {base}\n"), image=None)


def _is_known(name: str) -> bool:
    found = parse_reference(name)
    return (
        found is not None and bool(found.official) and read(found.official, found.tag) is not None
    )


def _image(name: str, options: argparse.Namespace, progress: Progress) -> Image:
    from hardening.image.loading import open_image

    try:
        return open_image(name, platform=options.platform, progress=progress)
    except (EngineError, ImageError) as error:
        raise InputError(
            f"{name} is no file, no image, and no tag of an official image that is known",
            error.what,
            "Name a Dockerfile, a folder, an image of the engine, or a base such as python:3.12.",
        ) from None


def _base_of(image: Image) -> str | None:
    """What the labels say, else the image of the engine that has most of its first layers."""
    stated = stated_base(image.config.labels)
    if parse_reference(stated) is not None:
        return stated
    best, most = None, 0
    for name, other in _local(image):
        shared = shared_layers(image, other)
        if shared == len(other.layers) > most and other.id != image.id:
            best, most = name, shared
    return best


def _local(image: Image) -> Iterable[tuple[str, Image]]:
    """Tagged images of the engine that are no larger, those of official images first."""
    from hardening.image.engine import image_of_engine, local_images

    try:
        found = [one for one in local_images() if one.repo_tags and one.id != image.id]
    except (DrydockError, ImportError):
        return
    tags = [tag for one in found[:MAX_INSPECTED] for tag in one.repo_tags]
    for tag in sorted(tags, key=lambda tag: not _is_known(tag)):
        other = image_of_engine(tag)
        if other is not None:
            yield tag, other
