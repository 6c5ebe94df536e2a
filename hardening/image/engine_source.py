"""An image of the engine as a source.

Config, history and layers are told at once. Files come from one export (`docker save`), parsed
while it streams; single files also from a container that is created, never started, and always
removed. What was exported once is kept by layer, and nothing is exported again for it.
"""

from __future__ import annotations

import posixpath
import queue
import tarfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import IO, Any, Protocol, cast

from hardening.errors import DrydockError, EngineError, ImageError
from hardening.image import cache
from hardening.image.columns import Columns
from hardening.image.config import MAX_LAYERS
from hardening.image.engine_facts import config_document, repo_digests, repo_tags
from hardening.image.sources import LayerInfo, Manifest, Source, TarBytes
from hardening.image.tree import MAX_LINKS
from hardening.progress import SILENT, Progress

EXPORTING = "waiting for the engine's export"
_POLL = 0.2
_QUEUED = 8
"""Chunks of a megabyte that may wait to be read."""


class Exporter(Protocol):
    """What is asked of `hardening.image.engine.Engine`."""

    def inspect(self, reference: str) -> Mapping[str, Any]: ...
    def history(self, image: str) -> Sequence[Mapping[str, Any]]: ...
    def export(self, image: str) -> Iterator[bytes]: ...
    def create(self, image: str) -> str: ...
    def remove(self, container: str) -> None: ...
    def archive(self, container: str, path: str) -> Iterator[bytes] | None: ...


class EngineSource:
    """`hardening.image.sources.Source` over an engine. Raises EngineError and ImageError."""

    label = "engine"

    def __init__(self, engine: Exporter, reference: str) -> None:
        self._engine = engine
        self._lock = threading.RLock()
        self._fetching = threading.Lock()
        self._saved: Source | None = None
        self._kept = False
        self._fetched: dict[tuple[str, int], bytes | None] = {}
        self._inspected = engine.inspect(reference)
        self._id = str(self._inspected.get("Id", "")) or reference
        self._manifest = self._described()

    def manifest(self) -> Manifest:
        return self._manifest

    def walk(
        self, layers: Sequence[int], *, verify: bool, progress: Progress
    ) -> Mapping[int, Columns]:
        """The entries of these layers, from one export of the whole image."""
        source = self._export(verify=verify, progress=progress)
        return source.walk(layers, verify=verify, progress=progress)

    def tar(self, layer: int) -> TarBytes | None:
        """The bytes of a layer; the image is exported when they are first read, not before."""
        return _LaterTar(self, layer) if self._saved is None else self._saved.tar(layer)

    @property
    def prefers_single_files(self) -> bool:
        """Whether `fetch` is quicker for one file than `tar`, which would have to export first."""
        return self._saved is None or not self._kept

    def fetch(self, path: str, limit: int) -> bytes | None:
        """At most `limit` bytes of a regular file of the merged tree, links followed; None when
        there is none."""
        key = (path, limit)
        with self._fetching:
            if key not in self._fetched:
                self._fetched[key] = self._fetch(path, limit)
            return self._fetched[key]

    def exported(self) -> Source:
        """The image's bytes, exported now when they were not yet."""
        return self._export(verify=False, progress=SILENT)

    def _described(self) -> Manifest:
        """The manifest from what the engine says, with the exact config where it is known."""
        rootfs = self._inspected.get("RootFS")
        found = rootfs.get("Layers") if isinstance(rootfs, dict) else None
        diff_ids = [one for one in found or () if isinstance(one, str)]
        if len(diff_ids) > MAX_LAYERS:
            raise ImageError(f"The image names {len(diff_ids):,} layers", f"over {MAX_LAYERS:,}")
        config = cache.get_config(self._id)
        if config is None:
            history = self._engine.history(self._id)
            config = config_document(self._inspected, history, diff_ids)
        return Manifest(
            id=self._id,
            config=config,
            layers=tuple(LayerInfo(diff_id, trusted=True) for diff_id in diff_ids),
            repo_tags=repo_tags(self._inspected),
            repo_digests=repo_digests(self._inspected),
        )

    def _export(self, *, verify: bool, progress: Progress) -> Source:
        from hardening.image.stream import read_save

        with self._lock:
            if self._saved is not None and not verify:
                return self._saved
            size = self._inspected.get("Size")
            total = size if isinstance(size, int) and size > 0 else None
            progress.start(EXPORTING, unit="")
            with Pump(self._engine.export(self._id), progress) as pump:
                saved = read_save(pump.chunks(), total=total, verify=verify, progress=progress)
            source = saved.source(self.label)
            self._accept(source.manifest())
            self._saved, self._kept = source, saved.whole
            return source

    def _accept(self, exported: Manifest) -> None:
        """Take over the exact config and history. Raises EngineError for another image."""
        mine = [info.diff_id for info in self._manifest.layers]
        theirs = [info.diff_id for info in exported.layers]
        if mine != theirs:
            raise EngineError(
                "The engine exported other layers than it had told of",
                f"{len(theirs)} instead of {len(mine)}, or different ones",
                "The image may have been replaced meanwhile: open it again.",
            )
        self._manifest = replace(self._manifest, config=exported.config)
        cache.put_config(self._id, exported.config)

    def _fetch(self, path: str, limit: int) -> bytes | None:
        container = self._engine.create(self._id)
        try:
            return _follow(self._engine, container, path, limit)
        finally:
            with suppress(EngineError):
                self._engine.remove(container)


def _follow(engine: Exporter, container: str, path: str, limit: int) -> bytes | None:
    """A file of a container, symbolic links followed inside its root."""
    for _ in range(MAX_LINKS):
        chunks = engine.archive(container, path)
        if chunks is None:
            return None
        found = _first_member(chunks, limit)
        if not isinstance(found, str):
            return found
        folder = posixpath.dirname("/" + path)
        path = posixpath.normpath(posixpath.join(folder, found)).lstrip("/")
    return None


def _first_member(chunks: Iterator[bytes], limit: int) -> bytes | str | None:
    """Content of the file that a one-file tar holds; the target of a link as a text."""
    try:
        with tarfile.open(fileobj=cast(IO[bytes], _Reader(chunks)), mode="r|") as tar:
            member = tar.next()
            if member is None:
                return None
            if member.issym():
                return member.linkname
            file = tar.extractfile(member) if member.isreg() else None
            return None if file is None else file.read(limit)
    except tarfile.TarError as error:
        raise EngineError("The engine sent a file that cannot be read", str(error)) from None


class _Reader:
    """Just enough of a file for `tarfile` over an iterator of chunks."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = b""

    def read(self, size: int) -> bytes:
        parts = [self._rest]
        have = len(self._rest)
        while have < size and (chunk := next(self._chunks, None)) is not None:
            parts.append(chunk)
            have += len(chunk)
        whole = b"".join(parts)
        self._rest = whole[size:]
        return whole[:size]


class _LaterTar:
    """`hardening.image.sources.TarBytes` that exports the image when it is first read."""

    def __init__(self, source: EngineSource, layer: int) -> None:
        self._source = source
        self._layer = layer
        self._tar: TarBytes | None = None

    def read(self, offset: int, size: int) -> bytes:
        if self._tar is None:
            self._tar = self._source.exported().tar(self._layer)
        if self._tar is None:
            raise ImageError(
                f"The content of layer {self._layer} cannot be kept",
                "there is no room for the engine's export in the temporary folder",
                "Make room or set TMPDIR.",
            )
        return self._tar.read(offset, size)

    def again(self) -> TarBytes:
        if self._tar is not None:
            return self._tar.again()
        return _LaterTar(self._source, self._layer)


class Pump:
    """Chunks of a slow stream, read on a thread of its own, so that waiting can be cancelled."""

    def __init__(self, stream: Iterator[bytes], progress: Progress) -> None:
        self._stream = stream
        self._progress = progress
        self._queue: queue.Queue[bytes | BaseException | None] = queue.Queue(_QUEUED)
        self._stop = threading.Event()
        self._waiting = True
        self._thread = threading.Thread(target=self._run, name="engine-export", daemon=True)

    def __enter__(self) -> Pump:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._begun()

    def chunks(self) -> Iterator[bytes]:
        """Raises what the stream raised, and Cancelled while it waits."""
        while True:
            try:
                item = self._queue.get(timeout=_POLL)
            except queue.Empty:
                self._progress.check()
                continue
            self._begun()
            if item is None:
                return
            if isinstance(item, BaseException):
                raise item
            yield item

    def _begun(self) -> None:
        if self._waiting:
            self._waiting = False
            self._progress.finish(EXPORTING)

    def _run(self) -> None:
        last: BaseException | None = None
        try:
            for chunk in self._stream:
                if not self._put(chunk):
                    return
        except DrydockError as error:
            last = error
        except Exception as error:
            last = EngineError("The engine's export broke off", f"{type(error).__name__}: {error}")
        finally:
            close = getattr(self._stream, "close", None)
            if close is not None:
                with suppress(Exception):
                    close()
        self._put(last)

    def _put(self, item: bytes | BaseException | None) -> bool:
        while not self._stop.is_set():
            try:
                self._queue.put(item, timeout=_POLL)
            except queue.Full:
                continue
            return True
        return False
