"""Brings files of advisories into the store: OSV records, Alpine's secdb, KEV, EPSS, end of life.

What has no usable shape is counted and left out; nothing is assumed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hardening.advisories.documents import PHASE, documents, head, lines, refuse_special
from hardening.advisories.exploited import epss_rows, is_epss, kev_rows
from hardening.advisories.licences import licences_of
from hardening.advisories.lifecycle import life_rows
from hardening.advisories.model import Feed, Record
from hardening.advisories.records import is_withdrawn, read_record
from hardening.advisories.scopes import speaks_of
from hardening.advisories.secdb import secdb_records
from hardening.advisories.store import store_path
from hardening.advisories.writing import Writer, new_store
from hardening.errors import InputError
from hardening.progress import SILENT, Progress

KEV, EPSS, LIFE = "kev", "epss", "endoflife"
_COMMON_NAMES = re.compile(r"(?:all|osv|main|community)(?:\.|\Z)")


@dataclass(frozen=True, slots=True)
class Imported:
    """How many records were taken, and how many were not: `withdrawn` by their database, of other
    releases than those asked for (`elsewhere`), without a usable shape (`left_out`)."""

    feed: str
    records: int
    left_out: int
    withdrawn: int = 0
    elsewhere: int = 0


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file that a feed was fetched into; `etag` is its server's name for this version. Of its
    records those of `releases` are kept, all where it is empty."""

    feed: str
    path: Path
    etag: str = ""
    releases: tuple[str, ...] = ()


def import_path(
    path: Path, *, store: Path | None = None, name: str = "", progress: Progress = SILENT
) -> Imported:
    """Add a file or folder to the store. Raises InputError; the store is then as it was."""
    if not path.is_dir():
        refuse_special(path)
    progress.start(PHASE, None, "records")
    with new_store(store or store_path()) as writer:
        done = _import(path, writer, name or feed_name(path), progress)
        if not done.records:
            raise _nothing(path)
        for feed in done.all_feeds(_now()):
            writer.set_feed(feed)
    progress.finish(PHASE)
    return done.told()


def replace_feeds(
    incoming: Sequence[Incoming], *, store: Path | None = None, progress: Progress = SILENT
) -> tuple[Imported, ...]:
    """Put fetched files in place of what the store holds of their feeds: all of them or, when one
    is bad (InputError), none."""
    progress.start(PHASE, None, "records")
    imported = []
    with new_store(store or store_path()) as writer:
        for one in incoming:
            done = _import(one.path, writer, one.feed, progress, one.releases)
            if not done.records and not done.tables:
                raise _nothing(one.path) if not done.elsewhere else _no_release(one)
            writer.drop_missing(one.feed)
            for feed in done.all_feeds(_now(), one.feed, one.etag):
                writer.set_feed(replace(feed, releases=one.releases))
            imported.append(replace(done.told(), feed=one.feed))
    progress.finish(PHASE)
    return tuple(imported)


def feed_name(path: Path) -> str:
    """What a file is called in the store: its name, its folder's where it is `all.zip`."""
    if _COMMON_NAMES.match(path.name):
        return path.resolve().parent.name or path.name
    return path.name


def _nothing(path: Path) -> InputError:
    return InputError(
        f"{path} holds no advisories",
        "no OSV record, Alpine secdb, KEV catalogue, EPSS table or end-of-life table is in it",
        "Give an OSV JSON, JSONL or zip file",
    )


def _no_release(one: Incoming) -> InputError:
    return InputError(
        f"The feed {one.feed} has no records of {', '.join(one.releases)}",
        "none of its records names that release",
        f"Look at the name, or take all of {one.feed}",
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(slots=True)
class _Import:
    """What one file turned out to hold. `tables` counts the rows of those that are no advisories,
    by the name of their feed."""

    name: str
    advisories: int = 0
    left_out: int = 0
    withdrawn: int = 0
    elsewhere: int = 0
    newest: str = ""
    prefixes: set[str] = field(default_factory=set)
    tables: dict[str, tuple[int, str]] = field(default_factory=dict)
    releases: dict[str, int] = field(default_factory=dict)

    @property
    def records(self) -> int:
        return self.advisories + sum(count for count, _ in self.tables.values())

    def told(self) -> Imported:
        return Imported(self.name, self.records, self.left_out, self.withdrawn, self.elsewhere)

    def saw(self, record: Record) -> Record:
        self.newest = max(self.newest, record.modified)
        self.prefixes.add(record.id.partition("-")[0])
        return record

    def all_feeds(self, now: str, whole: str = "", etag: str = "") -> Iterator[Feed]:
        """A feed for each kind of data; `whole` is the name under which it was fetched."""
        for name, (count, newest) in self.tables.items():
            yield Feed(whole or name, count, now, newest, licences_of((name,)), etag)
        for name, count in self.releases.items():
            if not whole:
                yield Feed(name, count, now, "", licences_of(("SECDB",)), etag)
        rest = self.advisories - sum(self.releases.values())
        if whole and self.advisories:
            yield Feed(whole, self.advisories, now, self.newest, licences_of(self.prefixes), etag)
        elif rest:
            yield Feed(self.name, rest, now, self.newest, licences_of(self.prefixes), etag)


def _import(
    path: Path, writer: Writer, name: str, progress: Progress, releases: tuple[str, ...] = ()
) -> _Import:
    done = _Import(name)
    if not path.is_dir() and is_epss(head(path, 4096)):
        count = writer.replace_table("epss", epss_rows(lines(path, progress)))
        done.tables[EPSS] = count, ""
        return done
    records = _records(path, writer, done, progress)
    if releases:
        records = _of_releases(records, releases, done)
    count = writer.add((done.saw(one) for one in records), name)
    done.advisories += count
    return done


def _records(path: Path, writer: Writer, done: _Import, progress: Progress) -> Iterator[Record]:
    """OSV records; what else is found goes straight to the store."""
    for document in documents(path, progress):
        record = _record(document)
        if record is not None:
            progress.advance(PHASE, 1)
            yield record
        elif is_withdrawn(document):
            done.withdrawn += 1
        elif not _other(document, writer, done):
            done.left_out += 1


def _of_releases(
    records: Iterator[Record], releases: tuple[str, ...], done: _Import
) -> Iterator[Record]:
    """What the records say of these releases, those for subscribers included."""
    for record in records:
        kept = tuple(
            one
            for one in record.affected
            if any(speaks_of(one.ecosystem, release) for release in releases)
        )
        if kept:
            yield record if len(kept) == len(record.affected) else replace(record, affected=kept)
        else:
            done.elsewhere += 1


def _record(document: Any) -> Record | None:
    try:
        return read_record(document)
    except RecursionError:
        return None


def _other(document: Any, writer: Writer, done: _Import) -> bool:
    """Whether a document that is no OSV record is of another kind, and was taken."""
    known = kev_rows(document)
    if known is not None:
        newest = max((added for _, added, _ in known), default="")
        done.tables[KEV] = writer.replace_table("kev", known), newest
        return True
    releases = secdb_records(document)
    if releases is not None:
        name = f"Alpine {document['distroversion']} {document['reponame']}"
        count = writer.add(releases, name)
        writer.drop_missing(name)
        done.releases[name] = done.releases.get(name, 0) + count
        done.advisories += count
        return True
    life = life_rows(document)
    if life is not None:
        done.tables[LIFE] = writer.replace_table("life", life), ""
        return True
    return False
