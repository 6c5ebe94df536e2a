"""What was read of images before, by layer, in the user's cache folder.

One file per layer (its columns) and one per image (its merged tree), as they are: compressing them
took longer than everything else about them. A file is written beside its name and renamed, so that
runs at the same time see a whole entry or none; it carries a checksum, and one that is damaged, cut
or of another version counts as absent and is written again. Nothing here is ever an error to a
person: without a cache things only take longer.

A layer is looked up by its diff id only where that was verified or an engine vouches for it.
Otherwise an archive could claim another layer's diff id and plant a wrong listing for it; such
layers are kept by their place in the unchanged file.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from struct import Struct
from typing import Any
from zlib import crc32

from hardening.image.codec import decode, encode
from hardening.image.columns import Columns
from hardening.image.merge import Squash
from hardening.image.squashcode import decode_squash, encode_squash

VERSION = 2
FOLDER = "images"
MAX_BYTES = 1 << 30
"""Size above which the entries used longest ago are dropped."""

MAX_ENTRY = 1 << 30
_HEAD = Struct("<8sQI")
_MAGIC = b"drydock" + bytes([VERSION])


@dataclass(frozen=True, slots=True)
class CacheSize:
    """Number of entries and their bytes on disk."""

    entries: int
    bytes: int


def cache_root() -> Path:
    """`DRYDOCK_CACHE_DIR`, else the user's cache folder."""
    chosen = os.environ.get("DRYDOCK_CACHE_DIR")
    if chosen:
        return Path(chosen)
    import platformdirs

    return Path(platformdirs.user_cache_dir("drydock", appauthor=False))


def size() -> CacheSize:
    """How much is kept."""
    sizes = [status.st_size for _, status in _entries()]
    return CacheSize(len(sizes), sum(sizes))


def clear() -> CacheSize:
    """Forget everything; says how much that was. Raises OSError when it cannot be removed."""
    found = size()
    folder = cache_root() / FOLDER
    if folder.exists():
        shutil.rmtree(folder)
    return found


def clear_quietly() -> None:
    """Forget what can be forgotten, while others may be writing."""
    with suppress(OSError):
        clear()


def get_layer(key: str) -> Columns | None:
    """The columns kept under a key, None when there are none that are whole."""
    data = _read("layer", key)
    if data is None:
        return None
    try:
        return decode(data)
    except ValueError:
        return None


def put_layer(key: str, columns: Columns) -> None:
    """Keep a layer's columns."""
    _write("layer", key, encode(columns))


def get_squash(keys: Sequence[str], layers: Sequence[Columns]) -> Squash | None:
    """The merged tree of these layers, when it was kept."""
    data = _read("tree", "\n".join(keys))
    if data is None:
        return None
    try:
        return decode_squash(data, layers)
    except ValueError:
        return None


def put_squash(keys: Sequence[str], layers: Sequence[Columns], squash: Squash) -> None:
    """Keep the merged tree of these layers, and drop what is too much."""
    _write("tree", "\n".join(keys), encode_squash(squash, layers))
    _prune()


def get_config(image: str) -> Mapping[str, Any] | None:
    """The config document kept for an image id, None when there is none that is whole."""
    data = _read("config", image)
    try:
        found = json.loads(data) if data is not None else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def put_config(image: str, document: Mapping[str, Any]) -> None:
    """Keep the exact config document of an image."""
    _write("config", image, json.dumps(document).encode())


def get_derived(kind: str, key: str) -> bytes | None:
    """Bytes that another room worked out and kept, None when there are none that are whole. `kind`
    and `key` together name the form and version of the content and all that it came from."""
    return _read(kind, key)


def put_derived(kind: str, key: str, content: bytes) -> None:
    """Keep what takes long to work out again, and drop what is too much."""
    _write(kind, key, content)
    _prune()


def _path(kind: str, key: str) -> Path:
    name = hashlib.sha256(f"{kind}\n{key}".encode("utf-8", "surrogateescape")).hexdigest()
    return cache_root() / FOLDER / f"v{VERSION}" / name[:2] / f"{name[2:]}.{kind}"


def _read(kind: str, key: str) -> bytes | None:
    path = _path(kind, key)
    try:
        data = path.read_bytes()
        os.utime(path)
    except OSError:
        return None
    if len(data) < _HEAD.size:
        return None
    magic, length, checksum = _HEAD.unpack_from(data)
    content = data[_HEAD.size :]
    if magic != _MAGIC or length != len(content) or crc32(content) != checksum:
        return None
    return content


def _write(kind: str, key: str, content: bytes) -> None:
    if len(content) > MAX_ENTRY:
        return
    path = _path(kind, key)
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(_HEAD.pack(_MAGIC, len(content), crc32(content)))
                file.write(content)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


def _entries() -> list[tuple[Path, os.stat_result]]:
    """Another run may delete them meanwhile, with their folders."""
    found: list[tuple[Path, os.stat_result]] = []
    for folder, _, names in os.walk(cache_root() / FOLDER):
        for name in names:
            path = Path(folder, name)
            with suppress(OSError):
                found.append((path, path.lstat()))
    return found


def _prune() -> None:
    entries = _entries()
    total = sum(status.st_size for _, status in entries)
    for path, status in sorted(entries, key=lambda one: one[1].st_mtime):
        if total <= MAX_BYTES:
            return
        with suppress(OSError):
            path.unlink()
            total -= status.st_size
