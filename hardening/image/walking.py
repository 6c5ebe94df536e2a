"""Reading the entries of layer blobs: one here, many on several processors."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from hardening.errors import ImageError
from hardening.image.columns import Columns
from hardening.image.compression import BlobReader, compression_of, uncompressed
from hardening.image.feeding import TarFeed, first_block_is_tar
from hardening.image.files import CHUNK, FileBlob, walk_blob
from hardening.image.tar import BLOCK_SIZE, TarHeaders

Tell = Callable[[int], None]
"""Called with the number of stored bytes that were read since the last call; may raise."""


@dataclass(frozen=True, slots=True)
class Walked:
    """A layer's entries with the digests that were computed on the way, "" where none was:
    `digest` of the blob as stored, `diff_id` of the uncompressed tar."""

    columns: Columns
    digest: str = ""
    diff_id: str = ""


def walk_layer(blob: FileBlob, tell: Tell, *, verify: bool) -> Walked:
    """Read the entries of one layer, compressed or not. Raises ImageError."""
    kind = compression_of(blob.read(0, 8))
    if kind is None:
        return _walk_plain(blob, tell, verify=verify)
    return walk_compressed(blob, kind, tell, verify=verify)


def _walk_plain(blob: FileBlob, tell: Tell, *, verify: bool) -> Walked:
    check_tar(blob.read(0, BLOCK_SIZE))
    headers = TarHeaders()
    walk_blob(blob, headers)
    if not verify:
        tell(blob.size)
        return Walked(headers.columns)
    digest = sha256_of(blob, tell)
    return Walked(headers.columns, digest, digest)


def check_tar(start: bytes) -> None:
    """Raises ImageError when these first bytes are those of no tar; no bytes are an empty one."""
    if start and not first_block_is_tar(start):
        raise ImageError("It is no tar", f"it begins with {start[:8]!r}")


def sha256_of(blob: FileBlob, tell: Tell) -> str:
    """Digest of the blob as stored, `sha256:...`."""
    hasher = hashlib.sha256()
    for at in range(0, blob.size, CHUNK):
        part = blob.read(at, CHUNK)
        hasher.update(part)
        tell(len(part))
    return f"sha256:{hasher.hexdigest()}"


def walk_compressed(blob: FileBlob, kind: str, tell: Tell, *, verify: bool) -> Walked:
    """Read the entries of a compressed layer while it is uncompressed, to its end."""
    feed = TarFeed(TarHeaders())
    inner = hashlib.sha256() if verify else None
    outer = hashlib.sha256() if verify else None
    reader = BlobReader(blob, outer)
    told = 0
    for part in uncompressed(reader, kind, blob.size):
        if not feed.seen:
            check_tar(part[:BLOCK_SIZE])
        feed.feed(part)
        if inner is not None:
            inner.update(part)
        tell(reader.taken - told)
        told = reader.taken
    feed.finish()
    if inner is None or outer is None:
        return Walked(feed.headers.columns)
    while reader.read(CHUNK):
        pass
    digests = f"sha256:{outer.hexdigest()}", f"sha256:{inner.hexdigest()}"
    return Walked(feed.headers.columns, *digests)
