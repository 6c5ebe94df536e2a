"""Java archives: Maven's `pom.properties`, else the manifest and the file's name; archives inside
archives too. Format: JAR file specification, Maven archiver.

Entries are only inflated in memory, one at a time, with bounds for depth, number and bytes.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from hardening.inventory.frame import MIB, Cataloger, Found, Unreadable, lines_of

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
_MAX_TEXT = 256 << 10


@dataclass(slots=True)
class _Budget:
    """What all archives of one file may still cost."""

    entries: int = MAX_ENTRIES
    size: int = MAX_BYTES


def read(path: str, data: bytes) -> Iterator[Found]:
    yield from _archive(path, data, MAX_DEPTH, _Budget())


def _archive(path: str, data: bytes, depth: int, budget: _Budget) -> Iterator[Found]:
    if data.count(_ENTRY) > MAX_ENTRIES:
        raise Unreadable(f"it holds more than {MAX_ENTRIES:,} entries")
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
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
            values = _pairs(_content(archive, info, _MAX_TEXT, budget), "=")
            group, artifact = values.get("groupId", ""), values.get("artifactId", "")
            if artifact and values.get("version"):
                poms.append((group, artifact, values["version"]))
        elif info.filename == _MANIFEST:
            manifest = _pairs(_content(archive, info, _MAX_TEXT, budget), ":")
        elif info.filename.rpartition(".")[2].lower() in _EXTENSIONS:
            nested.append(info)
    yield from _found(path, poms, manifest)
    for info in nested:
        if depth <= 0:
            raise Unreadable(f"archives lie more than {MAX_DEPTH} deep in it")
        inner = _content(archive, info, MAX_BYTES, budget)
        yield from _archive(info.filename, inner, depth - 1, budget)


def _found(
    path: str, poms: list[tuple[str, str, str]], manifest: dict[str, str]
) -> Iterator[Found]:
    for group, artifact, version in poms:
        yield Found("maven", f"{group}:{artifact}" if group else artifact, version)
    if poms:
        return
    stem = path.rpartition("/")[2].rpartition(".")[0]
    placed = _LAYOUT.search(path)
    if placed is not None and placed["version"][0].isdigit():
        group = placed["group"].replace("/", ".")
        yield Found("maven", f"{group}:{placed['name']}", placed["version"])
        return
    named = _FILE.match(stem)
    name = named["name"] if named else stem
    version = named["version"] if named else _stated_version(manifest)
    if not name or not version:
        return
    symbolic = manifest.get("Bundle-SymbolicName", "").partition(";")[0].strip()
    group = manifest.get("Implementation-Vendor-Id", "")
    if not group and symbolic.endswith("." + name):
        group = symbolic[: -len(name) - 1]
    yield Found("maven", f"{group}:{name}" if group else name, version)


def _stated_version(manifest: dict[str, str]) -> str:
    for key in ("Implementation-Version", "Bundle-Version", "Specification-Version"):
        if manifest.get(key):
            return manifest[key]
    return ""


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int, budget: _Budget) -> bytes:
    """An entry's bytes. The stated size is hostile: no more is inflated than is allowed."""
    limit = min(limit, budget.size)
    with archive.open(info) as file:
        found = file.read(limit + 1)
    if len(found) > limit:
        raise Unreadable("its entries unpack to too many bytes")
    budget.size -= len(found)
    return found


def _pairs(data: bytes, separator: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines_of(data):
        key, mark, value = line.partition(separator)
        if mark and not line.startswith(("#", " ")):
            found.setdefault(key.strip(), value.strip())
    return found


CATALOGER = Cataloger("java", read, extensions=_EXTENSIONS, limit=256 * MIB)
