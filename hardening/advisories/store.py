"""The advisory store: one SQLite file in the user's data folder, opened read-only.

`writing` builds it beside the old one and renames it over that.
"""

from __future__ import annotations

import os
import sqlite3
from functools import lru_cache
from pathlib import Path

from hardening.advisories.model import Feed, Rating
from hardening.errors import InputError
from hardening.model import Severity

SCHEMA_VERSION = 2
FILE_NAME = "advisories.sqlite"

SCHEMA = """
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT);
CREATE TABLE eco(id INTEGER PRIMARY KEY, name TEXT UNIQUE);
CREATE TABLE adv(id INTEGER PRIMARY KEY, osv TEXT UNIQUE, modified TEXT, feed TEXT,
  severity INTEGER, source TEXT, score REAL, summary TEXT, hidden TEXT,
  aliases TEXT, upstream TEXT, related TEXT);
CREATE TABLE alias(ext TEXT, adv INTEGER, PRIMARY KEY(ext, adv)) WITHOUT ROWID;
CREATE TABLE rng(eco INTEGER, name TEXT, adv INTEGER, seq INTEGER, lo TEXT, hi TEXT, bound INTEGER,
  urgency TEXT, PRIMARY KEY(eco, name, adv, seq)) WITHOUT ROWID;
CREATE TABLE ver(eco INTEGER, name TEXT, v TEXT, adv INTEGER,
  PRIMARY KEY(eco, name, v, adv)) WITHOUT ROWID;
CREATE TABLE feed(name TEXT PRIMARY KEY, records INTEGER, imported TEXT, newest TEXT, licence TEXT,
  etag TEXT);
CREATE TABLE kev(cve TEXT PRIMARY KEY, added TEXT, ransomware INTEGER) WITHOUT ROWID;
CREATE TABLE epss(cve TEXT PRIMARY KEY, probability REAL, percentile REAL) WITHOUT ROWID;
CREATE TABLE life(product TEXT, cycle TEXT, ends TEXT, extended TEXT, codename TEXT,
  PRIMARY KEY(product, cycle)) WITHOUT ROWID;
"""
"""`meta` has, besides, `releases of FEED` where only some releases of a feed were kept, one on each
line. `alias` holds what an advisory is another name of, or covers (OSV `aliases`, `upstream`)."""


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
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    except sqlite3.DatabaseError as error:
        raise damaged(path, str(error)) from error
    try:
        row = connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
    except sqlite3.DatabaseError as error:
        connection.close()
        raise damaged(path, str(error)) from error
    if row is None or row[0] != str(SCHEMA_VERSION):
        connection.close()
        raise damaged(path, "it was made by another version of drydock")
    return Store(connection, path)


def damaged(path: Path, why: str) -> InputError:
    return InputError(f"Cannot read the advisory store {path}", why, "Delete it and import again")


class Store:
    """A read-only store."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.connection = connection
        self.path = path

    def close(self) -> None:
        self.connection.close()

    def feeds(self) -> tuple[Feed, ...]:
        rows = self.connection.execute(
            "SELECT name, records, imported, newest, licence, etag, (SELECT value FROM meta"
            " WHERE key = 'releases of ' || name) FROM feed ORDER BY name"
        )
        return tuple(
            Feed(
                name, records, imported, newest, licence, etag, tuple(of.split("\n")) if of else ()
            )
            for name, records, imported, newest, licence, etag, of in rows
        )

    def ecosystems(self) -> dict[str, int]:
        """Names of the ecosystems it holds advisories of, with their numbers in its tables."""
        return dict(self.connection.execute("SELECT name, id FROM eco ORDER BY name"))

    def holds(self, table: str) -> bool:
        """Whether `kev`, `epss` or `life` has rows."""
        return self.connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() is not None


@lru_cache(maxsize=4096)
def stored_rating(severity: int | None, source: str, score: float | None) -> Rating:
    return Rating(None if severity is None else Severity(severity), source, score)
