"""A file of a layer as bytes by position, without holding it: in place where the layer is not
compressed, else kept as far as it was read, on disk when it is large."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass

from hardening.errors import ImageError
from hardening.image.files import CHUNK, FileBlob, OpenFile
from hardening.image.model import Blob
from hardening.image.sources import TarBytes

IN_MEMORY = 8 << 20
"""Bytes of a file out of a compressed layer that are kept in memory before they go to disk."""

ON_DISK = 1 << 30
"""Bytes of such a file that are kept on disk."""


class NotKept(ImageError):
    """A file of a compressed layer that is too large to be read back and forth."""


@dataclass(frozen=True, slots=True)
class MemoryBlob:
    """`hardening.image.files.Blob` of bytes at hand."""

    data: bytes

    @property
    def size(self) -> int:
        return len(self.data)

    def read(self, offset: int, size: int) -> bytes:
        return self.data[offset : offset + max(0, size)] if offset >= 0 else b""


def blob_of(tar: TarBytes, offset: int, size: int) -> Blob:
    """The bytes of a tar from `offset` on. A blob of a compressed tar must be read before another
    one further on is: what passed is gone."""
    if isinstance(tar, FileBlob):
        return FileBlob(tar.file, tar.start + offset, max(0, min(size, tar.size - offset)))
    return Passing(tar, offset, size)


class Passing:
    """`hardening.image.files.Blob` of a tar that is read forward only: every byte is taken once,
    in steps, and kept for reading back. Raises ImageError, NotKept."""

    def __init__(self, tar: TarBytes, offset: int, size: int) -> None:
        self._tar = tar
        self._offset = offset
        self.size = size
        self._taken = 0
        self._memory = bytearray()
        self._out = -1
        self._file: OpenFile | None = None

    def read(self, offset: int, size: int) -> bytes:
        """At most `size` bytes from `offset`, fewer only at the end."""
        end = min(self.size, offset + max(0, size))
        if offset < 0 or offset >= end:
            return b""
        while self._taken < end:
            part = self._tar.read(self._offset + self._taken, min(CHUNK, self.size - self._taken))
            if not part:
                raise ImageError("A layer ends inside a file", "the image is damaged")
            self._keep(part)
        if self._file is not None:
            return self._file.read(offset, end - offset)
        return bytes(self._memory[offset:end])

    def _keep(self, part: bytes) -> None:
        self._taken += len(part)
        if self._file is None and self._taken <= IN_MEMORY:
            self._memory += part
            return
        try:
            if self._file is None:
                self._open()
            _write(self._out, part)
        except OSError as error:
            raise NotKept(
                "A large file of a layer cannot be kept while it is read",
                error.strerror or str(error),
                "Make room or set TMPDIR.",
            ) from None

    def _open(self) -> None:
        from hardening.image.archive import KEEP_FREE, nameless_file

        if self.size > ON_DISK:
            raise OSError(27, f"in a compressed layer more than {ON_DISK >> 30} GiB are not kept")
        if shutil.disk_usage(tempfile.gettempdir()).free - KEEP_FREE < self.size:
            raise OSError(28, f"{tempfile.gettempdir()} is nearly full")
        self._out, self._file = nameless_file("A file of a layer")
        _write(self._out, bytes(self._memory))
        self._memory = bytearray()

    def __del__(self) -> None:
        if self._out >= 0:
            with suppress(OSError):
                os.close(self._out)


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]
