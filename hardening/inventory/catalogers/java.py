"""Java archives: Maven's `pom.properties`, else the manifest and the file's name; archives inside
archives too. Format: JAR file specification, Maven archiver.

Entries are only inflated in memory, one at a time, with bounds for depth, number and bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, cast

from hardening.image.model import Blob
from hardening.image.passing import MemoryBlob
from hardening.inventory.frame import MAX_TEXT, MIB, Cataloger, Found, Unreadable, lines_of
from hardening.inventory.maven_groups import placed

_EXTENSIONS = frozenset(
    {"jar", "war", "ear", "par", "sar", "nar", "jpi", "hpi", "kar", "far", "lpkg"}
)
_POM = re.compile(r"META-INF/maven/[^/]+/[^/]+/pom\.properties$")
_LAYOUT = re.compile(
    r"(?:^|/)(?:repository|maven-repo)/(?P<group>.+)/(?P<name>[^/]+)/(?P<version>[^/]+)/"
    r"(?P=name)-(?P=version)[^/]*$"
)
"""A local repository of Maven: the folders say the group."""

_FILE = re.compile(r"(?P<name>.+?)-(?P<version>\d[\w.+~-]*)$")
_MANIFEST = "META-INF/MANIFEST.MF"
_ENTRY = b"PK\x01\x02"
"""Begins each entry of the central directory, all of which `zipfile` reads at once."""
MAX_DEPTH = 8
MAX_ENTRIES = 200_000
MAX_BYTES = 512 * MIB
_MAX_READ = 64 * MIB
_STEP = MIB
_MAX_TEXT = 64 << 10
_MAX_NAME = 200


@dataclass(slots=True)
class _Budget:
    """What all archives of one file may still cost."""

    entries: int = MAX_ENTRIES
    size: int = MAX_BYTES
    damaged: list[str] = field(default_factory=list)
    """Inner archives that could not be read, and why."""


def read(path: str, data: bytes) -> Iterator[Found]:
    """As `read_blob`, of an archive at hand as a whole."""
    yield from read_blob(path, MemoryBlob(data))


def read_blob(path: str, blob: Blob) -> Iterator[Found]:
    """The libraries of an archive and of those in it. What could be read comes first; then
    Unreadable is raised for what could not."""
    budget = _Budget()
    yield from _archive(path, blob, MAX_DEPTH, budget)
    if budget.damaged:
        more = f" and {len(budget.damaged) - 1} more" if len(budget.damaged) > 1 else ""
        raise Unreadable(f"{budget.damaged[0]}{more}")


class _File(io.RawIOBase):
    """A blob as the file that `zipfile` reads. It reads the whole directory at once, and makes an
    object of each entry: too many are refused before."""

    def __init__(self, blob: Blob) -> None:
        super().__init__()
        self._blob = blob
        self._at = 0

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        start = {io.SEEK_CUR: self._at, io.SEEK_END: self._blob.size}.get(whence, 0)
        if start + offset < 0:
            raise OSError("before its start")
        self._at = start + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1, /) -> bytes:
        size = self._blob.size if size < 0 else size
        if size > _MAX_READ:
            size = min(size, max(0, self._blob.size - self._at))
            if size > _MAX_READ:
                raise Unreadable("its directory is too large")
        found = self._blob.read(self._at, size)
        if found.count(_ENTRY) > MAX_ENTRIES:
            raise Unreadable(f"it holds more than {MAX_ENTRIES:,} entries")
        self._at += len(found)
        return found


def _archive(path: str, blob: Blob, depth: int, budget: _Budget) -> Iterator[Found]:
    try:
        with zipfile.ZipFile(cast(BinaryIO, _File(blob))) as archive:
            yield from _members(path, archive, depth, budget)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, EOFError) as error:
        raise Unreadable(f"it is no readable archive: {type(error).__name__}") from None
    except (ValueError, RuntimeError, OverflowError) as error:
        raise Unreadable(f"it is damaged or encrypted: {type(error).__name__}") from None


def _members(path: str, archive: zipfile.ZipFile, depth: int, budget: _Budget) -> Iterator[Found]:
    poms: list[tuple[str, str, str]] = []
    manifest: dict[str, str] = {}
    nested: list[zipfile.ZipInfo] = []
    budget.entries -= len(archive.infolist())
    if budget.entries < 0:
        raise Unreadable(f"it holds more than {MAX_ENTRIES:,} entries")
    for info in archive.infolist():
        if _POM.match(info.filename):
            values = _properties(_content(archive, info, _MAX_TEXT, budget))
            group, artifact = values.get("groupId", ""), values.get("artifactId", "")
            if artifact and values.get("version"):
                poms.append((group, artifact, values["version"]))
        elif info.filename == _MANIFEST:
            manifest = _attributes(_start(archive, info, budget))
        elif info.filename.rpartition(".")[2].lower() in _EXTENSIONS:
            nested.append(info)
    yield from _found(path, poms, manifest)
    for info in nested:
        if depth <= 0:
            raise Unreadable(f"archives lie more than {MAX_DEPTH} deep in it")
        yield from _inner(archive, info, depth, budget)


def _inner(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, depth: int, budget: _Budget
) -> Iterator[Found]:
    """An archive in an archive. That one is damaged is kept for the end: the others are whole."""
    data = _content(archive, info, MAX_BYTES, budget)
    if not data:
        return
    try:
        yield from _archive(info.filename, MemoryBlob(data), depth - 1, budget)
    except Unreadable as error:
        if budget.entries < 0 or budget.size <= 0:
            raise
        name = info.filename[:_MAX_NAME].encode("ascii", "replace").decode()
        budget.damaged.append(f"{error} ({name})")


def _found(
    path: str, poms: list[tuple[str, str, str]], manifest: dict[str, str]
) -> Iterator[Found]:
    for group, artifact, version in poms:
        yield Found("maven", f"{group}:{artifact}" if group else artifact, version)
    if poms:
        return
    layout = _LAYOUT.search(path)
    if layout is not None and layout["version"][0].isdigit():
        group = layout["group"].replace("/", ".")
        yield Found("maven", f"{group}:{layout['name']}", layout["version"])
        return
    stem = path.rpartition("/")[2].rpartition(".")[0]
    named = _FILE.match(stem)
    name = named["name"] if named else stem
    version = _version(named["version"] if named else "", manifest)
    if not name or not version:
        return
    group, name = placed(name, version, manifest.get("Implementation-Title", ""))
    group = group or manifest.get("Implementation-Vendor-Id", "")
    symbolic = manifest.get("Bundle-SymbolicName", "").partition(";")[0].strip()
    if not group and symbolic.endswith("." + name):
        group = symbolic[: -len(name) - 1]
    yield Found("maven", f"{group}:{name}" if group else name, version)


def _version(named: str, manifest: dict[str, str]) -> str:
    """The version in the file's name without a classifier (`1.2-exec`), else the stated one."""
    keys = ("Implementation-Version", "Bundle-Version", "Specification-Version")
    stated = [manifest[key] for key in keys if manifest.get(key)]
    if not named:
        return stated[0] if stated else ""
    return next((one for one in stated if named.startswith(f"{one}-")), named)


def _start(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: _Budget) -> bytes:
    """The first bytes of a text; the manifest of a signed archive has a line for each file."""
    with archive.open(info) as file:
        found = file.read(min(_MAX_TEXT, max(0, budget.size)))
    budget.size -= len(found)
    return found


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int, budget: _Budget) -> bytes:
    """An entry's bytes. The stated size is hostile: no more is inflated than is allowed."""
    limit = min(limit, max(0, budget.size))
    found = bytearray()
    with archive.open(info) as file:
        while part := file.read(_STEP):
            found += part
            budget.size -= len(part)
            if len(found) > limit:
                raise Unreadable("its entries unpack to too many bytes")
    return bytes(found)


def _properties(data: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines_of(data):
        key, mark, value = line.partition("=")
        if mark and not line.startswith("#"):
            found.setdefault(key.strip(), value.strip())
    return found


def _attributes(data: bytes) -> dict[str, str]:
    """The main section of a manifest; a line that begins with a space goes on with the one
    before."""
    found: dict[str, str] = {}
    key = ""
    for raw in lines_of(data):
        line = raw.rstrip("\r")
        if not line:
            break
        if line.startswith(" "):
            if key and len(found[key]) < MAX_TEXT:
                found[key] += line[1:]
            continue
        key, mark, value = line.partition(":")
        key = key.strip() if mark else ""
        if key:
            found.setdefault(key, value.strip())
    return found


CATALOGER = Cataloger("java", read, extensions=_EXTENSIONS, limit=512 * MIB, read_blob=read_blob)
