"""What an image can be read from, behind one small interface.

A source is one image of one platform. The archive, the layout and the engine each have a file
of their own; everything above them sees only this.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from hardening.image.columns import Columns
from hardening.progress import Progress


class TarBytes(Protocol):
    """The uncompressed tar of one layer."""

    def read(self, offset: int, size: int) -> bytes:
        """Exactly these bytes, fewer at the end. Reading forward is cheap; going back may not
        be. Raises ImageError."""

    def again(self) -> TarBytes:
        """The same bytes for somebody who reads through them on their own."""


@dataclass(frozen=True, slots=True)
class LayerInfo:
    """One layer before its files are read. `stored` is the size of its blob in bytes, 0 while
    unknown; `digest` that of the blob, "" when nothing states one. `tar_size` is the size of the
    uncompressed tar, 0 while unknown. `cache_key` stands for exactly these bytes (the place in an
    unchanged file), "" when nothing does; `trusted` says that an engine vouches for `diff_id`."""

    diff_id: str
    digest: str = ""
    stored: int = 0
    tar_size: int = 0
    cache_key: str = ""
    trusted: bool = False


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a source says at once: the config document, its digest, names and layers."""

    id: str
    config: Mapping[str, Any]
    layers: tuple[LayerInfo, ...]
    repo_tags: tuple[str, ...] = ()
    repo_digests: tuple[str, ...] = ()


class Source(Protocol):
    """Where one image comes from. Every method may raise ImageError or EngineError."""

    @property
    def label(self) -> str:
        """`engine`, `archive PATH`, `layout PATH`, `sample NAME`."""

    def manifest(self) -> Manifest: ...

    def walk(
        self, layers: Sequence[int], *, verify: bool, progress: Progress
    ) -> Mapping[int, Columns]:
        """Read the entries of these layers. `verify` checks every digest that the image states."""

    def tar(self, layer: int) -> TarBytes | None:
        """The bytes of a layer, None when the source cannot give them (any more)."""

    def fetch(self, path: str, limit: int) -> bytes | None:
        """One file of the merged tree by another way, before or without reading layers; None
        when there is no such way or no such file."""


class NoSource:
    """The source of an image that holds all its content in memory."""

    def __init__(self, label: str, manifest: Manifest) -> None:
        self.label = label
        self._manifest = manifest

    def manifest(self) -> Manifest:
        return self._manifest

    def walk(
        self, layers: Sequence[int], *, verify: bool, progress: Progress
    ) -> Mapping[int, Columns]:
        return {}

    def tar(self, layer: int) -> TarBytes | None:
        return None

    def fetch(self, path: str, limit: int) -> bytes | None:
        return None
