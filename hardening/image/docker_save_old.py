"""`docker save` archives of engines before 1.10: `repositories` names the top layer of each tag,
each layer is a folder with its `json` (parent, command, config) and `layer.tar`.

Format: moby `image/spec/v1.md`. Engines still load it; the config is made from the layers' `json`
as they do.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from hardening.errors import ImageError
from hardening.image.archive import Archive
from hardening.image.blobs import BlobSource, layer_info
from hardening.image.compression import BlobReader, compression_of, uncompressed
from hardening.image.config import MAX_LAYERS, mapping, parse_object, text, words
from hardening.image.files import FileBlob
from hardening.image.sources import Manifest
from hardening.progress import Progress

REPOSITORIES = "repositories"
_ID = re.compile(r"[0-9a-f]{64}\Z")
_PART = 1 << 20


def open_old_save(
    archive: Archive, label: str, repositories: bytes, name: str | None, progress: Progress
) -> BlobSource:
    """The image of such an archive; every layer is read once, for its digest. Raises ImageError."""
    tags = _tags(parse_object(repositories, REPOSITORIES))
    top = _choose(tags, name, label)
    chain = list(_chain(archive, top))[::-1]
    blobs = [archive.blob(f"{one}/layer.tar") for one, _ in chain]
    diff_ids = [_diff_id(blob, progress) for blob in blobs]
    document = chain[-1][1]
    config = {
        **{key: document.get(key) for key in ("architecture", "os", "created", "author", "config")},
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
        "history": [_history(one) for _, one in chain],
    }
    infos = tuple(
        layer_info(diff_id, blob, "") for diff_id, blob in zip(diff_ids, blobs, strict=True)
    )
    names = tuple(tag for tag, layer in tags.items() if layer == top)
    return BlobSource(label, Manifest(f"sha256:{top}", config, infos, names), blobs)


def _tags(repositories: Mapping[str, Any]) -> dict[str, str]:
    """Tag (`name:tag`) to the id of its top layer."""
    return {
        f"{name}:{tag}": layer
        for name, tagged in repositories.items()
        for tag, layer in mapping(tagged).items()
        if isinstance(layer, str)
    }


def _choose(tags: Mapping[str, str], name: str | None, label: str) -> str:
    tops = {layer for tag, layer in tags.items() if name is None or tag == name}
    if len(tops) == 1:
        return tops.pop()
    if not tops:
        wanted = f"no image named {name}" if name else "no image"
        raise ImageError(f"The {label} holds {wanted}", f"{REPOSITORIES} names no layer for it")
    raise ImageError(
        f"The {label} holds {len(tops)} images",
        ", ".join(list(tags)[:10]),
        f"Name one of them: PATH@{next(iter(tags))}",
    )


def _chain(archive: Archive, top: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Ids and documents of the layers, the top one first."""
    seen: set[str] = set()
    layer = top
    while layer:
        if not _ID.match(layer) or layer in seen or len(seen) >= MAX_LAYERS:
            raise ImageError("The layers of the archive form no chain", f"at {layer[:80]!r}")
        seen.add(layer)
        data = archive.small(f"{layer}/json")
        if data is None:
            raise ImageError(f"The archive holds no description of layer {layer}", "it is cut")
        document = parse_object(data, "description of a layer")
        yield layer, document
        layer = text(document.get("parent"))


def _history(document: Mapping[str, Any]) -> dict[str, Any]:
    command = words(mapping(document.get("container_config")).get("Cmd"))
    return {
        "created": document.get("created"),
        "author": document.get("author"),
        "comment": document.get("comment"),
        "created_by": " ".join(command),
    }


def _diff_id(blob: FileBlob | None, progress: Progress) -> str:
    if blob is None:
        raise ImageError("A layer is not in the archive", "it is cut", "Save the image again.")
    digest = hashlib.sha256()
    kind = compression_of(blob.read(0, 8))
    parts = _parts(blob) if kind is None else uncompressed(BlobReader(blob), kind, blob.size)
    for part in parts:
        progress.check()
        digest.update(part)
    return f"sha256:{digest.hexdigest()}"


def _parts(blob: FileBlob) -> Iterator[bytes]:
    for offset in range(0, blob.size, _PART):
        yield blob.read(offset, min(_PART, blob.size - offset))
