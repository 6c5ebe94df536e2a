"""OCI image layouts, as a folder or as a tar: `index.json`, and blobs by digest.

Format: OCI image-spec v1.1 `image-layout.md`, `image-index.md`, `manifest.md`; Docker's schema 2
manifests and manifest lists mean the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from hardening.errors import ImageError
from hardening.image.archive import Archive
from hardening.image.blobs import BlobSource, layer_info
from hardening.image.config import (
    MAX_JSON,
    MAX_LAYERS,
    mapping,
    parse_config,
    parse_diff_ids,
    parse_object,
    platform_of,
    text,
)
from hardening.image.digests import check, checked_digest
from hardening.image.files import FileBlob, OpenFile
from hardening.image.platforms import normalise, own_platform
from hardening.image.sources import Manifest

MAX_DEPTH = 4
MAX_MANIFESTS = 1_000
INDEXES = frozenset(
    {
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
    }
)
MANIFESTS = frozenset(
    {
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    }
)
REF_NAMES = ("io.containerd.image.name", "org.opencontainers.image.ref.name")
"""Annotations that name an image; containerd's is the full one."""


class Blobs(Protocol):
    """Where a layout keeps its blobs."""

    def blob(self, digest: str) -> FileBlob | None:
        """The blob of a checked digest, None when it is not there."""


class FolderBlobs:
    """Blobs of a layout folder, opened when asked for."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def blob(self, digest: str) -> FileBlob | None:
        path = self._root / "blobs" / digest.replace(":", "/")
        if not path.exists():
            return None
        file = OpenFile.at(path, f"Blob {digest}")
        return FileBlob(file, 0, file.size)


class TarBlobs:
    """Blobs of a layout inside a tar."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def blob(self, digest: str) -> FileBlob | None:
        return self._archive.blob("blobs/" + digest.replace(":", "/"))


@dataclass(frozen=True, slots=True)
class Candidate:
    """One image manifest of an index. `names` come from annotations, outermost first."""

    digest: str
    names: tuple[str, ...]
    manifest: Mapping[str, Any]
    config: Mapping[str, Any]
    config_digest: str

    @property
    def platform(self) -> str:
        return normalise(platform_of(parse_config(self.config)))


def open_layout(
    blobs: Blobs, index: bytes, label: str, *, platform: str | None, name: str | None
) -> BlobSource:
    """The image of a layout: the one named, of the platform asked for, else of this machine's.
    Raises ImageError."""
    document = parse_object(index, "index.json")
    reader = _Reader(blobs)
    found = list(reader.candidates(document, (), 0))
    if not found:
        raise ImageError(f"The {label} holds no image", reader.why_none())
    chosen = _choose(found, label, platform=platform, name=name)
    return _source(blobs, chosen, label)


class _Reader:
    """Goes through nested indexes; keeps what had to be left out."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._left_out: list[str] = []
        self._seen = 0

    def why_none(self) -> str:
        return "; ".join(self._left_out[:5]) or "its index is empty"

    def candidates(
        self, index: Mapping[str, Any], names: tuple[str, ...], depth: int
    ) -> Iterator[Candidate]:
        """Every image manifest that an index leads to."""
        if depth > MAX_DEPTH:
            raise ImageError(
                "The image index is nested too deeply", f"more than {MAX_DEPTH} levels"
            )
        descriptors = index.get("manifests")
        for descriptor in descriptors if isinstance(descriptors, list) else ():
            self._seen += 1
            if self._seen > MAX_MANIFESTS:
                raise ImageError(f"The image index lists more than {MAX_MANIFESTS:,} manifests")
            if isinstance(descriptor, dict):
                yield from self._one(descriptor, names, depth)

    def _one(
        self, descriptor: Mapping[str, Any], names: tuple[str, ...], depth: int
    ) -> Iterator[Candidate]:
        kind = text(descriptor.get("mediaType"))
        annotations = mapping(descriptor.get("annotations"))
        if "vnd.docker.reference.type" in annotations:
            return
        if kind and kind not in INDEXES | MANIFESTS:
            self._left_out.append(f"{kind[:80]} is no image")
            return
        digest = checked_digest(descriptor.get("digest"), "a manifest")
        data = small_blob(self._blobs, digest, "manifest")
        if data is None:
            self._left_out.append(f"manifest {digest} is not there")
            return
        document = parse_object(data, "manifest")
        own = (text(annotations[key]) for key in REF_NAMES if annotations.get(key))
        names = (*names, *own)
        if kind in INDEXES or "manifests" in document:
            yield from self.candidates(document, names, depth + 1)
            return
        candidate = self._candidate(digest, names, document)
        if candidate is not None:
            yield candidate

    def _candidate(
        self, digest: str, names: tuple[str, ...], manifest: Mapping[str, Any]
    ) -> Candidate | None:
        wanted = mapping(manifest.get("config"))
        config_digest = checked_digest(wanted.get("digest"), "an image config")
        data = small_blob(self._blobs, config_digest, "image config")
        if data is None:
            self._left_out.append(f"image config {config_digest} is not there")
            return None
        config = parse_object(data, "image config")
        if "rootfs" not in config:
            self._left_out.append(f"{text(wanted.get('mediaType')) or 'it'} is no image config")
            return None
        return Candidate(digest, names, manifest, config, config_digest)


def small_blob(blobs: Blobs, digest: str, what: str) -> bytes | None:
    """Content of a JSON blob, checked against its digest. Raises ImageError."""
    blob = blobs.blob(digest)
    if blob is None:
        return None
    if blob.size > MAX_JSON:
        raise ImageError(f"The {what} is larger than {MAX_JSON >> 20} MiB", "that is no real one")
    return check(blob.read(0, blob.size), digest, f"The {what}")


def _choose(
    found: list[Candidate], label: str, *, platform: str | None, name: str | None
) -> Candidate:
    if name is not None:
        found = [one for one in found if name in (*one.names, one.digest)]
        if not found:
            raise ImageError(f"The {label} holds no image named {name}")
    if platform is not None:
        found = _of_platform(found, normalise(platform), label)
    elif len({one.platform for one in found}) > 1:
        found = _of_platform(found, own_platform(), label)
    digests = {one.digest: one for one in found}
    if len(digests) == 1:
        return found[0]
    named = [one.names[0] if one.names else digest for digest, one in digests.items()]
    if len(set(named)) < len(named):
        named = list(digests)
    raise ImageError(
        f"The {label} holds {len(digests)} images",
        ", ".join(named[:10]),
        f"Name one of them: PATH@{named[0]}",
    )


def _of_platform(found: list[Candidate], wanted: str, label: str) -> list[Candidate]:
    matching = [one for one in found if one.platform == wanted]
    if matching:
        return matching
    there = ", ".join(sorted({one.platform for one in found}))
    raise ImageError(
        f"The {label} has no image for {wanted}", f"it has {there}", "Give --platform."
    )


def _source(blobs: Blobs, chosen: Candidate, label: str) -> BlobSource:
    diff_ids = parse_diff_ids(chosen.config)
    found = chosen.manifest.get("layers")
    layers = [mapping(one) for one in found] if isinstance(found, list) else []
    if len(layers) > MAX_LAYERS or len(layers) != len(diff_ids):
        raise ImageError(
            f"The manifest lists {len(layers)} layers and the image config {len(diff_ids)}",
            "one of the two was changed",
        )
    infos, stored = [], []
    for number, (layer, diff_id) in enumerate(zip(layers, diff_ids, strict=True)):
        digest = checked_digest(layer.get("digest"), f"layer {number}")
        blob = blobs.blob(digest)
        size = layer.get("size")
        stated = size if isinstance(size, int) and size >= 0 else 0
        if blob is not None and isinstance(size, int) and size != blob.size:
            raise ImageError(
                f"Layer {number} ({digest}) is {blob.size:,} bytes long",
                f"its manifest says {size:,}",
            )
        diff_id = checked_digest(diff_id, f"layer {number}")
        infos.append(layer_info(diff_id, blob, digest, stated))
        stored.append(blob)
    manifest = Manifest(
        id=chosen.config_digest,
        config=chosen.config,
        layers=tuple(infos),
        repo_tags=tuple(name for name in chosen.names if ":" in name)[:1],
    )
    return BlobSource(label, manifest, stored)
