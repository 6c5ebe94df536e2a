"""RPM packages. Format: header blobs (rpm's "Package header" without its magic) in SQLite, in the
NDB of SUSE or in the hash database of Berkeley DB; see `rpm_stores` for the three files."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from hardening.inventory.frame import MIB, Cataloger, Found, Unreadable, lines_of, text_of

_FOLDERS = frozenset({"var/lib/rpm", "usr/lib/sysimage/rpm", "usr/share/rpm"})
_NAMES = frozenset({"rpmdb.sqlite", "Packages.db", "Packages"})
_MANIFEST = "var/lib/rpmmanifest/container-manifest-2"
_COLUMNS = 10
_NAME, _VERSION, _RELEASE, _EPOCH, _VENDOR, _ARCH, _SOURCE = (
    1000, 1001, 1002, 1003, 1011, 1022, 1044
)  # fmt: skip
_LICENCE, _MODULE = 1014, 5096
_FOLDER_OF, _BASES, _FOLDERS_OF = 1116, 1117, 1118
_DIGESTS, _ALGORITHM = 1035, 5011
_WANTED = frozenset({_NAME, _VERSION, _RELEASE, _EPOCH, _VENDOR, _ARCH, _SOURCE, _ALGORITHM,
                     _MODULE})  # fmt: skip
_LISTS = frozenset({_FOLDER_OF, _BASES, _FOLDERS_OF, _DIGESTS})
_ALGORITHMS = {0: "md5", 1: "md5", 2: "sha1", 8: "sha256", 9: "sha384", 10: "sha512"}
"""Numbers of RFC 4880, section 9.4; headers without one are older than the choice."""
_STRING, _INT32, _STRINGS = (6, 9), 4, 8
_MAX_FILES = 500_000
_EVIDENCE = re.compile(
    r"(?:^|/)(?:METADATA|PKG-INFO|[^/]+\.(?:egg-info|gemspec|jar|json))$|(?:^|/)(?:s?bin|libexec)/"
)
_MAX_INDEX = 4_096
_MAX_TEXT = 1_024
_MAX_PATH = 4_096


def _accepts(path: str) -> bool:
    return path.rpartition("/")[0] in _FOLDERS or path == _MANIFEST


def read(path: str, data: bytes) -> Iterator[Found]:
    yield from read_beside(path, data, {})


def read_beside(path: str, data: bytes, beside: dict[str, bytes]) -> Iterator[Found]:
    """The packages of a database; a write-ahead log beside it counts."""
    if path == _MANIFEST:
        yield from _manifest(data)
        return
    for blob in headers_of(path, data, beside):
        found = package_of(blob)
        if found is not None:
            yield found


def _manifest(data: bytes) -> Iterator[Found]:
    """The list that Azure Linux leaves in images without a database: a package a line, separated by
    tabs: name, version-release, two times, vendor, "(none)" or epoch, size, arch, epoch, source."""
    for line in lines_of(data):
        parts = line.split("\t")
        if len(parts) < _COLUMNS or not parts[0] or not parts[1] or parts[0] == "gpg-pubkey":
            continue
        epoch = parts[8] if parts[8].isdigit() and parts[8] != "0" else ""
        source, source_version = source_of(parts[9])
        yield Found(
            "rpm",
            parts[0],
            f"{epoch}:{parts[1]}" if epoch else parts[1],
            source,
            source_version,
            parts[7],
            qualifiers=(
                ("arch", parts[7]),
                ("epoch", epoch),
                ("upstream", parts[9] if source else ""),
            ),
            vendor="" if parts[4] == "(none)" else parts[4],
        )


def is_database(path: str) -> bool:
    return path.rpartition("/")[2] in _NAMES and _accepts(path)


def headers_of(path: str, data: bytes, beside: dict[str, bytes]) -> Iterator[bytes]:
    """The header blobs of a database of any kind. Raises Unreadable."""
    from hardening.inventory.rpm_stores import bdb_blobs, ndb_blobs, sqlite_blobs

    name = path.rpartition("/")[2]
    if name == "rpmdb.sqlite":
        return sqlite_blobs(data, beside.get("-wal", b""))
    return ndb_blobs(data) if name == "Packages.db" else bdb_blobs(data)


def package_of(blob: bytes) -> Found | None:
    """The package that a header describes; None for the keys that rpm keeps as `gpg-pubkey`.
    Raises Unreadable."""
    tags = _tags(blob)
    name, version = str(tags.get(_NAME, "")), str(tags.get(_VERSION, ""))
    if not name or not version or name == "gpg-pubkey":
        return None
    release, epoch = str(tags.get(_RELEASE, "")), tags.get(_EPOCH, 0)
    full = f"{version}-{release}" if release else version
    source_file = str(tags.get(_SOURCE, ""))
    source, source_version = source_of(source_file)
    arch = str(tags.get(_ARCH, ""))
    prefix = f"{epoch}:" if epoch else ""
    return Found(
        "rpm",
        name,
        prefix + full,
        source,
        source_version,
        arch,
        qualifiers=(
            ("arch", arch),
            ("epoch", str(epoch) if epoch else ""),
            ("upstream", source_file if source else ""),
            ("rpmmod", str(tags.get(_MODULE, ""))),
        ),
        files=tuple(filter(_EVIDENCE.search, _files(blob))),
        vendor=str(tags.get(_VENDOR, "")),
    )


def source_of(file: str) -> tuple[str, str]:
    """Name and version of `bash-5.1.8-6.el9.src.rpm`, "" for what is no such file."""
    for ending in (".src.rpm", ".nosrc.rpm"):
        if file.endswith(ending):
            parts = file[: -len(ending)].rsplit("-", 2)
            if len(parts) == 3:
                return parts[0], f"{parts[1]}-{parts[2]}"
    return "", ""


def file_digests(blob: bytes) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """Name of the package, algorithm of its digests ("" for an unknown one), and each of its files
    without leading slash with its digest as hexadecimal digits. Raises Unreadable."""
    tags = _tags(blob)
    algorithm = _ALGORITHMS.get(int(tags.get(_ALGORITHM, 0)), "")
    lists = _lists(blob)
    if _DIGESTS not in lists or not algorithm:
        return str(tags.get(_NAME, "")), "", ()
    digests = _strings(blob, *lists[_DIGESTS])
    pairs = zip(_files(blob), digests, strict=False)
    found = tuple((path, text_of(one)) for path, one in pairs if path and one)
    return str(tags.get(_NAME, "")), algorithm, found


def _lists(blob: bytes) -> dict[int, tuple[int, int]]:
    """Tag → where its values begin and how many there are."""
    count = int.from_bytes(blob[:4], "big")
    start = 8 + 16 * count
    lists: dict[int, tuple[int, int]] = {}
    for number in range(count):
        tag, _, offset, size = struct.unpack_from(">iIiI", blob, 8 + 16 * number)
        if tag in _LISTS and offset >= 0 and size <= _MAX_FILES:
            lists[tag] = start + offset, size
    return lists


def _strings(blob: bytes, at: int, count: int) -> list[bytes]:
    return blob[at:].split(b"\0", count)[:count]


def _files(blob: bytes) -> Iterator[str]:
    """Paths of the package's files: base names, each with the number of its folder; "" for one
    that is too long."""
    lists = _lists(blob)
    if not {_FOLDER_OF, _BASES, _FOLDERS_OF} <= lists.keys():
        return
    (at, size), (bases, many) = lists[_FOLDER_OF], lists[_BASES]
    if size != many or at + 4 * size > len(blob):
        return
    names, places = _strings(blob, bases, many), _strings(blob, *lists[_FOLDERS_OF])
    for name, number in zip(names, struct.unpack_from(f">{size}I", blob, at), strict=False):
        fits = number < len(places) and len(places[number]) + len(name) <= _MAX_PATH
        yield text_of(places[number] + name).lstrip("/") if fits else ""


def licence_of(blob: bytes) -> str:
    """The licence that a header names, "" for none. Raises Unreadable."""
    return str(_tags(blob, frozenset({_LICENCE})).get(_LICENCE, ""))


def _tags(blob: bytes, wanted: frozenset[int] = _WANTED) -> dict[int, str | int]:
    if len(blob) < 8:
        raise Unreadable("a header is cut short")
    count, size = struct.unpack_from(">ii", blob)
    start = 8 + 16 * count
    if not 0 <= count <= _MAX_INDEX or size < 0 or start > len(blob):
        raise Unreadable("a header has a false index")
    found: dict[int, str | int] = {}
    for number in range(count):
        tag, kind, offset, _ = struct.unpack_from(">iIiI", blob, 8 + 16 * number)
        at = start + offset
        if tag not in wanted or offset < 0 or at >= len(blob):
            continue
        if kind in (*_STRING, _STRINGS):
            end = blob.find(b"\0", at, at + _MAX_TEXT)
            if end >= 0:
                found[tag] = text_of(blob[at:end])
        elif kind == _INT32 and at + 4 <= len(blob):
            found[tag] = int.from_bytes(blob[at : at + 4], "big")
    return found


CATALOGER = Cataloger(
    "rpm",
    read,
    names=_NAMES | {"container-manifest-2"},
    accepts=_accepts,
    limit=256 * MIB,
    database=True,
    beside=("-wal",),
    read_beside=read_beside,
)
