"""`kill -9` at points chosen by chance while an update fetches, reads, writes and renames: the
store is the old one or the new one, and the next run goes on."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from hardening.advisories.feeds import update
from hardening.advisories.sources import Group, Source
from hardening.advisories.store import open_store
from tests.advisories.building import matched
from tests.advisories.loopback import Server, serving

RUNS = 10
FEEDS = ("a", "b", "c")
RECORDS = 3_000
RUN = """
import sys
from pathlib import Path
import hardening.advisories.feeds, hardening.advisories.importing, httpx
from tests.advisories.test_killed import group
print("ready", flush=True)
hardening.advisories.feeds.update(group(sys.argv[1]), store=Path(sys.argv[2]))
print("done", flush=True)
"""


def group(address: str) -> Group:
    return Group("all", tuple(Source(one, f"{address}/{one}", f"{one}.jsonl") for one in FEEDS))


def fill(server: Server, version: int, count: int) -> None:
    """Every record of a version says that this version mends."""
    for one in FEEDS:
        lines = (
            {
                "id": f"GHSA-{one}-{number}",
                "modified": f"2026-01-{version:02}T00:00:00Z",
                "affected": [
                    {
                        "package": {"ecosystem": "npm", "name": one},
                        "ranges": [
                            {
                                "type": "SEMVER",
                                "events": [{"introduced": "0"}, {"fixed": f"{version}.0.0"}],
                            }
                        ],
                    }
                ],
            }
            for number in range(count)
        )
        server.files[f"/{one}"] = "".join(json.dumps(line) + "\n" for line in lines).encode()
    server.etag = f'"{version}"'


def said(store: Path) -> set[tuple[str, str, int]]:
    """By feed: the version that mends, and how many records say so. The store is whole."""
    opened = open_store(store)
    assert opened is not None
    with closing(opened):
        assert opened.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        rows = opened.connection.execute("SELECT name, hi, count(*) FROM rng GROUP BY name, hi")
        return {(name, high, count) for name, high, count in rows}


def whole(version: int, count: int) -> set[tuple[str, str, int]]:
    return {(one, f"{version}.0.0", count) for one in FEEDS}


@pytest.mark.parametrize("pause", [0.0, 0.004])
def test_killed_at_any_point(tmp_path: Path, pause: float) -> None:
    store = tmp_path / "advisories.sqlite"
    chance = random.Random(f"{pause}")
    with serving() as server:
        fill(server, 1, 5)
        address = server.url("")
        update(group(address), store=store)
        fill(server, 2, RECORDS)
        server.pause = pause
        killed = 0
        for _ in range(RUNS):
            arguments = [sys.executable, "-c", RUN, address, str(store)]
            with subprocess.Popen(arguments, stdout=subprocess.PIPE) as running:
                assert running.stdout is not None
                assert running.stdout.readline() == b"ready\n"
                time.sleep(chance.random() ** 2 * 1.2)
                os.kill(running.pid, signal.SIGKILL)
                killed += not running.stdout.read()
            assert said(store) in (whole(1, 5), whole(2, RECORDS))
            assert matched(store, ("npm", "a", "0.1.0")).vulnerabilities
        server.pause = 0.0
        update(group(address), store=store)
    assert killed
    assert said(store) == whole(2, RECORDS)
    assert not list(tmp_path.glob("*.new"))
    assert not list((tmp_path / "feeds").iterdir())
