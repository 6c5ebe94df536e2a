"""The members of an image archive that arrives as a stream: layers, small documents, the rest.

What a member is shows in its first block; what a layer is wrong with is kept until somebody asks
for that layer.
"""

from __future__ import annotations

import hashlib
import io
import queue
import threading
from typing import TYPE_CHECKING, Protocol

from hardening.errors import ImageError
from hardening.image.compression import compression_of, uncompressed
from hardening.image.config import MAX_JSON
from hardening.image.feeding import TarFeed, first_block_is_tar
from hardening.image.tar import BLOCK_SIZE, TarHeaders
from hardening.image.walking import Walked

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

QUEUED = 8
"""Pieces that may wait for a layer's decompression."""


class _Taker(Protocol):
    """What becomes of a member's bytes."""

    def feed(self, piece: bytes) -> None: ...
    def finish(self) -> Walked | ImageError | None: ...
    def abandon(self) -> None: ...


class Member:
    """One member of the outer tar; decides by its first block what it is."""

    def __init__(self, start: int, size: int, *, verify: bool) -> None:
        self.start = start
        self.end = start + size
        self.small: bytes | None = None
        self._verify = verify
        self._begin = bytearray()
        self._taker: _Taker | None = None

    def feed(self, piece: bytes) -> None:
        if self._taker is not None:
            self._taker.feed(piece)
            return
        self._begin += piece
        if len(self._begin) >= min(BLOCK_SIZE, self.end - self.start):
            begin = bytes(self._begin)
            self._begin.clear()
            self._taker = self._decide(begin)
            self._taker.feed(begin)

    def _decide(self, begin: bytes) -> _Taker:
        size = self.end - self.start
        kind = compression_of(begin)
        if kind is not None:
            return _Packed(kind, size, verify=self._verify)
        if first_block_is_tar(begin):
            return _Plain(verify=self._verify)
        if begin.lstrip()[:1] in (b"{", b"[", b"n") and size <= MAX_JSON:
            return _Small()
        return _Ignored()

    def finish(self) -> Walked | ImageError | None:
        if self._taker is None:
            self.small = b""
            return None
        if isinstance(self._taker, _Small):
            self.small = bytes(self._taker.data)
        return self._taker.finish()

    def abandon(self) -> None:
        if self._taker is not None:
            self._taker.abandon()


class _Ignored:
    def feed(self, piece: bytes) -> None:
        return None

    def finish(self) -> Walked | ImageError | None:
        return None

    def abandon(self) -> None:
        return None


class _Small(_Ignored):
    def __init__(self) -> None:
        self.data = bytearray()

    def feed(self, piece: bytes) -> None:
        self.data += piece


class _Plain(_Ignored):
    """A tar, walked as it passes. What is wrong with it matters only if it is a layer."""

    def __init__(self, *, verify: bool) -> None:
        self._feed = TarFeed(TarHeaders())
        self._hasher = hashlib.sha256() if verify else None
        self._error: ImageError | None = None

    def feed(self, piece: bytes) -> None:
        if self._hasher is not None:
            self._hasher.update(piece)
        if self._error is None:
            try:
                self._feed.feed(piece)
            except ImageError as error:
                self._error = error

    def finish(self) -> Walked | ImageError:
        try:
            self._feed.finish()
        except ImageError as error:
            self._error = self._error or error
        if self._error is not None:
            return self._error
        digest = "" if self._hasher is None else f"sha256:{self._hasher.hexdigest()}"
        return Walked(self._feed.headers.columns, digest, digest)


class _Packed(_Ignored):
    """A compressed member: a thread uncompresses and walks it while the stream goes on."""

    def __init__(self, kind: str, size: int, *, verify: bool) -> None:
        self._pipe = _Pipe()
        self._plain = _Plain(verify=verify)
        self._hasher = hashlib.sha256() if verify else None
        self._error: ImageError | None = None
        self._thread = threading.Thread(target=self._run, args=(kind, size), daemon=True)
        self._thread.start()

    def _run(self, kind: str, size: int) -> None:
        try:
            for part in uncompressed(self._pipe, kind, size):
                self._plain.feed(part)
        except ImageError as error:
            self._error = error
        finally:
            self._pipe.drain()

    def feed(self, piece: bytes) -> None:
        if self._hasher is not None:
            self._hasher.update(piece)
        self._pipe.put(piece)

    def finish(self) -> Walked | ImageError:
        self.abandon()
        self._thread.join()
        found = self._plain.finish()
        if self._error is not None:
            return self._error
        if isinstance(found, ImageError) or self._hasher is None:
            return found
        return Walked(found.columns, f"sha256:{self._hasher.hexdigest()}", found.diff_id)

    def abandon(self) -> None:
        self._pipe.put(b"")


class _Pipe(io.RawIOBase):
    """Bytes put by one thread and read by another; an empty piece is the end."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: queue.Queue[bytes] = queue.Queue(QUEUED)
        self._piece = memoryview(b"")
        self._ended = False

    def put(self, piece: bytes) -> None:
        self._pieces.put(piece)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        if not self._piece and not self._ended:
            self._piece = memoryview(self._pieces.get())
            self._ended = not self._piece
        view = memoryview(buffer)
        taken = self._piece[: len(view)]
        view[: len(taken)] = taken
        self._piece = self._piece[len(taken) :]
        return len(taken)

    def drain(self) -> None:
        """Let the writer go on after a failure."""
        while not self._ended:
            self._ended = not self._pieces.get()
