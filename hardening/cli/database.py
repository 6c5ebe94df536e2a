"""`drydock db`: the advisory store that vulnerabilities are looked up in."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from hardening.advisories.store import open_store, store_path
from hardening.cli import codes
from hardening.errors import InputError, UsageError
from hardening.reports.layers import human_size
from hardening.reports.plain import plural, printable


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`update`, `import` and `status` with what each takes."""
    parser.add_argument("action", choices=("update", "import", "status"))
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="update: ecosystems such as Debian, PyPI, npm, one release as Alpine:v3.22, or kev, "
        "epss, endoflife (default: all); import: OSV files or folders (JSON, JSONL, zip; xz or "
        "gz), Alpine's secdb, the KEV catalogue, EPSS scores, the end-of-life table",
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--offline", action="store_true", help="make no request")


def database(options: argparse.Namespace) -> int:
    """Run one action. Raises InputError and UsageError; the store is then as it was."""
    if options.action == "status":
        return _status(options)
    if options.action == "import":
        return _import(options)
    return _update(options)


def _import(options: argparse.Namespace) -> int:
    from hardening.advisories.importing import import_path
    from hardening.cli.progress import progress_on

    if not options.names:
        raise UsageError("Nothing to import", "no file was named", "Give an OSV file or folder.")
    for name in options.names:
        path = Path(name)
        if not path.exists():
            raise UsageError(f"{name} does not exist", "", "Give an OSV file or folder.")
        done = import_path(path, progress=progress_on(sys.stderr))
        left = f", {done.left_out} left out" if done.left_out else ""
        print(printable(f"{done.feed}: {plural(done.records, 'record')}{left}"))
    return codes.CLEAN


def _update(options: argparse.Namespace) -> int:
    from hardening.advisories.sources import groups

    if options.offline:
        raise UsageError(
            "db update needs the network", "--offline was given", "Use `drydock db import PATH`."
        )
    failed = []
    for group in groups(tuple(options.names), today=date.today()):
        try:
            _update_group(group)
        except InputError as error:
            failed.append(error)
            print(printable(f"{group.name}: {error}"), file=sys.stderr)
    if failed:
        raise InputError(
            f"{plural(len(failed), 'feed')} could not be updated",
            "see above; the store holds what it held of them",
            "Run the same again: what was fetched is kept",
        )
    return codes.CLEAN


def _update_group(group: Any) -> None:
    from hardening.advisories.feeds import group_size, update
    from hardening.cli.progress import progress_on

    size = group_size(group)
    files = plural(len(group.sources), "file")
    shown = "unknown size" if size is None else "nothing new" if size == 0 else human_size(size)
    print(printable(f"{group.name}: {shown} in {files}"), file=sys.stderr)
    done = update(group, progress=progress_on(sys.stderr))
    records = sum(one.records for one in done.imported)
    said = plural(records, "record") if done.imported else "unchanged"
    missing = f"; not there: {', '.join(done.missing)}" if done.missing else ""
    print(printable(f"{group.name}: {said}{missing}"))


def _status(options: argparse.Namespace) -> int:
    values = status_values()
    if options.format == "json":
        sys.stdout.write(json.dumps(values, indent=2) + "\n")
        return codes.CLEAN
    if values["bytes"] is None:
        print(f"No advisories in {values['path']}: run `drydock db update` or `drydock db import`")
        return codes.CLEAN
    for feed in values["feeds"]:
        print(printable(_feed_line(feed)))
    for what in values["missing"]:
        print(f"{what}: none; `drydock db update {what}` fetches it")
    print(printable(f"{human_size(values['bytes'])} in {values['path']}"))
    return codes.CLEAN


def _feed_line(feed: dict[str, Any]) -> str:
    newest = f", newest record {feed['newest'][:10]}" if feed["newest"] else ""
    licence = f", {feed['licence']}" if feed["licence"] else ", licence not stated"
    old = f" ({feed['age']})" if feed["age"] else ""
    count = plural(feed["records"], "record")
    return f"{feed['name']:<26} {count}, imported {feed['imported'][:10]}{old}{newest}{licence}"


def status_values(today: date | None = None) -> dict[str, Any]:
    """Path, size in bytes (None without a store), feeds, and which tables are missing."""
    from hardening.advisories.ageing import aged
    from hardening.advisories.sources import TABLES

    path = store_path()
    store = open_store(path)
    if store is None:
        return {"path": str(path), "bytes": None, "feeds": [], "missing": list(TABLES)}
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
            }
            for one in store.feeds()
        ]
        held = {"kev": "kev", "epss": "epss", "life": "endoflife"}
        missing = [name for table, name in held.items() if not store.holds(table)]
    return {"path": str(path), "bytes": path.stat().st_size, "feeds": feeds, "missing": missing}
