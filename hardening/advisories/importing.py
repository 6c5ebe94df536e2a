"""Reads advisory files: OSV JSON, JSON lines, zip of JSON, each also as xz or gz; folders of these.

Every record is bounded; a bomb ends in an InputError, a broken record is counted and left out.
"""

from __future__ import annotations

import gzip
import io
import json
import lzma
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from hardening.advisories.exploited import epss_rows, is_epss, kev_rows
from hardening.advisories.model import Feed, Record
from hardening.advisories.records import read_record
from hardening.advisories.store import Writer, new_store, store_path
from hardening.errors import InputError
from hardening.progress import SILENT, Progress

MAX_RECORD = 16 << 20
MAX_TOTAL = 8 << 30
MAX_MEMBERS = 2_000_000
PHASE = "importing advisories"


@dataclass(frozen=True, slots=True)
class Imported:
    """How many records were taken, and how many had no usable shape or were withdrawn."""

    feed: str
    records: int
    left_out: int


class _Bytes:
    """Counts what was read and stops at the bound."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.total = 0

    def take(self, data: bytes) -> bytes:
        self.total += len(data)
        if len(data) > MAX_RECORD or self.total > MAX_TOTAL:
            raise InputError(
                f"{self.name} is too large to import", "a record or the whole is past the bound"
            )
        return data


def import_path(
    path: Path, *, store: Path | None = None, name: str = "", progress: Progress = SILENT
) -> Imported:
    """Add a file or folder to the store. Raises InputError; the store is then as it was."""
    feed = name or path.name
    progress.start(PHASE, None, "records")
    taken = left_out = 0
    newest = ""
    with new_store(store or store_path()) as writer:
        if _is_epss(path):
            return _import_epss(path, writer, feed)
        for document in documents(path):
            if taken % 256 == 0:
                progress.check()
            known = kev_rows(document)
            if known is not None:
                taken += writer.set_kev(known)
                continue
            record = _record(document)
            if record is None:
                left_out += 1
                continue
            writer.add((record,), feed)
            newest = max(newest, record.modified)
            taken += 1
            progress.advance(PHASE, 1)
        if not taken:
            raise InputError(
                f"{path} holds no advisories",
                "no OSV record, KEV catalogue or EPSS table was found in it",
                "Give an OSV JSON, JSONL or zip file",
            )
        writer.set_feed(Feed(feed, taken, _now(), newest))
    progress.finish(PHASE)
    return Imported(feed, taken, left_out)


def _is_epss(path: Path) -> bool:
    if path.is_dir() or not path.name.removesuffix(".gz").endswith(".csv"):
        return False
    with _opened(path) as stream:
        return is_epss(stream.read(4096))


def _import_epss(path: Path, writer: Writer, feed: str) -> Imported:
    with _opened(path) as stream:
        text = stream.read(MAX_TOTAL // 32).decode("utf-8", "replace")
    count = writer.set_epss(epss_rows(text))
    writer.set_feed(Feed(feed, count, _now()))
    return Imported(feed, count, 0)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _record(document: Any) -> Record | None:
    try:
        return read_record(document)
    except RecursionError:
        return None


def documents(path: Path) -> Iterator[Any]:
    """Decoded JSON documents of a file or folder. Raises InputError."""
    if path.is_dir():
        for child in sorted(path.rglob("*")):
            if child.is_file() and not child.is_symlink() and _is_data(child.name):
                yield from documents(child)
        return
    try:
        if zipfile.is_zipfile(path):
            yield from _from_zip(path)
            return
        with _opened(path) as stream:
            yield from _from_stream(stream, path.name)
    except (OSError, EOFError, lzma.LZMAError, zipfile.BadZipFile) as error:
        raise InputError(f"Cannot read {path}", str(error), "Fetch the file again") from error


def _is_data(name: str) -> bool:
    plain = name.removesuffix(".xz").removesuffix(".gz")
    return plain.endswith((".json", ".jsonl", ".zip")) and plain != "manifest.json"


def _opened(path: Path) -> IO[bytes]:
    if path.name.endswith(".xz"):
        return lzma.open(path)
    if path.name.endswith(".gz"):
        return gzip.open(path)  # type: ignore[return-value]
    return path.open("rb")


def _from_zip(path: Path) -> Iterator[Any]:
    counter = _Bytes(path.name)
    with zipfile.ZipFile(path) as archive:
        names = [one for one in archive.infolist() if one.filename.endswith(".json")]
        if len(names) > MAX_MEMBERS:
            raise InputError(f"{path.name} is too large to import", f"it has {len(names)} members")
        for member in names:
            with archive.open(member) as stream:
                yield _decoded(counter.take(stream.read(MAX_RECORD + 1)))


def _from_stream(stream: IO[bytes], name: str) -> Iterator[Any]:
    counter = _Bytes(name)
    plain = name.removesuffix(".xz").removesuffix(".gz")
    if plain.endswith(".zip"):
        data = stream.read(MAX_TOTAL // 8)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.infolist()[:MAX_MEMBERS]:
                with archive.open(member) as inner:
                    yield _decoded(counter.take(inner.read(MAX_RECORD + 1)))
        return
    if plain.endswith(".jsonl"):
        while line := stream.readline(MAX_RECORD + 1):
            if line.strip():
                yield _decoded(counter.take(line))
        return
    document = _decoded(stream.read(MAX_TOTAL // 32))
    yield from document if isinstance(document, list) else (document,)


def _decoded(data: bytes) -> Any:
    """The JSON document, None for what is none."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None
