"""`drydock db`: the advisory store that vulnerabilities are looked up in."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from hardening.advisories.feeds import Size
from hardening.advisories.importing import Imported
from hardening.advisories.sources import Group
from hardening.advisories.store import open_store, store_path
from hardening.cli import codes
from hardening.cli.output import add_output, hint, look_of, note, progress_of, put, put_json
from hardening.errors import InputError, UsageError
from hardening.reports.layers import human_size
from hardening.reports.plain import plural, printable
from hardening.reports.sheet import BOLD, YELLOW, Cell, Look, table, wrapped

SCHEMA = "drydock.db/1"
EPILOG = codes.text(failed="a feed could not be updated: the store holds what it held")
_WHAT = "Give OSV files (JSON, JSONL, zip), KEV, EPSS or end-of-life data, or a folder of them."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`update`, `import` and `status` with what each takes."""
    parser.add_argument(
        "action",
        choices=("update", "import", "status"),
        metavar="ACTION",
        help="update: fetch what changed; import: take files, without a network; status: what the "
        "store holds, of when",
    )
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="update: ecosystems such as Debian, PyPI, npm, one release as Debian:12, or kev, "
        "epss, endoflife (default: all); import: OSV files or folders (JSON, JSONL, zip; xz or "
        "gz), Alpine's secdb, the KEV catalogue, EPSS scores, the end-of-life table",
    )
    parser.add_argument("--offline", action="store_true", help="make no request")
    add_output(parser)


def database(options: argparse.Namespace) -> int:
    """Run one action. Raises InputError and UsageError; the store is then as it was."""
    if options.action == "status":
        return _status(options)
    if options.action == "import":
        return _import(options)
    return _update(options)


def _import(options: argparse.Namespace) -> int:
    from hardening.advisories.importing import import_path

    if not options.names:
        raise UsageError("Nothing to import", "no file was named", _WHAT)
    for name in options.names:
        path = Path(name)
        if not path.exists():
            raise UsageError(f"{name} does not exist", "", _WHAT)
        done = import_path(path, progress=progress_of(options))
        print(printable(f"{done.feed}: {_taken((done,))}"))
    hint("`drydock db status` shows what the store holds, `drydock vulns IMAGE` asks it", options)
    return codes.CLEAN


def _update(options: argparse.Namespace) -> int:
    from hardening.advisories.feeds import sizes
    from hardening.advisories.sources import groups

    if options.offline:
        raise UsageError(
            "db update needs the network", "--offline was given", "Use `drydock db import PATH`."
        )
    chosen = groups(tuple(options.names), today=date.today())
    _announce(sizes(chosen), chosen, options)
    failed = []
    for group in chosen:
        try:
            _update_group(group, options)
        except InputError as error:
            failed.append(error)
            print(printable(f"{group.name}: {error}"), file=sys.stderr)
    if failed:
        raise InputError(
            f"{plural(len(failed), 'feed')} could not be updated",
            "see above; the store holds what it held of them",
            "Run the same again: what was fetched is kept",
        )
    hint("`drydock vulns IMAGE` looks an image up", options)
    return codes.CLEAN


def _announce(found: Sequence[Size], chosen: Sequence[Group], options: argparse.Namespace) -> None:
    """How much is going to be fetched, before anything is."""
    for size, group in zip(found, chosen, strict=True):
        family = size.name.partition(":")[0]
        whole = f" ({family} is published as a whole)" if group.sources[0].releases else ""
        note(f"{size.name}: {_shown(size)} in {plural(size.files, 'file')}{whole}", options)
    if len(found) > 1:
        unknown = tuple(name for size in found for name in size.unknown)
        files = sum(size.files for size in found)
        total = Size("all", files, sum(size.bytes for size in found), unknown)
        note(f"in all: {_shown(total)} in {plural(files, 'file')}", options)


def _shown(size: Size) -> str:
    if not size.unknown:
        return human_size(size.bytes) if size.bytes else "nothing new"
    if not size.bytes:
        return "unknown size"
    return f"{human_size(size.bytes)} and {plural(len(size.unknown), 'file')} of unknown size"


def _update_group(group: Group, options: argparse.Namespace) -> None:
    from hardening.advisories.feeds import update

    done = update(group, progress=progress_of(options))
    said = _taken(done.imported) if done.imported else "unchanged"
    missing = f"; not there: {', '.join(done.missing)}" if done.missing else ""
    print(printable(f"{group.name}: {said}{missing}"))


def _taken(imported: Sequence[Imported]) -> str:
    """How many records were taken, and how many were not, by reason."""
    reasons = (
        (sum(one.withdrawn for one in imported), "withdrawn"),
        (sum(one.elsewhere for one in imported), "of other releases"),
        (sum(one.left_out for one in imported), "of no usable form"),
    )
    left = ", ".join(f"{count:,} {reason}" for count, reason in reasons if count)
    taken = plural(sum(one.records for one in imported), "record")
    return f"{taken}; left out: {left}" if left else taken


def _status(options: argparse.Namespace) -> int:
    if options.names:
        raise UsageError("db status takes no name", f"{options.names[0]} was given", "Drop it.")
    values = status_values()
    if options.format == "json":
        put_json(values, options)
    else:
        put(_status_text(values, look_of(options)), options)
    return codes.CLEAN


def _status_text(values: dict[str, Any], look: Look) -> str:
    if values["bytes"] is None:
        lines = wrapped(f"No advisories in {values['path']}", look)
        lines += wrapped("`drydock db update` fetches them", look, first="  ")
        lines += wrapped("`drydock db import PATH` takes them from files", look, first="  ")
        return "\n".join(lines) + "\n"
    lines = table([_feed_cells(feed) for feed in values["feeds"]], look)
    for what in values["missing"]:
        lines += wrapped(f"{what}: none; `drydock db update {what}` fetches it", look)
    records = plural(sum(feed["records"] for feed in values["feeds"]), "record")
    last = f"{records}, {human_size(values['bytes'])} in {values['path']}"
    return "\n".join([*lines, *wrapped(last, look, code=BOLD)]) + "\n"


def _feed_cells(feed: dict[str, Any]) -> tuple[Cell | str, ...]:
    newest = f", newest record {feed['newest'][:10]}" if feed["newest"] else ""
    old = f" ({feed['age']})" if feed["age"] else ""
    licence = feed["licence"] or "licence not stated"
    return (
        ", ".join(feed["releases"]) or feed["name"],
        Cell(plural(feed["records"], "record"), right=True),
        Cell(f"imported {feed['imported'][:10]}{old}{newest}, {licence}", YELLOW if old else ""),
    )


def status_values(today: date | None = None) -> dict[str, Any]:
    """Path, size in bytes (None without a store), feeds, and which tables are missing."""
    from hardening.advisories.ageing import aged
    from hardening.advisories.sources import TABLES

    path = store_path()
    store = open_store(path)
    if store is None:
        return {
            "schema": SCHEMA,
            "path": str(path),
            "bytes": None,
            "feeds": [],
            "missing": list(TABLES),
        }
    day = today or datetime.now(UTC).date()
    with closing(store):
        feeds = [
            {
                "name": one.name,
                "records": one.records,
                "imported": one.imported,
                "newest": one.newest,
                "licence": one.licence,
                "age": aged(one, day),
                "releases": list(one.releases),
            }
            for one in store.feeds()
        ]
        held = {"kev": "kev", "epss": "epss", "life": "endoflife"}
        missing = [name for table, name in held.items() if not store.holds(table)]
    return {
        "schema": SCHEMA,
        "path": str(path),
        "bytes": path.stat().st_size,
        "feeds": feeds,
        "missing": missing,
    }
