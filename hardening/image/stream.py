"""An image from the bytes of `docker save` while they arrive.

Every member of the outer tar is looked at as it passes: what is a layer is walked in place, and
all of it is kept in a temporary file without a name, so that files can be read later. When there
is no room for that, only the small members are kept: the entries and the captured files are there,
other content is not. The list of layers comes at the end of such a stream, so nothing is known to
be a layer until then.

    saved = read_save(client_stream, progress=progress)
    source = saved.source("engine", name="app:1")
    image = load_files(image_of("app:1", source, source.manifest()))
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import BinaryIO

from hardening.errors import ImageError
from hardening.image.archive import KEEP_FREE, Archive, members_of, nameless_file
from hardening.image.blobs import BlobSource
from hardening.image.columns import FILE
from hardening.image.feeding import TarFeed
from hardening.image.files import OpenFile
from hardening.image.members import Member
from hardening.image.tar import TarHeaders
from hardening.image.walking import Walked
from hardening.progress import SILENT, Progress

PHASE = "reading layers"
MAX_SMALL = 64 << 20
"""Bytes of all small members that are kept in memory when there is no room on disk."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What a stream held. `walked` maps where a member began to what was read of it; `whole` says
    that all bytes were kept."""

    archive: Archive
    walked: dict[int, Walked | ImageError]
    whole: bool

    def source(
        self, label: str, *, platform: str | None = None, name: str | None = None
    ) -> BlobSource:
        """The image as a source whose layers are read already. Raises ImageError."""
        from hardening.image.loading import source_of

        plain = source_of(self.archive, label, platform=platform, name=name)
        walked = {
            number: self.walked[blob.start]
            for number, blob in enumerate(plain.blobs)
            if blob is not None and blob.start in self.walked
        }
        blobs = plain.blobs if self.whole else (None,) * len(plain.blobs)
        manifest = plain.manifest()
        infos = tuple(replace(info, cache_key="") for info in manifest.layers)
        return BlobSource(label, replace(manifest, layers=infos), blobs, walked=walked)


def read_save(
    chunks: Iterable[bytes],
    *,
    total: int | None = None,
    verify: bool = False,
    keep: bool = True,
    progress: Progress = SILENT,
) -> Saved:
    """Take a whole `docker save` stream. `total` is its size in bytes when known, `verify` computes
    every digest on the way, `keep` false keeps small members only. Raises ImageError, Cancelled,
    and whatever `chunks` raises."""
    reader = _SaveReader(verify=verify, keep=keep)
    progress.start(PHASE, total)
    try:
        for chunk in chunks:
            progress.check()
            reader.feed(chunk)
            progress.advance(PHASE, len(chunk))
        return reader.finish()
    finally:
        reader.close()
        progress.finish(PHASE)


class _SaveReader:
    def __init__(self, *, verify: bool, keep: bool) -> None:
        self._outer = TarFeed(TarHeaders(capture=frozenset()))
        self._members: deque[Member] = deque()
        self._rows = 0
        self._verify = verify
        self._spool = _Spool() if keep else None
        self._small: dict[int, bytes] = {}
        self._walked: dict[int, Walked | ImageError] = {}

    def feed(self, chunk: bytes) -> None:
        start = self._outer.seen
        self._outer.feed(chunk)
        if self._spool is not None and not self._spool.write(chunk):
            self._spool = None
        columns = self._outer.headers.columns
        for row in range(self._rows, len(columns)):
            if columns.kinds[row] == FILE:
                member = Member(columns.offsets[row], columns.sizes[row], verify=self._verify)
                self._members.append(member)
        self._rows = len(columns)
        self._route(chunk, start)

    def _route(self, chunk: bytes, start: int) -> None:
        """Give each member its part of a chunk."""
        end = start + len(chunk)
        while self._members:
            member = self._members[0]
            member.feed(chunk[max(member.start - start, 0) : max(member.end - start, 0)])
            if member.end > end:
                return
            self._members.popleft()
            self._take(member)

    def _take(self, member: Member) -> None:
        """A member is complete."""
        found = member.finish()
        if found is not None:
            self._walked[member.start] = found
        if member.small is not None:
            self._small[member.start] = member.small
            if sum(map(len, self._small.values())) > MAX_SMALL:
                raise ImageError("The export holds too many small members", "it is no real image")

    def finish(self) -> Saved:
        try:
            self._outer.finish()
        except ImageError as error:
            raise ImageError("The engine's export cannot be read", str(error)) from None
        file = _MemoryFile(self._small) if self._spool is None else self._spool.finish()
        archive = members_of(file, self._outer.headers.columns)
        return Saved(archive, self._walked, self._spool is not None)

    def close(self) -> None:
        """End what still runs."""
        for member in self._members:
            member.abandon()


class _Spool:
    """The stream's bytes in a file without a name, as long as there is room."""

    def __init__(self) -> None:
        descriptor, self._file = nameless_file("The engine's export")
        self._out: BinaryIO = os.fdopen(descriptor, "wb")
        self._written = 0
        self._checked = 0

    def write(self, chunk: bytes) -> bool:
        """False when there is no room: the file is given up."""
        try:
            if self._written >= self._checked:
                free = shutil.disk_usage(tempfile.gettempdir()).free - KEEP_FREE
                if free < len(chunk):
                    raise OSError(28, "no room")
                self._checked = self._written + min(free, 256 << 20) // 2
            self._out.write(chunk)
        except OSError:
            with suppress(OSError):
                self._out.close()
            return False
        self._written += len(chunk)
        return True

    def finish(self) -> OpenFile:
        self._out.close()
        self._file.size = self._written
        return self._file


class _MemoryFile(OpenFile):
    """The small members of a stream, where they began in it."""

    def __init__(self, small: dict[int, bytes]) -> None:
        self.descriptor = -1
        self.name = "The engine's export"
        self.size = 0
        self.identity = ""
        self._small = small

    def read(self, offset: int, size: int) -> bytes:
        return self._small.get(offset, b"")[:size]
