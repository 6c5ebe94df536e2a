"""Keeps the store up to date: fetches what changed, and puts it in place of what the store held.

The store remembers which version of each file it holds. Fetched files wait in `feeds` beside it
until they are in; a run that was interrupted goes on with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from hardening.advisories.fetching import NotThere, fetch, forget, size_of
from hardening.advisories.importing import Imported, Incoming, replace_feeds
from hardening.advisories.model import Feed
from hardening.advisories.sources import Group, Source
from hardening.advisories.store import open_store, store_path
from hardening.advisories.writing import StoreError, alone
from hardening.errors import InputError
from hardening.progress import SILENT, Progress

_CONNECTIONS = 8


@dataclass(frozen=True, slots=True)
class Updated:
    """What became of a group: bytes fetched, what was imported, names of the files that had not
    changed and of those that the server has not."""

    name: str
    bytes: int = 0
    imported: tuple[Imported, ...] = ()
    unchanged: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(slots=True)
class _Run:
    """What one update gathers."""

    bytes: int = 0
    incoming: list[tuple[Incoming, Path]] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Size:
    """What an update of a group fetches: bytes, as far as servers say, and the names of the files
    whose size they do not."""

    name: str
    files: int
    bytes: int
    unknown: tuple[str, ...] = ()


def sizes(groups: Sequence[Group], *, store: Path | None = None) -> tuple[Size, ...]:
    """What updating the groups fetches, one for each: what did not change and what was fetched
    before costs nothing. A server that does not answer says no size. Raises InputError for a store
    that cannot be read."""
    path = store or store_path()
    held = _held(path)
    sources = [source for group in groups for source in group.sources]
    with ThreadPoolExecutor(_CONNECTIONS) as pool:
        found = list(pool.map(lambda one: _size(one, path.parent / "feeds", held), sources))
    each = iter(found)
    made = []
    for group in groups:
        some = [(source.name, next(each)) for source in group.sources]
        known = [size for _, size in some if size is not None]
        unknown = tuple(name for name, size in some if size is None)
        made.append(Size(group.name, len(some), sum(known), unknown))
    return tuple(made)


def _size(source: Source, folder: Path, held: Mapping[str, Feed]) -> int | None:
    version, _ = _wanted(source, held)
    try:
        return size_of(source, version, folder / source.file)
    except NotThere:
        return 0
    except InputError:
        return None


def _wanted(source: Source, held: Mapping[str, Feed]) -> tuple[str, tuple[str, ...]]:
    """The version that need not be fetched again, "" for none, and the releases to keep: what the
    store holds of a feed stays, so that asking for another release adds it."""
    feed = held.get(source.name)
    if feed is None:
        return "", source.releases or ()
    if source.releases is None or not feed.releases:
        return feed.etag, feed.releases
    if not source.releases:
        return "", ()
    kept = tuple(sorted({*feed.releases, *source.releases}))
    return (feed.etag if kept == feed.releases else ""), kept


def update(group: Group, *, store: Path | None = None, progress: Progress = SILENT) -> Updated:
    """Fetch the files of a group that changed, and import them in one step. Raises InputError and
    Cancelled; the store is then as it was, and a later call goes on with what was fetched. Where
    one of several files is bad, the others are imported before its error is raised."""
    path = store or store_path()
    folder = path.parent / "feeds"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"Cannot write {folder}", str(error)) from error
    with alone(path, "update.lock"):
        return _update(group, path, folder, progress)


def _update(group: Group, path: Path, folder: Path, progress: Progress) -> Updated:
    held = _held(path)
    run = _Run()
    for source in group.sources:
        version, kept = _wanted(source, held)
        _fetch(source, folder / source.file, (version, kept), run, progress)
    if not run.incoming and not run.unchanged:
        raise InputError(f"Cannot fetch the feed {group.name}", "the server has none of its files")
    imported = _import(run, path, progress) if run.incoming else ()
    return Updated(group.name, run.bytes, imported, tuple(run.unchanged), tuple(run.missing))


def _held(path: Path) -> Mapping[str, Feed]:
    """The feeds of the store."""
    opened = open_store(path)
    if opened is None:
        return {}
    with closing(opened):
        return {one.name: one for one in opened.feeds()}


def _fetch(
    source: Source,
    file: Path,
    wanted: tuple[str, tuple[str, ...]],
    run: _Run,
    progress: Progress,
) -> None:
    version, kept = wanted
    try:
        count, now = fetch(source, file, version, progress)
    except NotThere:
        run.missing.append(source.name)
        return
    run.bytes += count
    if file.exists():
        run.incoming.append((Incoming(source.name, file, now, kept), file))
    else:
        run.unchanged.append(source.name)


def _import(run: _Run, store: Path, progress: Progress) -> tuple[Imported, ...]:
    try:
        done = replace_feeds([one for one, _ in run.incoming], store=store, progress=progress)
    except StoreError:
        raise
    except InputError:
        if len(run.incoming) == 1:
            forget(run.incoming[0][1])
            raise
        return _one_by_one(run, store, progress)
    for _, file in run.incoming:
        forget(file)
    return done


def _one_by_one(run: _Run, store: Path, progress: Progress) -> tuple[Imported, ...]:
    errors = []
    done: list[Imported] = []
    for one, file in run.incoming:
        try:
            done += replace_feeds([one], store=store, progress=progress)
        except StoreError:
            raise
        except InputError as error:
            errors.append(error)
        forget(file)
    if errors:
        raise errors[0]
    return tuple(done)
