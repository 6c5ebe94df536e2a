"""The members of an image archive: `docker save` of any age, an OCI layout as a tar, compressed
whole or not. Nothing is unpacked by name; a compressed archive is uncompressed once, into a
temporary file without a name.
"""

from __future__ import annotations

import os
import posixpath
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hardening.errors import ImageError
from hardening.image.columns import FILE, HARDLINK, SYMLINK, Columns
from hardening.image.compression import BlobReader, compression_of, uncompressed
from hardening.image.config import MAX_JSON
from hardening.image.files import FileBlob, OpenFile, walk_blob
from hardening.image.tar import BLOCK_SIZE, TarHeaders
from hardening.image.tree import MAX_LINKS
from hardening.image.walking import check_tar
from hardening.progress import Progress

KEEP_FREE = 512 << 20
"""Bytes of disk that a temporary file leaves free."""


@dataclass(frozen=True, slots=True)
class Archive:
    """The members of an archive by name; the last one of a name counts, as for an unpacker."""

    file: OpenFile
    members: Mapping[str, FileBlob]
    links: Mapping[str, str] = field(default_factory=dict)

    def blob(self, name: str) -> FileBlob | None:
        """The member of a name, through links inside the archive; None when there is none."""
        name = posixpath.normpath(name).lstrip("/")
        for _ in range(MAX_LINKS):
            if name in self.members:
                return self.members[name]
            if name not in self.links:
                return None
            name = self.links[name]
        return None

    def small(self, name: str) -> bytes | None:
        """Content of a JSON member. Raises ImageError when it is too large to be one."""
        blob = self.blob(name)
        if blob is None:
            return None
        if blob.size > MAX_JSON:
            raise ImageError(f"{name} is larger than {MAX_JSON >> 20} MiB", "that is no real one")
        return blob.read(0, blob.size)


def open_archive(path: Path, progress: Progress) -> Archive:
    """Read the list of members. Raises ImageError."""
    file = OpenFile.at(path)
    kind = compression_of(file.read(0, 8))
    if kind is not None:
        file = _uncompressed(file, kind, path, progress)
    whole = FileBlob(file, 0, file.size)
    if not file.size:
        raise ImageError(f"{path} is empty", "an image archive was expected")
    try:
        check_tar(file.read(0, BLOCK_SIZE))
        headers = TarHeaders(capture=frozenset())
        walk_blob(whole, headers)
    except ImageError as error:
        raise ImageError(
            f"{path} is no image archive that can be read",
            f"{error.what}; {error.why}" if error.why else error.what,
            "Save the image again: docker save -o image.tar NAME.",
        ) from None
    return members_of(file, headers.columns)


def members_of(file: OpenFile, columns: Columns) -> Archive:
    """The archive that outer tar entries describe."""
    members: dict[str, FileBlob] = {}
    links: dict[str, str] = {}
    for row, name in enumerate(columns.paths):
        kind = columns.kinds[row]
        members.pop(name, None)
        links.pop(name, None)
        if kind == FILE:
            members[name] = FileBlob(file, columns.offsets[row], columns.sizes[row])
        elif kind == HARDLINK:
            links[name] = columns.links[row]
        elif kind == SYMLINK:
            target = posixpath.join(posixpath.dirname(name), columns.links[row])
            links[name] = posixpath.normpath(target).lstrip("/")
    return Archive(file, members, links)


def nameless_file(name: str, folder: Path | None = None) -> tuple[int, OpenFile]:
    """A temporary file that has no name any more, open twice: to write and to read."""
    descriptor, path = tempfile.mkstemp(prefix="drydock-", dir=folder)
    try:
        reading = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    finally:
        Path(path).unlink()
    return descriptor, OpenFile(reading, name)


def spool(parts: Iterator[bytes], name: str) -> OpenFile:
    """Write parts to a nameless temporary file. Raises ImageError when the disk is too full."""
    descriptor, reading = nameless_file(name)
    written, checked = 0, 0
    try:
        with os.fdopen(descriptor, "wb") as out:
            for part in parts:
                if written >= checked:
                    free = shutil.disk_usage(tempfile.gettempdir()).free
                    if free < KEEP_FREE:
                        raise OSError(28, f"{tempfile.gettempdir()} is nearly full")
                    checked = written + min(free - KEEP_FREE, 256 << 20) // 2
                out.write(part)
                written += len(part)
    except OSError as error:
        raise ImageError(
            f"{name} cannot be uncompressed",
            error.strerror or str(error),
            "Make room or set TMPDIR, or uncompress it yourself.",
        ) from None
    reading.size = written
    return reading


def _uncompressed(file: OpenFile, kind: str, path: Path, progress: Progress) -> OpenFile:
    phase = "uncompressing the archive"
    reader = BlobReader(FileBlob(file, 0, file.size))

    def parts() -> Iterator[bytes]:
        told = 0
        for part in uncompressed(reader, kind, file.size):
            progress.check()
            progress.advance(phase, reader.taken - told)
            told = reader.taken
            yield part

    progress.start(phase, file.size)
    try:
        plain = spool(parts(), str(path))
    except ImageError as error:
        if error.next_step:
            raise
        raise ImageError(f"{path} cannot be uncompressed", f"{error.what}; {error.why}") from None
    finally:
        progress.finish(phase)
    plain.identity = file.identity
    return plain
