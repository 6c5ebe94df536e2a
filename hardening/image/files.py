"""Bytes on disk, by position: an open file is never moved through, so threads may share it."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hardening.errors import ImageError
from hardening.image.tar import BLOCK_SIZE, TarHeaders

WINDOW = 4096
"""Bytes read around each header: a page. Larger windows copy file data for nothing."""

CHUNK = 1 << 20


class OpenFile:
    """A regular file open for reading, closed with the object."""

    def __init__(self, descriptor: int, name: str) -> None:
        self.descriptor = descriptor
        self.name = name
        status = os.fstat(descriptor)
        self.size = status.st_size
        self.identity = f"{status.st_dev}:{status.st_ino}:{status.st_mtime_ns}:{status.st_size}"

    @classmethod
    def at(cls, path: Path, name: str = "") -> OpenFile:
        """Open a path. Raises ImageError when it is no readable regular file."""
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError as error:
            raise ImageError(
                f"{name or path} cannot be read", error.strerror or str(error)
            ) from None
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise ImageError(f"{name or path} is no regular file", "drydock reads nothing else")
            return cls(descriptor, name or str(path))
        except BaseException:
            os.close(descriptor)
            raise

    def read(self, offset: int, size: int) -> bytes:
        """At most `size` bytes, fewer only at the end. Raises ImageError."""
        parts: list[bytes] = []
        try:
            while size > 0:
                part = os.pread(self.descriptor, size, offset)
                if not part:
                    break
                parts.append(part)
                offset, size = offset + len(part), size - len(part)
        except OSError as error:
            raise ImageError(f"{self.name} cannot be read", error.strerror or str(error)) from None
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def __del__(self, close: Callable[[int], None] = os.close) -> None:
        # `close` is bound early: at the interpreter's end the module may be empty already.
        descriptor, self.descriptor = getattr(self, "descriptor", -1), -1
        if descriptor >= 0:
            close(descriptor)


@dataclass(frozen=True, slots=True)
class FileBlob:
    """A stretch of an open file: a member of an archive, or the whole file."""

    file: OpenFile
    start: int
    size: int

    def read(self, offset: int, size: int) -> bytes:
        """At most `size` bytes from `offset`, never beyond the stretch. Raises ImageError."""
        return self.file.read(self.start + offset, max(0, min(size, self.size - offset)))

    def again(self) -> FileBlob:
        """Itself: reading it here or there costs the same."""
        return self

    @property
    def identity(self) -> str:
        """Equal for the same bytes of the same unchanged file."""
        return f"{self.file.identity}:{self.start}:{self.size}"


def walk_blob(blob: FileBlob, headers: TarHeaders) -> None:
    """Take all headers of an uncompressed tar. Raises ImageError when it ends too early."""
    descriptor, start, size = blob.file.descriptor, blob.start, blob.size
    at, pread = 0, os.pread
    while not headers.ended and at + BLOCK_SIZE <= size:
        want = min(max(WINDOW, headers.need), size - at)
        window = pread(descriptor, want, start + at)
        after = headers.take(window, at)
        if after == at and not headers.ended and (len(window) < want or at + want == size):
            raise ImageError(f"It ends inside an entry at byte {at:,}", "the archive is cut short")
        at = after
    if not headers.ended and at < size:
        raise ImageError(f"It ends inside a header at byte {at:,}", "the archive is cut short")
    if at > size:
        raise ImageError(f"It ends {at - size:,} bytes too early", "the archive is cut short")
    headers.columns.tar_size = size
