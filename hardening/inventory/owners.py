"""Which system package a file belongs to, by the file lists of dpkg and apk.

Lists name paths as packaged (`/bin/sh`) where a merged /usr holds the file (`usr/bin/sh`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from io import BytesIO

from hardening.inventory.catalogers import apk

_LIST = re.compile(r"^var/lib/dpkg/info/([^/]+?)(?::[^/:]+)?\.list$")
_SUMS = re.compile(r"^var/lib/dpkg/status\.d/([^/]+)\.md5sums$")
_MERGED = ("bin/", "sbin/", "lib/", "lib64/")


def is_file_list(path: str) -> bool:
    return path in apk.PATHS or bool(_LIST.match(path) or _SUMS.match(path))


def owned(path: str, data: bytes, wanted: Collection[bytes]) -> Iterator[tuple[str, str]]:
    """Wanted paths that this file list holds, each with the package that owns it."""
    if path in apk.PATHS:
        yield from _by_apk(data, wanted)
        return
    listed, sums = _LIST.match(path), _SUMS.match(path)
    name = listed or sums
    if name is None:
        return
    if listed:
        lines: Iterable[bytes] = (line.strip(b"/\n") for line in BytesIO(data))
    else:
        lines = (line[34:].strip(b"/\n") for line in BytesIO(data))
    for line in lines:
        if found := _among(line, wanted):
            yield found, name[1]


def _by_apk(data: bytes, wanted: Collection[bytes]) -> Iterator[tuple[str, str]]:
    name, folder = "", b""
    for raw in BytesIO(data):
        line = raw.removesuffix(b"\n")
        mark = line[:2]
        if mark == b"P:":
            name, folder = line[2:].decode("utf-8", "replace"), b""
        elif mark == b"F:":
            folder = line[2:]
        elif name and mark == b"R:" and (found := _among(folder + b"/" + line[2:], wanted)):
            yield found, name


def _among(path: bytes, wanted: Collection[bytes]) -> str | None:
    if path in wanted:
        return path.decode("utf-8", "surrogateescape")
    merged = b"usr/" + path
    if path.startswith(tuple(one.encode() for one in _MERGED)) and merged in wanted:
        return merged.decode("utf-8", "surrogateescape")
    return None
