"""How long the advisory store takes: `python -m benchmarks.advisories`.

Import of 60,000 advisories from a zip as OSV serves them (at most 10 s and 200 MB), made by varying
the real ones of the open data set (DRYDOCK_SHARED_DATA), beside what no importer can do without:
inflating the same members, parsing them with the standard library's json, and putting the raw bytes
into SQLite. Then matching 900 packages of three ecosystems (at most 60 ms, caches of versions
empty), beside reading the same rows with plain SQL. Medians of rounds that take turns; on a machine
that does other work besides, look at the ratio and the CPU time.
"""

from __future__ import annotations

import json
import lzma
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks.common import Contestant, judge, race, report
from hardening.advisories import versions
from hardening.advisories.matching import match
from hardening.advisories.model import Target
from hardening.advisories.store import open_store

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("DRYDOCK_SHARED_DATA", ROOT.parent / "shared" / "data"))
FEEDS = ("alpine", "go", "npm", "pypi", "debian")
ADVISORIES = 60_000
ROUNDS_IMPORT = 3
ROUNDS_MATCH = 15
PACKAGES = {"Debian:12": 550, "Go": 200, "PyPI": 150}
KNOWN = 0.45
"""Share of the packages that the store has advisories about: 186 of 413 on a Debian image."""

IMPORT = """
import sys
from pathlib import Path
from hardening.advisories.importing import import_path
Path(sys.argv[2]).unlink(missing_ok=True)
import_path(Path(sys.argv[1]), store=Path(sys.argv[2]))
"""
FLOOR = """
import json, sqlite3, sys, zipfile
from pathlib import Path
Path(sys.argv[2]).unlink(missing_ok=True)
db = sqlite3.connect(sys.argv[2], isolation_level=None)
db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; CREATE TABLE t(id TEXT, b BLOB)")
db.execute("BEGIN")
rows = []
with zipfile.ZipFile(sys.argv[1]) as archive:
    for member in archive.infolist():
        data = archive.read(member)
        rows.append((json.loads(data)["id"], data))
        if len(rows) == 500:
            db.executemany("INSERT INTO t VALUES (?,?)", rows)
            rows.clear()
db.executemany("INSERT INTO t VALUES (?,?)", rows)
db.execute("COMMIT")
"""


def real_records() -> Iterator[dict[str, Any]]:
    for name in FEEDS:
        with lzma.open(DATA / f"advisories-{name}" / "osv.jsonl.xz") as stream:
            for line in stream:
                yield json.loads(line)


def varied(records: list[dict[str, Any]], chance: random.Random) -> Iterator[dict[str, Any]]:
    """The real ones, then distributions' ones again under other ids, releases and versions."""
    yield from records
    own = [one for one in records if one["id"].startswith(("DSA", "DLA"))]
    for number in range(ADVISORIES - len(records)):
        one = json.loads(json.dumps(own[number % len(own)]))
        one["id"] = f"DEBIAN-CVE-{2000 + number % 27}-{100_000 + number}"
        one["upstream"] = [one["id"].removeprefix("DEBIAN-")]
        base = one["affected"][0]
        one["affected"] = [_at(base, release, chance) for release in ("11", "12", "13")]
        yield one


def _at(base: dict[str, Any], release: str, chance: random.Random) -> dict[str, Any]:
    affected: dict[str, Any] = json.loads(json.dumps(base))
    affected["package"]["ecosystem"] = f"Debian:{release}"
    for one in affected.get("ranges", []):
        for event in one["events"]:
            if "fixed" in event:
                more = chance.randrange(60)
                event["fixed"] = raised(event["fixed"], more)
    return affected


def raised(version: str, more: int) -> str:
    """The version with its last number raised."""
    return re.sub(r"\d+(?=\D*\Z)", lambda found: str(int(found[0]) + more), version)


def make_zip(path: Path) -> None:
    chance = random.Random(1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for one in varied(list(real_records()), chance):
            archive.writestr(f"{one['id'].replace('/', '_')}.json", json.dumps(one))


def bench_import(folder: Path) -> bool:
    feed = str(folder / "all.zip")
    python = (sys.executable, "-c")
    contestants = [
        Contestant("import", [*python, IMPORT, feed, str(folder / "s.sqlite")]),
        Contestant("inflate, parse, store raw", [*python, FLOOR, feed, str(folder / "f.sqlite")]),
    ]
    race(contestants, ROUNDS_IMPORT)
    report(contestants)
    ours, floor = contestants
    print(f"  import / what nobody can do without: {ours.seconds / floor.seconds:.2f}")
    print(f"  CPU seconds: {ours.cpu_seconds:.2f} and {floor.cpu_seconds:.2f}")
    size = (folder / "s.sqlite").stat().st_size / 1e6
    print(f"  {Path(feed).stat().st_size / 1e6:.1f} MB zip, {size:.1f} MB store")
    met = judge("import of 60,000 advisories, s", ours.seconds, 10)
    return judge("import of 60,000 advisories, MB", ours.peak_mb, 200) and met


def packages(path: Path) -> list[Target]:
    """Packages as an image has them: many without advisories, most others near the newest fix."""
    store = open_store(path)
    assert store is not None
    chance = random.Random(2)
    found = []
    with closing(store):
        known = store.ecosystems()
        for ecosystem, count in PACKAGES.items():
            rows = store.connection.execute(
                "SELECT name, max(hi) FROM rng WHERE eco = ? AND hi IS NOT NULL GROUP BY name",
                (known[ecosystem],),
            ).fetchall()
            some = chance.sample(rows, min(len(rows), int(count * KNOWN)))
            found += [Target(ecosystem, name, version) for name, version in some]
            rest = count - len(some)
            found += [Target(ecosystem, f"unknown-{number}", "1.0.0") for number in range(rest)]
    return found


def timed(action: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU milliseconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    action()
    return 1_000 * (time.perf_counter() - wall), 1_000 * (time.process_time() - cpu)


def bench_match(path: Path) -> bool:
    targets = packages(path)
    counts: list[int] = []

    def cold() -> None:
        versions.forget_keys()
        store = open_store(path)
        assert store is not None
        with closing(store):
            counts.append(len(match(store, targets).vulnerabilities))

    def plain() -> None:
        store = open_store(path)
        assert store is not None
        with closing(store):
            known = store.ecosystems()
            for one in targets:
                store.connection.execute(
                    "SELECT * FROM rng WHERE eco = ? AND name = ?",
                    (known[one.ecosystem], one.name),
                ).fetchall()

    cold()
    plain()
    rounds = [(timed(cold), timed(plain)) for _ in range(ROUNDS_MATCH)]
    wall = statistics.median(ours[0] for ours, _ in rounds)
    cpu = statistics.median(ours[1] for ours, _ in rounds)
    floor = statistics.median(other[0] for _, other in rounds)
    print(
        f"  match {len(targets)} packages, {counts[0]} vulnerabilities: {wall:.1f} ms"
        f" (CPU {cpu:.1f}); reading the same rows: {floor:.1f} ms; ratio {wall / floor:.1f}"
    )
    return judge("matching 900 packages, ms", wall, 60)


def main() -> int:
    if not DATA.is_dir():
        print(f"no data set in {DATA}: set DRYDOCK_SHARED_DATA", file=sys.stderr)
        return 2
    if sys.argv[1:2] == ["--make"]:
        make_zip(Path(sys.argv[2]))
        return 0
    with tempfile.TemporaryDirectory(prefix="drydock-bench-") as name:
        folder = Path(name)
        # a child of its own: what it takes would count as its sisters' peak
        making = [sys.executable, "-m", "benchmarks.advisories", "--make", str(folder / "all.zip")]
        subprocess.run(making, check=True, cwd=ROOT)
        met = bench_import(folder)
        return 0 if bench_match(folder / "s.sqlite") and met else 1


if __name__ == "__main__":
    sys.exit(main())
