"""Images made in memory: for rule examples, samples and tests. They behave like any other.

The sketches are plain data, so that a rule may name one without loading what reads images;
`make_image` loads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hardening.image.stored import StoredImage


@dataclass(frozen=True, slots=True)
class FileSketch:
    """A file of a sketched layer; a plain `str` or `bytes` stands for a 0644 root-owned file."""

    content: str | bytes = b""
    mode: int = 0o644
    uid: int = 0
    gid: int = 0
    link: str | None = None
    """Target of a symbolic link."""
    directory: bool = False
    capabilities: bytes | None = None
    size: int | None = None
    """Claim another size than the content has (big files in tests)."""


@dataclass(frozen=True, slots=True)
class LayerSketch:
    """One layer: path → file, None for a whiteout. `command` is its history text; `empty` marks a
    history entry without a layer."""

    files: Mapping[str, str | bytes | FileSketch | None] = field(default_factory=dict)
    command: str = ""
    empty: bool = False
    opaque: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImageSketch:
    """A whole image: lowest layer first. `base_layers` says how many are the base image's, None
    for unknown."""

    layers: tuple[LayerSketch, ...] = ()
    reference: str = "sketch:1"
    user: str = ""
    env: Mapping[str, str] = field(default_factory=dict)
    entrypoint: tuple[str, ...] = ()
    cmd: tuple[str, ...] = ()
    working_dir: str = ""
    exposed_ports: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    repo_digests: tuple[str, ...] = ()
    healthcheck: tuple[str, ...] = ()
    base_layers: int | None = None
    architecture: str = "amd64"
    created: str = ""
    """When the image was made, RFC 3339; "" leaves it out."""


def make_image(sketch: ImageSketch, *, label: str = "") -> StoredImage:
    """The image that a sketch describes, its files read. `label` is its `source`; by default it
    names the sketch."""
    from hardening.image.sketched import image_from

    return image_from(sketch, label=label)
