"""Fetches advisory feeds: conditional, resumable, bounded, into the folder of the store.

A feed lies in `feeds/` beside the store with its ETag. An unchanged one is not fetched again
(`If-None-Match`); an interrupted one goes on where it stopped (`Range` with `If-Range`). The store
is rebuilt from a complete file only. Sources: OSV's per-ecosystem zips (google.github.io/osv.dev,
"Data dumps"), CISA's KEV catalogue, FIRST's daily EPSS table.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from hardening.advisories.importing import Imported, import_path
from hardening.advisories.store import store_path
from hardening.errors import InputError, UsageError
from hardening.progress import SILENT, Progress

if TYPE_CHECKING:
    import httpx

OSV = "https://osv-vulnerabilities.storage.googleapis.com"
KEV = "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"
EPSS = "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz"
ECOSYSTEMS = ("Alpine", "AlmaLinux", "Debian", "Go", "Maven", "NuGet", "Packagist", "PyPI",
              "Red Hat", "Rocky Linux", "RubyGems", "SUSE", "Ubuntu", "Wolfi", "npm")  # fmt: skip
MAX_BYTES = 4 << 30
_TIMEOUT = 60.0


@dataclass(frozen=True, slots=True)
class Source:
    """One feed: its name in the store and where it is."""

    name: str
    url: str
    file: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of one feed. `imported` is None when it had not changed."""

    name: str
    bytes: int
    imported: Imported | None


def sources(names: tuple[str, ...], *, osv: str = OSV) -> tuple[Source, ...]:
    """The feeds of these ecosystems (`kev`, `epss` too). Raises UsageError for an unknown one."""
    known = {one.lower(): one for one in ECOSYSTEMS}
    found = []
    for name in names:
        lower = name.lower()
        if lower == "kev":
            found.append(Source("kev", KEV, "kev.json"))
        elif lower == "epss":
            found.append(Source("epss", EPSS, "epss.csv.gz"))
        elif lower in known:
            proper = known[lower]
            found.append(Source(proper, f"{osv}/{quote(proper)}/all.zip", f"{lower}.zip"))
        else:
            choices = ", ".join((*ECOSYSTEMS, "kev", "epss"))
            raise UsageError(f"There is no feed called {name}", "", f"Choose from: {choices}")
    return tuple(found)


def size_of(source: Source) -> int | None:
    """Bytes that a full download takes, None when the server does not say. Raises InputError."""
    with _client() as client, _said(source):
        response = client.head(source.url)
        response.raise_for_status()
        length = response.headers.get("content-length", "")
    return int(length) if length.isdecimal() else None


def update(source: Source, *, store: Path | None = None, progress: Progress = SILENT) -> Fetched:
    """Fetch one feed when it changed, and import it. Raises InputError; the store is then as it
    was, and a later call goes on with what was fetched."""
    store = store or store_path()
    folder = store.parent / "feeds"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / source.file
    count = _fetch(source, file, progress)
    if count == 0:
        return Fetched(source.name, 0, None)
    imported = import_path(file, store=store, name=source.name, progress=progress)
    _state(file).write_text(_part_state(file).read_text())
    _part_state(file).unlink()
    return Fetched(source.name, count, imported)


def _state(file: Path) -> Path:
    return file.with_name(file.name + ".state")


def _part_state(file: Path) -> Path:
    return file.with_name(file.name + ".part.state")


def _etag(path: Path) -> str:
    try:
        found = json.loads(path.read_text()).get("etag", "")
    except (OSError, ValueError, AttributeError):
        return ""
    return found if isinstance(found, str) else ""


def _fetch(source: Source, file: Path, progress: Progress) -> int:
    """Bytes fetched now; 0 when the feed is as it was."""
    part = file.with_name(file.name + ".part")
    headers = {}
    partial = _etag(_part_state(file))
    if part.exists() and partial:
        headers = {"Range": f"bytes={part.stat().st_size}-", "If-Range": partial}
    elif file.exists() and _etag(_state(file)):
        headers = {"If-None-Match": _etag(_state(file))}
    with (
        _client() as client,
        _said(source),
        client.stream("GET", source.url, headers=headers) as answer,
    ):
        if answer.status_code == 304:
            return 0
        answer.raise_for_status()
        _part_state(file).write_text(json.dumps({"etag": answer.headers.get("etag", "")}))
        mode = "ab" if answer.status_code == 206 else "wb"
        count = _receive(source, answer, part, mode, progress)
    part.replace(file)
    return count


def _receive(
    source: Source, answer: httpx.Response, part: Path, mode: str, progress: Progress
) -> int:
    length = answer.headers.get("content-length", "")
    phase = f"fetching {source.name}"
    progress.start(phase, int(length) if length.isdecimal() else None)
    count = 0
    with part.open(mode) as stream:
        for chunk in answer.iter_raw():
            progress.check()
            count += len(chunk)
            if stream.tell() + len(chunk) > MAX_BYTES:
                raise InputError(f"The feed {source.name} is too large", f"over {MAX_BYTES} bytes")
            stream.write(chunk)
            progress.advance(phase, len(chunk))
    progress.finish(phase)
    return count


def _client() -> httpx.Client:
    import httpx

    return httpx.Client(follow_redirects=True, timeout=_TIMEOUT, max_redirects=5)


@contextmanager
def _said(source: Source) -> Iterator[None]:
    """Turns what httpx raises into an InputError that names the feed."""
    import httpx

    try:
        yield
    except (httpx.HTTPError, OSError) as error:
        raise InputError(
            f"Cannot fetch the feed {source.name}",
            str(error) or type(error).__name__,
            "Try again later, or import a file with `drydock db import`",
        ) from error


def all_sources(names: tuple[str, ...]) -> tuple[Source, ...]:
    """The feeds asked for; without names all of them."""
    return sources(names or (*ECOSYSTEMS, "kev", "epss"))
