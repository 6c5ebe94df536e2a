"""`docker save` archives: `manifest.json` names a config and layer tars.

Format: moby `image/spec/v1.2.md`, "Combined Image JSON + Filesystem Changeset Format"; engines
from 25 on put the same members under `blobs/sha256/`. kaniko, skopeo, Podman and crane write it
too, with gzip layers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hardening.errors import ImageError
from hardening.image.archive import Archive
from hardening.image.blobs import BlobSource, layer_info
from hardening.image.config import (
    kind_of,
    mapping,
    parse_diff_ids,
    parse_json,
    parse_object,
    text,
    words,
)
from hardening.image.digests import check, checked_digest, digest_in_name, digest_of
from hardening.image.sources import Manifest

MANIFEST = "manifest.json"
BLOBS = "blobs/"
"""Members below are named by their digests. `HEX.json` at the top of older archives is a mere name:
engines load such a config whatever it is called and give the image the id of its content."""


def open_save(archive: Archive, label: str, manifest: bytes, name: str | None) -> BlobSource:
    """The image of a `docker save` archive; `name` chooses among several. Raises ImageError."""
    entry = _choose(_entries(manifest), name, label)
    config_name = text(entry.get("Config"))
    data = archive.small(config_name) if config_name else None
    if data is None:
        raise ImageError(
            f"The archive holds no image config {config_name!r}", "it is cut or changed"
        )
    if config_name.startswith(BLOBS):
        check(data, digest_in_name(config_name), "The image config")
    config = parse_object(data, "image config")
    diff_ids = parse_diff_ids(config)
    names = words(entry.get("Layers"))
    if len(names) != len(diff_ids):
        raise ImageError(
            f"The archive lists {len(names)} layers and the image config {len(diff_ids)}",
            "one of the two was changed",
        )
    blobs = [archive.blob(one) for one in names]
    infos = tuple(
        layer_info(
            checked_digest(diff_id, f"layer {number}"),
            blob,
            digest_in_name(member) if member.startswith(BLOBS) else "",
        )
        for number, (diff_id, blob, member) in enumerate(zip(diff_ids, blobs, names, strict=True))
    )
    return BlobSource(
        label,
        Manifest(
            id=digest_of(data),
            config=config,
            layers=infos,
            repo_tags=words(entry.get("RepoTags")),
        ),
        blobs,
    )


def _entries(manifest: bytes) -> list[Mapping[str, Any]]:
    document = parse_json(manifest, MANIFEST)
    if not isinstance(document, list):
        raise ImageError(f"{MANIFEST} is {kind_of(document)}, not a list", "it names no image")
    entries = [mapping(one) for one in document if isinstance(one, dict)]
    if not entries:
        raise ImageError(f"{MANIFEST} names no image", "its list is empty")
    return entries


def _names(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """What an image of the archive may be called: its tags, its id."""
    return (*words(entry.get("RepoTags")), digest_in_name(text(entry.get("Config"))))


def _choose(entries: list[Mapping[str, Any]], name: str | None, label: str) -> Mapping[str, Any]:
    if name is not None:
        entries = [entry for entry in entries if name in _names(entry)]
        if not entries:
            raise ImageError(f"The {label} holds no image named {name}")
    if len(entries) == 1:
        return entries[0]
    first = [next(filter(None, _names(entry)), "(unnamed)") for entry in entries]
    raise ImageError(
        f"The {label} holds {len(entries)} images",
        ", ".join(first[:10]),
        f"Name one of them: PATH@{first[0]}",
    )
