"""Writes the advisory store: beside the old one under another name, flushed, and renamed over it.

A run that is interrupted at any point leaves the old store as it was. One run at a time.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from hardening.advisories.model import Affected, Feed, Record
from hardening.advisories.store import SCHEMA, SCHEMA_VERSION, open_store
from hardening.errors import InputError

BATCH = 500
MAX_WEIGHT = 50_000
_TABLES = {"adv": 12, "alias": 2, "rng": 8, "ver": 4}
_KEPT = ("alias", "rng", "ver")
_REPEATED = 1 << 32
"""First number of the intervals that a repeated id adds: no record has so many of its own."""


class StoreError(InputError):
    """The store cannot be written; what was to come in is not at fault."""


class Writer:
    """Fills a new store. A record replaces an older or equally old one of the same id that another
    run wrote; within one run a repeated id adds to what is affected."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self._ecosystems: dict[str, int] = {
            name: number for number, name in connection.execute("SELECT id, name FROM eco")
        }
        (last,) = connection.execute(
            "SELECT max(ifnull((SELECT max(id) FROM adv), 0),"
            " ifnull((SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'last'), 0))"
        ).fetchone()
        self._first = self._last = int(last)
        self._more = _REPEATED
        self._replaced = False
        self._rows: dict[str, list[Sequence[object]]] = {name: [] for name in _TABLES}

    def add(self, records: Iterable[Record], feed: str) -> int:
        """Number of records written."""
        batch: list[Record] = []
        count = weight = 0
        for record in records:
            batch.append(record)
            weight += record.weight
            if len(batch) == BATCH or weight > MAX_WEIGHT:
                count += self._add(batch, feed)
                batch.clear()
                weight = 0
        return count + self._add(batch, feed)

    def _add(self, batch: Sequence[Record], feed: str) -> int:
        known = self._known(batch)
        count = 0
        for record in batch:
            number, modified = known.get(record.id, (0, ""))
            if number > self._first:
                self._more = self._add_affected(record, number, self._more)
            elif modified > record.modified:
                continue
            else:
                self._replaced |= number > 0
                self._last += 1
                known[record.id] = self._last, record.modified
                self._add_new(record, feed)
            count += 1
        self._flush()
        return count

    def _known(self, batch: Sequence[Record]) -> dict[str, tuple[int, str]]:
        marks = ",".join("?" * len(batch))
        rows = self._db.execute(
            f"SELECT osv, id, modified FROM adv WHERE osv IN ({marks})",
            [record.id for record in batch],
        )
        return {osv: (number, modified) for osv, number, modified in rows}

    def _add_new(self, record: Record, feed: str) -> None:
        rating, number = record.rating, self._last
        severity = None if rating.severity is None else int(rating.severity)
        links = (record.aliases, record.upstream, record.related)
        self._rows["adv"].append(
            (number, record.id, record.modified, feed, severity, rating.source, rating.score,
             record.summary, record.hidden, *("\n".join(one) for one in links))
        )  # fmt: skip
        self._rows["alias"] += [(ext, number) for ext in {*record.aliases, *record.upstream}]
        self._add_affected(record, number, 0)

    def _add_affected(self, record: Record, number: int, sequence: int) -> int:
        for affected in record.affected:
            sequence = self._add_package(number, affected, sequence)
        return sequence

    def _add_package(self, number: int, affected: Affected, sequence: int) -> int:
        ecosystem, name = self._ecosystem(affected.ecosystem), affected.name
        self._rows["rng"] += [
            (ecosystem, name, number, sequence + index, one.low, one.high, int(one.bound),
             affected.urgency)
            for index, one in enumerate(affected.intervals)
        ]  # fmt: skip
        self._rows["ver"] += [(ecosystem, name, one, number) for one in affected.versions]
        return sequence + len(affected.intervals)

    def know(self, ecosystem: str) -> None:
        """Take an ecosystem as covered, even where it has no records."""
        self._ecosystem(ecosystem)

    def _ecosystem(self, name: str) -> int:
        if name not in self._ecosystems:
            cursor = self._db.execute("INSERT INTO eco(name) VALUES (?)", (name,))
            self._ecosystems[name] = int(cursor.lastrowid or 0)
        return self._ecosystems[name]

    def _flush(self) -> None:
        for table, rows in self._rows.items():
            marks = ",".join("?" * _TABLES[table])
            verb = "REPLACE" if table == "adv" else "IGNORE"
            self._db.executemany(f"INSERT OR {verb} INTO {table} VALUES ({marks})", rows)
            rows.clear()

    def drop_missing(self, feed: str) -> None:
        """Leave out what the feed held before this run and no longer holds."""
        done = self._db.execute("DELETE FROM adv WHERE feed = ? AND id <= ?", (feed, self._first))
        self._replaced |= done.rowcount > 0

    def finish(self) -> None:
        """Clear away what belonged to replaced records."""
        if self._replaced:
            for table in _KEPT:
                self._db.execute(f"DELETE FROM {table} WHERE adv NOT IN (SELECT id FROM adv)")
        self._db.execute("INSERT OR REPLACE INTO meta VALUES ('last', ?)", (str(self._last),))

    def set_feed(self, feed: Feed) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO feed VALUES (?,?,?,?,?,?)",
            (feed.name, feed.records, feed.imported, feed.newest, feed.licence, feed.etag),
        )
        key = f"releases of {feed.name}"
        self._db.execute("DELETE FROM meta WHERE key = ?", (key,))
        if feed.releases:
            self._db.execute("INSERT INTO meta VALUES (?, ?)", (key, "\n".join(feed.releases)))

    def replace_table(self, table: str, rows: Iterable[Sequence[object]]) -> int:
        """The rows of `kev`, `epss` or `life`, in place of the old ones."""
        self._db.execute(f"DELETE FROM {table}")
        marks = ",".join("?" * (5 if table == "life" else 3))
        return self._db.executemany(
            f"INSERT OR REPLACE INTO {table} VALUES ({marks})", rows
        ).rowcount


@contextmanager
def new_store(path: Path) -> Iterator[Writer]:
    """A writer over a copy of the store; the copy takes its place when the block ends well. Raises
    InputError when another run is at it, the store is damaged or the folder cannot be written."""
    with alone(path, "lock"):
        for left in path.parent.glob(f"{path.name}.*.new"):
            left.unlink(missing_ok=True)
        temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
        try:
            yield from _written(temporary, path)
        except sqlite3.Error as error:
            raise _unwritable(path, error) from error
        finally:
            temporary.unlink(missing_ok=True)


@contextmanager
def alone(path: Path, name: str) -> Iterator[None]:
    """Holds the lock of this name beside the store. Raises StoreError when another run has it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.with_name(f"{path.name}.{name}").open("w")
    except OSError as error:
        raise _unwritable(path, error) from error
    with lock:
        _take(lock.fileno(), path)
        yield


def _take(lock: int, path: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise StoreError(
            f"Cannot change the advisory store {path}",
            "another drydock is changing it right now",
            "Wait for it to end, then run again",
        ) from error


def _unwritable(path: Path, error: Exception) -> StoreError:
    return StoreError(
        f"Cannot write the advisory store {path}",
        str(error),
        "Free some space or name another folder with DRYDOCK_DATA_DIR",
    )


def _written(temporary: Path, path: Path) -> Iterator[Writer]:
    begin(temporary, path)
    with closing(sqlite3.connect(temporary, isolation_level=None)) as connection:
        connection.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-32768;"
            " PRAGMA locking_mode=EXCLUSIVE;"
        )
        connection.execute("BEGIN")
        writer = Writer(connection)
        yield writer
        writer.finish()
        connection.execute("COMMIT")
    with temporary.open("rb+") as stream:
        os.fsync(stream.fileno())
    temporary.replace(path)


def begin(temporary: Path, path: Path) -> None:
    """A copy of the old store, or an empty one."""
    old = open_store(path)
    if old is not None:
        old.close()
        shutil.copyfile(path, temporary)
        return
    with closing(sqlite3.connect(temporary)) as connection:
        create(connection)


def create(connection: sqlite3.Connection) -> None:
    """An empty store."""
    connection.executescript(SCHEMA)
    connection.execute("INSERT INTO meta VALUES ('schema', ?)", (str(SCHEMA_VERSION),))
    connection.commit()
