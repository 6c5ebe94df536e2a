"""The header blobs in the three kinds of RPM database.

SQLite: table `Packages(hnum, blob)`. NDB: rpm lib/backend/ndb/rpmpkg.c. Berkeley DB: hash access
method, db_page.h; values larger than a page lie in a chain of overflow pages.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from hardening.inventory.frame import MAX_FOUND, MIB, Unreadable

MAX_BLOB = 32 * MIB
_STEPS = 50_000_000
"""SQLite's virtual machine may take this many steps; a thousand packages need some thousand."""
_NDB_PAGE, _NDB_SLOT, _NDB_BLOCK = 4_096, 16, 16
_HASH_MAGIC = 0x00061561
_HEAD = 26
_OVERFLOW, _HASH_UNSORTED, _HASH = 7, 2, 13
_OFF_PAGE = 3


def sqlite_blobs(data: bytes, log: bytes) -> Iterator[bytes]:
    """Blobs of an SQLite database with its write-ahead log, which only a copy on disk may use.
    Raises Unreadable."""
    if not data.startswith(b"SQLite format 3\0"):
        raise Unreadable("it is no SQLite database")
    with TemporaryDirectory(prefix="drydock-rpm-") as folder:
        path = Path(folder) / "rpmdb.sqlite"
        path.write_bytes(data)
        if log:
            path.with_name("rpmdb.sqlite-wal").write_bytes(log)
        try:
            with closing(sqlite3.connect(path)) as connection:
                connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_BLOB)
                connection.execute("PRAGMA trusted_schema = OFF")
                connection.set_progress_handler(lambda: 1, _STEPS)
                connection.set_authorizer(_only_reads)
                left = len(data) + len(log)
                rows = connection.execute("SELECT blob FROM Packages LIMIT ?", (MAX_FOUND + 1,))
                for (blob,) in rows:
                    if isinstance(blob, bytes):
                        left -= len(blob)
                        if left < 0:
                            raise Unreadable("its rows hold more bytes than it has")
                        yield blob
        except UnicodeDecodeError:
            raise Unreadable("SQLite names what is wrong in no readable text") from None
        except (sqlite3.Error, OverflowError) as error:
            raise Unreadable(f"SQLite says: {error}") from None


def _only_reads(
    action: int, first: str | None, second: str | None, database: str | None, view: str | None
) -> int:
    """A table's columns may be read; views, functions and recursion are refused, each of which can
    make a small file take for ever."""
    plain = action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ) and view is None
    return sqlite3.SQLITE_OK if plain else sqlite3.SQLITE_DENY


def ndb_blobs(data: bytes) -> Iterator[bytes]:
    """Blobs of an NDB file. Raises Unreadable."""
    if data[:4] != b"RpmP" or len(data) < _NDB_PAGE:
        raise Unreadable("it is no NDB database")
    pages = int.from_bytes(data[12:16], "little")
    end = min(pages * _NDB_PAGE, len(data))
    for at in range(2 * _NDB_SLOT, end - _NDB_SLOT + 1, _NDB_SLOT):
        magic, number, block, _ = struct.unpack_from("<4s3I", data, at)
        if magic != b"Slot" or number == 0:
            continue
        start = block * _NDB_BLOCK
        if start + 16 > len(data):
            raise Unreadable("a slot points behind its end")
        head, owner, _, size = struct.unpack_from("<4s3I", data, start)
        if head != b"BlbS" or owner != number or size > min(MAX_BLOB, len(data)):
            raise Unreadable("a slot names no blob")
        yield data[start + 16 : start + 16 + size]


def bdb_blobs(data: bytes) -> Iterator[bytes]:
    """Blobs of a Berkeley DB hash file of either byte order. Raises Unreadable."""
    order = next((one for one in "<>" if data[12:16] == struct.pack(f"{one}I", _HASH_MAGIC)), None)
    if order is None or len(data) < 512:
        raise Unreadable("it is no Berkeley DB hash")
    (page,) = struct.unpack_from(f"{order}I", data, 20)
    if page not in (512 << shift for shift in range(8)):
        raise Unreadable("its page size is none")
    budget = [len(data)]
    for start in range(page, len(data) - page + 1, page):
        if data[start + 25] in (_HASH_UNSORTED, _HASH):
            yield from _values(data, start, page, order, budget)


def _values(data: bytes, start: int, page: int, order: str, budget: list[int]) -> Iterator[bytes]:
    """Values of one hash page: every second item, when it lies in overflow pages."""
    (count,) = struct.unpack_from(f"{order}H", data, start + 20)
    count = min(count, (page - _HEAD) // 2)
    offsets = struct.unpack_from(f"{order}{count}H", data, start + _HEAD)
    for offset in offsets[1::2]:
        if offset + 12 > page or data[start + offset] != _OFF_PAGE:
            continue
        number, size = struct.unpack_from(f"{order}2I", data, start + offset + 4)
        yield _chain(data, number, size, page, order, budget)


def _chain(data: bytes, number: int, size: int, page: int, order: str, budget: list[int]) -> bytes:
    """A value through its overflow pages; all chains together read the file no more than once."""
    parts: list[bytes] = []
    while number:
        start = number * page
        budget[0] -= page
        if budget[0] < 0 or start + page > len(data) or data[start + 25] != _OVERFLOW:
            raise Unreadable("a chain of overflow pages is broken")
        (number,) = struct.unpack_from(f"{order}I", data, start + 16)
        (used,) = struct.unpack_from(f"{order}H", data, start + 22)
        parts.append(data[start + _HEAD : start + min(_HEAD + used, page)])
    return b"".join(parts)[:size]
