"""Reads files of advisories: JSON, JSON lines, zip of JSON, also as xz or gz; folders of these.

Every document is bounded; a bomb ends in an InputError, what is no JSON comes out as None. Members
of archives are read by number: their names are never paths.
"""

from __future__ import annotations

import gzip
import json
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from hardening.errors import InputError
from hardening.progress import SILENT, Progress

MAX_RECORD = 16 << 20
MAX_DOCUMENT = 256 << 20
"""A file that is one document: the end-of-life table has 3 MB, EPSS scores 10 MB."""
MAX_TOTAL = 32 << 30
"""Ubuntu's records of all releases are the largest, with over 8 GB."""
MAX_MEMBERS = 2_000_000
MAX_FILES = 200_000
MAX_RATIO = 1_200
"""A member that says it unpacks to more is a bomb; deflate reaches 1,032."""
PHASE = "reading advisories"
DAMAGE = (
    OSError, EOFError, RuntimeError, ValueError, MemoryError,
    lzma.LZMAError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What the standard library raises about files that are not what they should be."""
_CHECK_EVERY = 256
_ENDINGS = (".json", ".jsonl", ".ndjson", ".zip", ".csv")


class _Counter:
    """Counts what was read and stops at the bound; asks now and then whether to stop."""

    def __init__(self, name: str, progress: Progress) -> None:
        self.name = name
        self.progress = progress
        self.total = self.documents = 0

    def take(self, data: bytes, most: int = MAX_RECORD) -> bytes:
        self.total += len(data)
        self.documents += 1
        if len(data) > most:
            raise InputError(
                f"{self.name} is too large to import", f"a record has over {most} bytes"
            )
        if self.total > MAX_TOTAL:
            raise InputError(
                f"{self.name} is too large to import", f"it has over {MAX_TOTAL} bytes"
            )
        if self.documents % _CHECK_EVERY == 0:
            self.progress.check()
        return data


def documents(path: Path, progress: Progress = SILENT) -> Iterator[Any]:
    """Decoded JSON documents of a file or folder, None for each that is none. Raises InputError,
    Cancelled."""
    yield from _documents(path, _Counter(path.name, progress))


def _documents(path: Path, counter: _Counter) -> Iterator[Any]:
    if path.is_dir():
        for number, child in enumerate(sorted(path.rglob("*"))):
            if number > MAX_FILES:
                raise InputError(f"{path} is too large to import", f"over {MAX_FILES} files")
            if child.is_file() and not child.is_symlink() and _is_data(child.name):
                yield from _documents(child, counter)
        return
    refuse_special(path)
    with _said(path):
        if zipfile.is_zipfile(path):
            yield from _from_zip(path, counter)
            return
        with opened(path) as stream:
            yield from _from_stream(stream, counter, _is_lines(path))


@contextmanager
def _said(path: Path) -> Iterator[None]:
    """Turns what the decompressors raise into an InputError."""
    try:
        yield
    except DAMAGE as error:
        why = str(error) or type(error).__name__
        raise InputError(f"Cannot read {path}", why, "Fetch the file again") from error


def _is_data(name: str) -> bool:
    return _plain(name).endswith(_ENDINGS) and _plain(name) != "manifest.json"


def _plain(name: str) -> str:
    return name.removesuffix(".xz").removesuffix(".gz")


def _is_lines(path: Path) -> bool:
    return _plain(path.name).endswith((".jsonl", ".ndjson"))


def opened(path: Path) -> IO[bytes]:
    """The file's bytes, unpacked when its first bytes say xz or gzip."""
    with path.open("rb") as stream:
        magic = stream.read(6)
    if magic.startswith(b"\xfd7zXZ\x00"):
        return lzma.open(path)
    if magic.startswith(b"\x1f\x8b"):
        return gzip.open(path)  # type: ignore[return-value]
    return path.open("rb")


def refuse_special(path: Path) -> None:
    """Raises InputError for pipes and devices: reading them would wait, or never end."""
    if not path.is_file():
        raise InputError(f"{path} is no file or folder", "", "Write the data to a file first")


def head(path: Path, size: int) -> bytes:
    """The first bytes of a file, b"" when it cannot be read."""
    try:
        with opened(path) as stream:
            return stream.read(size)
    except DAMAGE:
        return b""


def lines(path: Path, progress: Progress = SILENT) -> Iterator[str]:
    """The lines of a text, of each at most 4,096 bytes. Raises InputError, Cancelled."""
    counter = _Counter(path.name, progress)
    with _said(path), opened(path) as stream:
        while line := stream.readline(4096):
            yield counter.take(line).decode("utf-8", "replace")


def _from_zip(path: Path, counter: _Counter) -> Iterator[Any]:
    with zipfile.ZipFile(path) as archive:
        members = [one for one in archive.infolist() if one.filename.endswith(".json")]
        if len(members) > MAX_MEMBERS:
            raise InputError(
                f"{path.name} is too large to import", f"it has {len(members)} members"
            )
        for member in members:
            if member.file_size > MAX_RATIO * max(member.compress_size, 1):
                raise InputError(f"{path.name} is a bomb", "a member claims to unpack without end")
            with archive.open(member) as stream:
                yield _decoded(counter.take(stream.read(MAX_RECORD + 1)))


def _from_stream(stream: IO[bytes], counter: _Counter, by_lines: bool) -> Iterator[Any]:
    if by_lines:
        while line := stream.readline(MAX_RECORD + 1):
            counter.take(line)
            if not line.isspace():
                yield _decoded(line)
        return
    document = _decoded(counter.take(stream.read(MAX_DOCUMENT + 1), MAX_DOCUMENT))
    yield from document if isinstance(document, list) else (document,)


def _decoded(data: bytes) -> Any:
    """The JSON document, None for what is none."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None
