"""A compressed layer read as its uncompressed tar: forward cheaply, back from the start."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from hardening.image.compression import BlobReader, uncompressed
from hardening.image.files import FileBlob


class ForwardTar:
    """`hardening.image.sources.TarBytes` of a compressed blob. Safe to share between threads,
    which then take turns."""

    def __init__(self, blob: FileBlob, kind: str) -> None:
        self._blob = blob
        self._kind = kind
        self._lock = threading.Lock()
        self._parts: Iterator[bytes] = iter(())
        self._part = b""
        self._start = -1

    def again(self) -> ForwardTar:
        return ForwardTar(self._blob, self._kind)

    def read(self, offset: int, size: int) -> bytes:
        """Exactly these bytes of the tar, fewer at its end. Raises ImageError."""
        with self._lock:
            if self._start < 0 or offset < self._start:
                self._parts = uncompressed(BlobReader(self._blob), self._kind, self._blob.size)
                self._part, self._start = b"", 0
            found = bytearray()
            while size > 0:
                skip = offset - self._start
                if skip < len(self._part):
                    taken = self._part[skip : skip + size]
                    found += taken
                    offset, size = offset + len(taken), size - len(taken)
                elif not self._advance():
                    break
            return bytes(found)

    def _advance(self) -> bool:
        part = next(self._parts, b"")
        if not part:
            self._parts, self._part, self._start = iter(()), b"", -1
            return False
        self._start += len(self._part)
        self._part = part
        return True
