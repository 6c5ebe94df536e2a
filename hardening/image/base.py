"""Which layers an image has from its base, given the base image itself.

Two images share a layer when its `diff_id` (digest of the uncompressed tar) is the same; a base is
a prefix of what was built on it (OCI image-spec, config.md, `rootfs`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hardening.dockerfile.model import Dockerfile
from hardening.image.created_by import told
from hardening.image.model import HistoryEntry, Image

BASE_NAME = "org.opencontainers.image.base.name"
BASE_DIGEST = "org.opencontainers.image.base.digest"


def shared_layers(image: Image, other: Image) -> int:
    """How many of the lowest layers both have, by `diff_id`."""
    count = 0
    for mine, theirs in zip(image.layers, other.layers, strict=False):
        if not mine.diff_id or mine.diff_id != theirs.diff_id:
            break
        count += 1
    return count


def base_layers(image: Image, base: Image) -> int | None:
    """Number of layers that `image` has from `base`; None when it was not built on exactly this
    one (a base that was rebuilt since shares only some layers, or none)."""
    count = shared_layers(image, base)
    return count if count == len(base.layers) and count else None


def longest_base(image: Image, candidates: Iterable[Image]) -> Image | None:
    """The candidate with the most layers that is a base of the image; never the image itself."""
    fitting = [one for one in candidates if one.id != image.id and base_layers(image, one)]
    return max(fitting, key=lambda one: len(one.layers), default=None)


def local_base(image: Image, dockerfile: Dockerfile) -> Image | None:
    """The base that the last stage names, as the engine of an engine image holds it now; None for
    an image from elsewhere, `scratch`, and whenever the engine cannot say."""
    stage = dockerfile.final_stage
    if image.source != "engine" or stage is None:
        return None
    name = dockerfile.chain(stage)[0].base_expanded
    if not name or name.lower() == "scratch":
        return None
    from hardening.image.engine import image_of_engine

    return image_of_engine(name)


def stated_base(labels: Mapping[str, str]) -> str:
    """The base that the image's annotations name (`debian:12@sha256:...`), "" when they do not."""
    name, digest = labels.get(BASE_NAME, ""), labels.get(BASE_DIGEST, "")
    return f"{name}@{digest}" if name and digest else name or digest


def guessed_base_layers(history: Iterable[HistoryEntry]) -> int | None:
    """A guess without any Dockerfile: a base image usually ends with its own CMD or ENTRYPOINT, so
    everything up to the last one below the topmost layer counts as base. None without such a line.

    Wrong for a base that sets neither, and for an image that sets CMD before its last layer.
    """
    entries = list(history)
    filled = [number for number, entry in enumerate(entries) if entry.layer is not None]
    if not filled:
        return None
    for number in range(filled[-1] - 1, -1, -1):
        if told(entries[number].created_by).keyword in ("CMD", "ENTRYPOINT"):
            below = [index for index in filled if index < number]
            return len(below) or None
    return None
