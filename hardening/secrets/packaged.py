"""Which files of an image are, byte for byte, what a package manager installed.

Records: dpkg's conffiles in `status`, its `info/*.md5sums` (and `status.d/*.md5sums` of distroless
images), apk's `installed` (`Z:Q1` + base 64 of SHA-1), the FILEDIGESTS of RPM's headers, wheels'
`RECORD` (PEP 376 / PEP 427, SHA-256). A wheel that was made of a local or named source
(`direct_url.json`, PEP 610) is the project's own work: its record excuses nothing. Packages list
`/bin/x` where a merged /usr has `/usr/bin/x`.
"""

from __future__ import annotations

import re
from base64 import b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Iterator
from hashlib import new, sha256
from posixpath import dirname, normpath
from typing import Final

from hardening.image.model import Entry, Image
from hardening.inventory.catalogers import apk, rpm
from hardening.inventory.frame import Unreadable
from hardening.progress import Progress

MAX_RECORD: Final = 16 << 20
MAX_DATABASE: Final = 256 << 20
_RECORD: Final = "sha256 in base 64"
_STATUS: Final = "var/lib/dpkg/status"
_CONFFILE: Final = re.compile(r"^ (/\S+) ([0-9a-f]{32})")
_DPKG: Final = ("var/lib/dpkg/info/", "var/lib/dpkg/status.d/")


_Records = dict[str, list[tuple[str, str, str]]]
_Row = tuple[str, str, str, str]
"""Path, algorithm, digest, package."""


class Packaged:
    """Answers for one image; the records are read at the first question."""

    def __init__(self, image: Image, progress: Progress) -> None:
        self._image = image
        self._progress = progress
        self._records: _Records | None = None

    def package_of(self, path: str, data: bytes) -> str | None:
        """The package whose record has this path with exactly this content, None otherwise."""
        records = self._read() if self._records is None else self._records
        digests: dict[str, str] = {}
        known = [*records.get(path, []), *records.get(path.removeprefix("usr/"), [])]
        for algorithm, expected, package in known:
            if algorithm not in digests:
                digests[algorithm] = _digest(algorithm, data)
            if digests[algorithm] == expected:
                return package
        return None

    def _read(self) -> _Records:
        found: _Records = {}
        own = self._own_wheels()
        for layer in self._image.layers:
            wanted = {
                entry.path: MAX_DATABASE if rpm.is_database(entry.path) else MAX_RECORD
                for entry in layer.entries()
                if _is_record(entry.path) and dirname(entry.path) not in own
            }
            if not wanted:
                continue
            for entry, data in self._image.contents(
                layer.index, wanted, limit=max(wanted.values())
            ):
                self._progress.check()
                for path, algorithm, digest, package in self._rows(entry, data):
                    known = found.setdefault(path, [])
                    if (algorithm, digest, package) not in known:
                        known.append((algorithm, digest, package))
        self._records = found
        return found

    def _own_wheels(self) -> frozenset[str]:
        """The `.dist-info` folders of wheels that no index gave."""
        return frozenset(
            dirname(entry.path)
            for layer in self._image.layers
            for entry in layer.entries()
            if entry.path.endswith(".dist-info/direct_url.json")
        )

    def _rows(self, entry: Entry, data: bytes) -> Iterator[_Row]:
        if not rpm.is_database(entry.path):
            yield from _parse(entry.path, data)
            return
        path = f"{entry.path}-wal"
        log = self._image.read(path, layer=entry.layer, limit=MAX_DATABASE)
        try:
            for blob in rpm.headers_of(entry.path, data, {"-wal": log} if log else {}):
                package, algorithm, files = rpm.file_digests(blob)
                for name, digest in files:
                    yield name, algorithm, digest.lower(), package
        except Unreadable:
            return  # the inventory tells it; without its digests nothing is demoted


def _digest(algorithm: str, data: bytes) -> str:
    if algorithm == _RECORD:
        return urlsafe_b64encode(sha256(data).digest()).decode().rstrip("=")
    return new(algorithm, data, usedforsecurity=False).hexdigest()


def _is_record(path: str) -> bool:
    if path.endswith(".md5sums"):
        return path.startswith(_DPKG)
    if path in apk.PATHS or path == _STATUS or rpm.is_database(path):
        return True
    return path.endswith(".dist-info/RECORD")


def _parse(path: str, data: bytes) -> Iterator[_Row]:
    text = data.decode("utf-8", "replace")
    if path.endswith(".md5sums"):
        package = path.rpartition("/")[2].removesuffix(".md5sums").partition(":")[0]
        for line in text.splitlines():
            digest, _, name = line.partition("  ")
            yield normpath(name.strip().lstrip("/")), "md5", digest.strip().lower(), package
    elif path in apk.PATHS:
        yield from _parse_apk(text)
    elif path == _STATUS:
        yield from _parse_status(text)
    else:
        yield from _parse_record(path, text)


def _parse_status(text: str) -> Iterator[_Row]:
    """Configuration files as their packages shipped them (deb-conffiles(5))."""
    package = ""
    for line in text.splitlines():
        if line.startswith("Package: "):
            package = line[9:].strip()
        elif found := _CONFFILE.match(line):
            yield found[1].lstrip("/"), "md5", found[2], package


def _parse_apk(text: str) -> Iterator[_Row]:
    package = folder = name = ""
    for line in text.splitlines():
        key, _, value = line.partition(":")
        if not line:
            package = folder = name = ""
        elif key == "P":
            package = value
        elif key == "F":
            folder = value
        elif key == "R":
            name = f"{folder}/{value}" if folder else value
        elif key == "Z" and value.startswith("Q1"):
            try:
                yield name, "sha1", b64decode(value[2:]).hex(), package
            except (ValueError, Base64Error):
                continue


def _parse_record(path: str, text: str) -> Iterator[_Row]:
    import csv

    base = dirname(dirname(path))
    package = path.rpartition(".dist-info/")[0].rpartition("/")[2].partition("-")[0]
    try:
        rows = list(csv.reader(text.splitlines()))
    except csv.Error:
        return
    for row in rows:
        if len(row) >= 2 and row[1].startswith("sha256="):
            yield normpath(f"{base}/{row[0]}").lstrip("/"), _RECORD, row[1][7:], package
