"""`drydock db`: the advisory store that vulnerabilities are looked up in."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from hardening.advisories.store import open_store, store_path
from hardening.cli import codes
from hardening.errors import UsageError
from hardening.reports.layers import human_size
from hardening.reports.plain import plural, printable


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`update`, `import` and `status` with what each takes."""
    parser.add_argument("action", choices=("update", "import", "status"))
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="update: ecosystems such as Debian, PyPI, npm, or kev, epss (default: all); "
        "import: OSV files or folders (JSON, JSONL, zip; xz or gz), the KEV catalogue, EPSS",
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

    if not options.names:
        raise UsageError("Nothing to import", "no file was named", "Give an OSV file or folder.")
    for name in options.names:
        path = Path(name)
        if not path.exists():
            raise UsageError(f"{name} does not exist", "", "Give an OSV file or folder.")
        done = import_path(path)
        left = f", {done.left_out} left out" if done.left_out else ""
        print(printable(f"{done.feed}: {plural(done.records, 'record')}{left}"))
    return codes.CLEAN


def _update(options: argparse.Namespace) -> int:
    from hardening.advisories.feeds import all_sources, size_of, update

    if options.offline:
        raise UsageError(
            "db update needs the network", "--offline was given", "Use `drydock db import PATH`."
        )
    chosen = all_sources(tuple(options.names))
    for source in chosen:
        size = size_of(source)
        shown = "unknown size" if size is None else human_size(size)
        print(printable(f"{source.name}: {shown}"), file=sys.stderr)
        done = update(source)
        if done.imported is None:
            print(printable(f"{source.name}: unchanged"))
        else:
            print(printable(f"{source.name}: {plural(done.imported.records, 'record')}"))
    return codes.CLEAN


def _status(options: argparse.Namespace) -> int:
    values = status_values()
    if options.format == "json":
        sys.stdout.write(json.dumps(values, indent=2) + "\n")
        return codes.CLEAN
    if values["bytes"] is None:
        print(f"No advisories in {values['path']}: run `drydock db update` or `drydock db import`")
        return codes.CLEAN
    for feed in values["feeds"]:
        newest = f", newest record {feed['newest'][:10]}" if feed["newest"] else ""
        count = plural(feed["records"], "record")
        print(printable(f"{feed['name']:<16} {count}, imported {feed['imported'][:10]}{newest}"))
    print(printable(f"{human_size(values['bytes'])} in {values['path']}"))
    return codes.CLEAN


def status_values() -> dict[str, Any]:
    """Path, size in bytes (None without a store) and feeds."""
    path = store_path()
    store = open_store(path)
    if store is None:
        return {"path": str(path), "bytes": None, "feeds": []}
    with closing(store):
        feeds = [
            {
                "name": one.name,
                "records": one.records,
                "imported": one.imported,
                "newest": one.newest,
                "licence": one.licence,
            }
            for one in store.feeds()
        ]
    return {"path": str(path), "bytes": path.stat().st_size, "feeds": feeds}
