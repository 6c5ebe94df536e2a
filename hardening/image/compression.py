"""Uncompressing layers and whole archives, in bounded steps.

gzip goes through isal (two to three times faster than zlib) where it is installed.
"""

from __future__ import annotations

import io
import lzma
import sys
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from hardening.errors import ImageError
from hardening.image.model import Blob

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer as Buffer

STEP = 1 << 20
"""Bytes handed on at once."""

READ = 1 << 18
FREE = 4 << 30
MAX_RATIO = 200
"""Beyond `FREE` bytes of output, no real layer unpacks to more than this many times its size."""

MAX_WINDOW = 1 << 27
"""zstd and xz memory; the default limit of both tools."""

MAGIC = {
    b"\x1f\x8b": "gzip",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\xfd7zXZ\0": "xz",
    b"BZh": "bzip2",
}


class Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes | None: ...


def compression_of(start: bytes) -> str | None:
    """Name of the compression that the first bytes show, None for none. zstd's skippable frames
    count too."""
    for magic, name in MAGIC.items():
        if start.startswith(magic):
            return name
    if len(start) >= 4 and start[1:4] == b"\x2a\x4d\x18" and start[0] & 0xF0 == 0x50:
        return "zstd"
    return None


class Hasher(Protocol):
    def update(self, data: bytes, /) -> None: ...


class BlobReader(io.RawIOBase):
    """A blob as a file to read forward. Counts what was taken in `taken`, and gives it to
    `hasher` when there is one."""

    def __init__(self, blob: Blob, hasher: Hasher | None = None) -> None:
        super().__init__()
        self._blob = blob
        self._hasher = hasher
        self.taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        view = memoryview(buffer)
        part = self._blob.read(self.taken, len(view))
        view[: len(part)] = part
        self.taken += len(part)
        if self._hasher is not None:
            self._hasher.update(part)
        return len(part)


def uncompressed(source: Readable, kind: str, stored: int) -> Iterator[bytes]:
    """The content of a compressed stream in steps of about `STEP` bytes. `stored` is its size,
    which bounds how much may come out. Raises ImageError when it is damaged or a bomb."""
    bound = max(FREE, MAX_RATIO * stored)
    total = 0
    try:
        reader = _reader(source, kind)
        while part := reader.read(STEP):
            total += len(part)
            if total > bound:
                raise ImageError(
                    f"It unpacks to more than {bound >> 30} GiB from {stored:,} bytes",
                    "that is a decompression bomb",
                )
            yield part
    except ImageError:
        raise
    except _library_errors() as error:
        raise ImageError(f"Its {kind} data is damaged", str(error)) from None


def _library_errors() -> tuple[type[Exception], ...]:
    """The errors of the libraries that were imported so far."""
    found: list[type[Exception]] = [OSError, EOFError, ValueError, lzma.LZMAError, zlib.error]
    for module, name in (("zstandard", "ZstdError"), ("isal.isal_zlib", "error")):
        error = getattr(sys.modules.get(module), name, None)
        if isinstance(error, type) and issubclass(error, Exception):
            found.append(error)
    return tuple(found)


def _reader(source: Readable, kind: str) -> Readable:
    if kind == "gzip":
        return _gzip(source)
    if kind == "zstd":
        import zstandard

        plain = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW)
        return plain.stream_reader(source, read_size=READ, read_across_frames=True)  # type: ignore[arg-type]
    if kind == "xz":
        return _Xz(source)
    if kind == "bzip2":
        import bz2

        return bz2.BZ2File(source)  # type: ignore[call-overload, no-any-return]
    raise ImageError(f"It is compressed with {kind}", "drydock cannot read that")


def _gzip(source: Readable) -> Readable:
    try:
        from isal import igzip
    except ImportError:
        import gzip

        return gzip.GzipFile(fileobj=source, mode="rb")  # type: ignore[call-overload, no-any-return]
    reader: Readable = igzip.IGzipFile(fileobj=source, mode="rb")  # type: ignore[no-untyped-call]
    return reader


class _Xz:
    """xz streams one after another, with bounded memory."""

    def __init__(self, source: Readable) -> None:
        self._source = source
        self._plain = lzma.LZMADecompressor(memlimit=2 * MAX_WINDOW)
        self._rest = b""

    def read(self, size: int = -1, /) -> bytes:
        while True:
            if self._plain.eof:
                self._rest = self._plain.unused_data.lstrip(b"\0") or self._source.read(READ) or b""
                if not self._rest.strip(b"\0"):
                    return b""
                self._plain = lzma.LZMADecompressor(memlimit=2 * MAX_WINDOW)
            elif self._plain.needs_input and not self._rest:
                self._rest = self._source.read(READ) or b""
                if not self._rest:
                    raise EOFError("the data ends too early")
            data, self._rest = self._rest, b""
            part = self._plain.decompress(data, size)
            if part:
                return part
