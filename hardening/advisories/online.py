"""Asks api.osv.dev about the packages of one image, for whom has no store.

`POST /v1/querybatch` (at most 1,000 queries; ids only, in the order asked; a `next_page_token` for
each query) and `GET /v1/vulns/{id}` (google.github.io/osv.dev/api). The records go into a store in
memory and are matched like any other, so that the answer is the same. It tells the service names
and versions of the packages: only done when it was asked for.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from hardening.advisories.assessment import Assessment, assess_with
from hardening.advisories.documents import MAX_RECORD
from hardening.advisories.licences import licences_of
from hardening.advisories.model import Feed, Record, Target
from hardening.advisories.records import read_record
from hardening.advisories.selection import select
from hardening.advisories.severity import listed
from hardening.advisories.store import Store
from hardening.advisories.versions import scheme_of
from hardening.advisories.writing import Writer, create
from hardening.errors import InputError
from hardening.inventory.model import Inventory, Package
from hardening.progress import SILENT, Progress

if TYPE_CHECKING:
    import httpx

API = "https://api.osv.dev"
FEED = "api.osv.dev"
MAX_QUERIES = 1_000
MAX_PAGES = 50
MAX_IDS = 20_000
MAX_ANSWER = 64 << 20
WAITS = (1.0, 4.0)
"""Seconds before asking again."""
_CONNECTIONS = 20
_TIMEOUT = 60.0
_PHASE = "asking api.osv.dev"


def assess_online(
    inventory: Inventory,
    *,
    api: str = "",
    today: date | None = None,
    progress: Progress = SILENT,
) -> Assessment:
    """What the service knows of the packages. Raises InputError, Cancelled."""
    selected = select(inventory).targets
    targets = [one for one in selected if scheme_of(one.ecosystem) is not None]
    asked = [_as_written(one, selected[one][0]) for one in targets]
    import httpx

    with _said(), httpx.Client(base_url=api or API, timeout=_TIMEOUT) as client:
        ids = _ids(client, asked, progress)
        records = _records(client, ids, progress)
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        create(connection)
        writer = Writer(connection)
        writer.add(records, FEED)
        for target in targets:
            writer.know(target.ecosystem)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        newest = max((one.modified for one in records), default="")
        licences = licences_of({one.id.partition("-")[0] for one in records})
        writer.set_feed(Feed(FEED, len(records), now, newest, licences))
        return assess_with(Store(connection, Path(FEED)), inventory, today=today)


@contextmanager
def _said() -> Iterator[None]:
    import httpx

    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise InputError(
            f"Cannot ask {FEED}",
            str(error) or type(error).__name__,
            "Try again later, or use a store: `drydock db import PATH`",
        ) from error


def _ids(client: httpx.Client, targets: Sequence[Target], progress: Progress) -> list[str]:
    progress.start(_PHASE, None, "packages")
    found: dict[str, None] = {}
    waiting = [(asked, "") for one in targets for asked in _asked(one)]
    for _ in range(MAX_PAGES * (1 + len(waiting) // MAX_QUERIES)):
        if not waiting:
            break
        progress.check()
        part, waiting = waiting[:MAX_QUERIES], waiting[MAX_QUERIES:]
        body = {"queries": [_query(target, token) for target, token in part]}
        answer = _answer(client, "POST", "/v1/querybatch", body)
        results = listed(answer.get("results"))
        if len(results) != len(part):
            raise InputError(f"{FEED} gave no usable answer", "it left out queries")
        for (target, _), result in zip(part, results, strict=True):
            known = result if isinstance(result, dict) else {}
            found.update(dict.fromkeys(_named(known)))
            token = known.get("next_page_token")
            if isinstance(token, str) and token:
                waiting.append((target, token))
        progress.advance(_PHASE, len(part))
        if len(found) > MAX_IDS:
            raise InputError(f"{FEED} gave no usable answer", f"over {MAX_IDS:,} advisories")
    else:
        raise InputError(f"{FEED} gave no usable answer", "its pages do not end")
    progress.finish(_PHASE)
    return list(found)


def _as_written(target: Target, package: Package) -> Target:
    """The service tells case apart; NuGet's records write names as packages do."""
    return target._replace(name=package.name) if target.ecosystem == "NuGet" else target


def _asked(target: Target) -> tuple[Target, ...]:
    """The service wants the name of the repository where a distribution has several."""
    family, _, release = target.ecosystem.partition(":")
    if family == "Red Hat":
        names = list(_red_hat(target.ecosystem))
    elif family == "SUSE" and "Server " in release:
        number = release.partition("Server ")[2]
        modules = ("Basesystem", "Server Applications")
        names = [f"SUSE:Linux Enterprise Module for {one} {number}" for one in modules]
        names.append(target.ecosystem)
    else:
        return (target,)
    return tuple(target._replace(ecosystem=one) for one in names)


def _red_hat(ecosystem: str) -> Iterator[str]:
    """Since 10 a name for each minor release, and what it has the later ones have."""
    start, _, number = ecosystem.rpartition(":")
    major, dot, minor = number.partition(".")
    if not dot or not minor.isdecimal():
        yield from (f"{ecosystem}::{one}" for one in ("baseos", "appstream"))
        return
    yield from (f"{start}:{major}.{one}" for one in range(min(int(minor), 10) + 1))


def _query(target: Target, token: str) -> dict[str, Any]:
    query: dict[str, Any] = {
        "package": {"ecosystem": target.ecosystem, "name": target.name},
        "version": target.version,
    }
    return {**query, "page_token": token} if token else query


def _named(result: dict[str, Any]) -> Iterator[str]:
    for one in listed(result.get("vulns")):
        name = one.get("id") if isinstance(one, dict) else None
        if isinstance(name, str) and 0 < len(name) <= 128:
            yield name


def _records(client: httpx.Client, ids: Sequence[str], progress: Progress) -> list[Record]:
    phase = "fetching advisories"
    progress.start(phase, len(ids), "records")

    def fetch(identifier: str) -> Record | None:
        progress.check()
        path = f"/v1/vulns/{quote(identifier, safe='')}"
        record = read_record(_answer(client, "GET", path, None))
        progress.advance(phase, 1)
        return record

    pool = ThreadPoolExecutor(_CONNECTIONS)
    try:
        found = [one for one in pool.map(fetch, ids) if one is not None]
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    progress.finish(phase)
    return found


def _answer(
    client: httpx.Client, method: str, path: str, body: dict[str, Any] | None
) -> dict[str, Any]:
    """A JSON object, read up to a bound; asked again where the service is busy."""
    for wait in (*WAITS, None):
        with client.stream(method, path, json=body) as answer:
            if answer.status_code in (429, 500, 502, 503, 504) and wait is not None:
                time.sleep(wait)
                continue
            answer.raise_for_status()
            data = b""
            for chunk in answer.iter_bytes():
                data += chunk
                if len(data) > (MAX_ANSWER if body else MAX_RECORD):
                    raise InputError(f"{FEED} gave no usable answer", "it is too large")
            break
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{FEED} gave no usable answer", "it is no JSON") from error
    if not isinstance(document, dict):
        raise InputError(f"{FEED} gave no usable answer", "it is no JSON object")
    return document
