"""What a local engine knows of the images that a Dockerfile builds on: their digests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from hardening.dockerfile.model import Dockerfile
from hardening.errors import DrydockError
from hardening.subject import Subject

if TYPE_CHECKING:
    from hardening.image.engine import LocalImage


def with_base_digests(subject: Subject) -> Subject:
    """The subject with the digests under which the engine holds its bases; as it was when no
    engine answers or it holds none of them."""
    if subject.dockerfile is None or not base_names(subject.dockerfile):
        return subject
    try:
        from hardening.image.engine import local_images

        found = digests(subject.dockerfile, local_images())
    except (DrydockError, ImportError):
        return subject
    return replace(subject, base_digests=found) if found else subject


def digests(dockerfile: Dockerfile, images: Iterable[LocalImage]) -> Mapping[str, str]:
    """Tag as the engine writes it (`debian:13`) → digest, for images called like a base.

    A tag has a digest only when the image was pulled (or pushed) under that repository, and under
    one digest alone: of several, one may be that of a single platform.
    """
    wanted = base_names(dockerfile)
    found: dict[str, str] = {}
    for image in images:
        repositories = Counter(one.partition("@")[0] for one in image.repo_digests)
        by_repository = dict(
            one.split("@", 1)
            for one in image.repo_digests
            if "@" in one and repositories[one.partition("@")[0]] == 1
        )
        for tag in image.repo_tags:
            repository = tag.rpartition(":")[0]
            if repository.rpartition("/")[2] in wanted and repository in by_repository:
                found.setdefault(tag, by_repository[repository])
    return found


def base_names(dockerfile: Dockerfile) -> frozenset[str]:
    """Last components of the repositories of all bases that are images (`debian`)."""
    bases = (
        stage.base_expanded or stage.base.value
        for stage in dockerfile.stages
        if stage.parent is None
    )
    names = (base.partition("@")[0].rpartition("/")[2].partition(":")[0] for base in bases)
    return frozenset(name for name in names if name and name != "scratch")
