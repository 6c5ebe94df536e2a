"""Which files of an image are, byte for byte, what a package manager installed.

Records: dpkg's conffiles in `status`, its `info/*.md5sums` (and `status.d/*.md5sums` of distroless
images), apk's `lib/apk/db/installed` (`Z:Q1` + base 64 of SHA-1), wheels' `RECORD` (PEP 376 /
PEP 427, SHA-256).
"""

from __future__ import annotations

import re
from base64 import b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Iterator
from hashlib import md5, sha1, sha256
from posixpath import dirname, normpath
from typing import Final

from hardening.image.model import Image
from hardening.progress import Progress

MAX_RECORD: Final = 16 << 20
_APK: Final = "lib/apk/db/installed"
_STATUS: Final = "var/lib/dpkg/status"
_CONFFILE: Final = re.compile(r"^ (/\S+) ([0-9a-f]{32})")
_DPKG: Final = ("var/lib/dpkg/info/", "var/lib/dpkg/status.d/")


class Packaged:
    """Answers for one image; the records are read at the first question."""

    def __init__(self, image: Image, progress: Progress) -> None:
        self._image = image
        self._progress = progress
        self._records: dict[str, list[tuple[str, str, str]]] | None = None

    def package_of(self, path: str, data: bytes) -> str | None:
        """The package whose record has this path with exactly this content, None otherwise."""
        records = self._read() if self._records is None else self._records
        digests: dict[str, str] = {}
        for algorithm, expected, package in records.get(path, ()):
            if algorithm not in digests:
                digests[algorithm] = _digest(algorithm, data)
            if digests[algorithm] == expected:
                return package
        return None

    def _read(self) -> dict[str, list[tuple[str, str, str]]]:
        found: dict[str, list[tuple[str, str, str]]] = {}
        for layer in self._image.layers:
            wanted = {entry.path: MAX_RECORD for entry in layer.entries() if _is_record(entry.path)}
            if not wanted:
                continue
            for entry, data in self._image.contents(layer.index, wanted, limit=MAX_RECORD):
                self._progress.check()
                for path, algorithm, digest, package in _parse(entry.path, data):
                    found.setdefault(path, []).append((algorithm, digest, package))
        self._records = found
        return found


def _digest(algorithm: str, data: bytes) -> str:
    if algorithm == "md5":
        return md5(data, usedforsecurity=False).hexdigest()
    if algorithm == "sha1":
        return sha1(data, usedforsecurity=False).hexdigest()
    return urlsafe_b64encode(sha256(data).digest()).decode().rstrip("=")


def _is_record(path: str) -> bool:
    if path.endswith(".md5sums"):
        return path.startswith(_DPKG)
    return path in (_APK, _STATUS) or path.endswith(".dist-info/RECORD")


def _parse(path: str, data: bytes) -> Iterator[tuple[str, str, str, str]]:
    """Pairs of path and digest as (path, algorithm, digest, package)."""
    text = data.decode("utf-8", "replace")
    if path.endswith(".md5sums"):
        package = path.rpartition("/")[2].removesuffix(".md5sums").partition(":")[0]
        for line in text.splitlines():
            digest, _, name = line.partition("  ")
            yield normpath(name.strip().lstrip("/")), "md5", digest.strip().lower(), package
    elif path == _APK:
        yield from _parse_apk(text)
    elif path == _STATUS:
        yield from _parse_status(text)
    else:
        yield from _parse_record(path, text)


def _parse_status(text: str) -> Iterator[tuple[str, str, str, str]]:
    """Configuration files as their packages shipped them (deb-conffiles(5))."""
    package = ""
    for line in text.splitlines():
        if line.startswith("Package: "):
            package = line[9:].strip()
        elif found := _CONFFILE.match(line):
            yield found[1].lstrip("/"), "md5", found[2], package


def _parse_apk(text: str) -> Iterator[tuple[str, str, str, str]]:
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


def _parse_record(path: str, text: str) -> Iterator[tuple[str, str, str, str]]:
    import csv

    base = dirname(dirname(path))
    package = path.rpartition(".dist-info/")[0].rpartition("/")[2].partition("-")[0]
    try:
        rows = list(csv.reader(text.splitlines()))
    except csv.Error:
        return
    for row in rows:
        if len(row) >= 2 and row[1].startswith("sha256="):
            yield normpath(f"{base}/{row[0]}").lstrip("/"), "sha256", row[1][7:], package
