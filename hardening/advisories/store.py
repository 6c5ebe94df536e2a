"""The advisory store: one SQLite file in the user's data folder.

Built beside the old one under another name, flushed, and renamed over it: a run that is
interrupted at any point leaves the old store as it was. Readers open it read-only.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from hardening.advisories.model import Affected, Feed, Rating, Record
from hardening.errors import InputError
from hardening.model import Severity

SCHEMA_VERSION = 1
FILE_NAME = "advisories.sqlite"
_BATCH = 500

_SCHEMA = """
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT);
CREATE TABLE eco(id INTEGER PRIMARY KEY, name TEXT UNIQUE);
CREATE TABLE adv(id INTEGER PRIMARY KEY, osv TEXT UNIQUE, modified TEXT, feed TEXT,
  severity INTEGER, source TEXT, score REAL, summary TEXT, informational INTEGER);
CREATE TABLE alias(ext TEXT, adv INTEGER, kind INTEGER, PRIMARY KEY(adv, ext, kind)) WITHOUT ROWID;
CREATE TABLE rng(eco INTEGER, name TEXT, adv INTEGER, seq INTEGER, lo TEXT, hi TEXT, incl INTEGER,
  urgency TEXT, PRIMARY KEY(eco, name, adv, seq)) WITHOUT ROWID;
CREATE TABLE ver(eco INTEGER, name TEXT, v TEXT, adv INTEGER,
  PRIMARY KEY(eco, name, v, adv)) WITHOUT ROWID;
CREATE TABLE feed(name TEXT PRIMARY KEY, records INTEGER, imported TEXT, newest TEXT, licence TEXT);
CREATE TABLE kev(cve TEXT PRIMARY KEY, added TEXT, ransomware INTEGER);
CREATE TABLE epss(cve TEXT PRIMARY KEY, probability REAL, percentile REAL);
"""
ALIAS, UPSTREAM, RELATED = 0, 1, 2


def store_path() -> Path:
    """`advisories.sqlite` in the data folder; `DRYDOCK_DATA_DIR` names another folder."""
    own = os.environ.get("DRYDOCK_DATA_DIR")
    if own:
        return Path(own) / FILE_NAME
    import platformdirs

    return Path(platformdirs.user_data_dir("drydock")) / FILE_NAME


def open_store(path: Path | None = None) -> Store | None:
    """The store, None when there is none. Raises InputError for a damaged or newer one."""
    path = path or store_path()
    if not path.is_file():
        return None
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        row = connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
    except sqlite3.DatabaseError as error:
        connection.close()
        raise _damaged(path, str(error)) from error
    if row is None or row[0] != str(SCHEMA_VERSION):
        connection.close()
        raise _damaged(path, "it was made by another version of drydock")
    return Store(connection, path)


def _damaged(path: Path, why: str) -> InputError:
    return InputError(f"Cannot read the advisory store {path}", why, "Delete it and import again")


class Store:
    """A read-only store."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.connection = connection
        self.path = path

    def close(self) -> None:
        self.connection.close()

    def feeds(self) -> tuple[Feed, ...]:
        rows = self.connection.execute("SELECT * FROM feed ORDER BY name")
        return tuple(Feed(*row) for row in rows)

    def ecosystems(self) -> frozenset[str]:
        return frozenset(name for (name,) in self.connection.execute("SELECT name FROM eco"))

    def ids(self, ecosystem: str) -> tuple[int, ...]:
        """Row ids of an ecosystem and of its releases' common name (`Debian:12`, `Debian`)."""
        names = {ecosystem, ecosystem.partition(":")[0]}
        marks = ",".join("?" * len(names))
        rows = self.connection.execute(f"SELECT id FROM eco WHERE name IN ({marks})", tuple(names))
        return tuple(row for (row,) in rows)


class Writer:
    """Fills a new store. Records of the same id replace the older ones."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self._ecosystems: dict[str, int] = {
            name: number for number, name in connection.execute("SELECT id, name FROM eco")
        }

    def add(self, records: Iterable[Record], feed: str) -> int:
        """Number of records written."""
        count = 0
        for record in records:
            self._add(record, feed)
            count += 1
        return count

    def _ecosystem(self, name: str) -> int:
        if name not in self._ecosystems:
            cursor = self._db.execute("INSERT INTO eco(name) VALUES (?)", (name,))
            self._ecosystems[name] = int(cursor.lastrowid or 0)
        return self._ecosystems[name]

    def _add(self, record: Record, feed: str) -> None:
        self._remove(record.id)
        rating = record.rating
        severity = None if rating.severity is None else int(rating.severity)
        cursor = self._db.execute(
            "INSERT INTO adv(osv, modified, feed, severity, source, score, summary, informational)"
            " VALUES (?,?,?,?,?,?,?,?)",
            (record.id, record.modified, feed, severity, rating.source, rating.score,
             record.summary, int(record.informational)),
        )  # fmt: skip
        number = int(cursor.lastrowid or 0)
        links = [(ext, number, ALIAS) for ext in record.aliases]
        links += [(ext, number, UPSTREAM) for ext in record.upstream]
        links += [(ext, number, RELATED) for ext in record.related]
        self._db.executemany("INSERT OR IGNORE INTO alias VALUES (?,?,?)", links)
        sequence = 0
        for affected in record.affected:
            sequence = self._add_affected(number, affected, sequence)

    def _add_affected(self, number: int, affected: Affected, sequence: int) -> int:
        ecosystem = self._ecosystem(affected.ecosystem)
        rows = [
            (ecosystem, affected.name, number, sequence + index, one.low, one.high,
             int(one.inclusive), affected.urgency)
            for index, one in enumerate(affected.intervals)
        ]  # fmt: skip
        self._db.executemany("INSERT OR IGNORE INTO rng VALUES (?,?,?,?,?,?,?,?)", rows)
        exact = [(ecosystem, affected.name, version, number) for version in affected.versions]
        self._db.executemany("INSERT OR IGNORE INTO ver VALUES (?,?,?,?)", exact)
        return sequence + len(rows)

    def _remove(self, identifier: str) -> None:
        row = self._db.execute("SELECT id FROM adv WHERE osv = ?", (identifier,)).fetchone()
        if row is not None:
            self._db.execute("DELETE FROM alias WHERE adv = ?", row)
            self._db.execute("DELETE FROM rng WHERE adv = ?", row)
            self._db.execute("DELETE FROM ver WHERE adv = ?", row)
            self._db.execute("DELETE FROM adv WHERE id = ?", row)

    def set_feed(self, feed: Feed) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO feed VALUES (?,?,?,?,?)",
            (feed.name, feed.records, feed.imported, feed.newest, feed.licence),
        )

    def set_kev(self, rows: Iterable[tuple[str, str, int]]) -> int:
        self._db.execute("DELETE FROM kev")
        return self._db.executemany("INSERT OR REPLACE INTO kev VALUES (?,?,?)", rows).rowcount

    def set_epss(self, rows: Iterable[tuple[str, float, float]]) -> int:
        self._db.execute("DELETE FROM epss")
        return self._db.executemany("INSERT OR REPLACE INTO epss VALUES (?,?,?)", rows).rowcount


@contextmanager
def new_store(path: Path) -> Iterator[Writer]:
    """A writer over a copy of the store; the copy takes its place when the block ends well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    temporary.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(temporary, isolation_level=None)) as connection:
            connection.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;")
            _begin(connection, path)
            connection.execute("BEGIN")
            yield Writer(connection)
            connection.execute("COMMIT")
        with temporary.open("rb+") as stream:
            os.fsync(stream.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _begin(connection: sqlite3.Connection, path: Path) -> None:
    old = open_store(path)
    if old is None:
        connection.executescript(_SCHEMA)
        connection.execute("INSERT INTO meta VALUES ('schema', ?)", (str(SCHEMA_VERSION),))
        return
    with closing(old.connection):
        old.connection.backup(connection)


def stored_rating(severity: int | None, source: str, score: float | None) -> Rating:
    return Rating(None if severity is None else Severity(severity), source, score)
