"""How fast secrets are found: text of this machine, all formats, against a plain pass of `re`.

    python benchmarks/secrets.py [--megabytes 100] [FOLDER ...]

Processor time of one thread counts, so that a busy machine does not. Files are read before the
clock starts, as in an image scan the layer is read anyway. The plain pass is far slower, so it runs
over the first few megabytes; there the findings must be equal.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from common import judge

from hardening.secrets.engine import AutomatonMatcher, Matcher, PlainMatcher, find
from hardening.secrets.formats import all_formats
from hardening.secrets.vectorscan import VectorMatcher, compiled_matcher, kept_matcher

PLAIN_MEGABYTES = 4.0
ROUNDS = 3
TARGET = 400
"""Megabytes of text a second."""


def texts(folders: list[str], limit: int) -> Iterator[bytes]:
    """Text files up to 5 MB each until `limit` bytes are read."""
    total = 0
    for folder in folders:
        for root, _, names in os.walk(folder):
            for name in sorted(names):
                path = Path(root, name)
                try:
                    if path.is_symlink() or not 0 < path.stat().st_size <= 5 << 20:
                        continue
                    data = path.read_bytes()
                except OSError:
                    continue
                if b"\0" in data[:8192]:
                    continue
                yield data
                total += len(data)
                if total >= limit:
                    return


class EverythingMatcher:
    """No automaton and no keywords: every pattern over every file, with `re`."""

    def __init__(self) -> None:
        self._formats = all_formats()
        self._patterns = {one.id: re.compile(one.pattern) for one in self._formats}

    def candidates(self, data: bytes) -> tuple[object, ...]:
        return self._formats

    def matches(self, one: object, data: bytes) -> Iterator[re.Match[bytes]]:
        return self._patterns[one.id].finditer(data)  # type: ignore[attr-defined]


def timed(engine: Matcher, files: list[bytes]) -> tuple[float, list[tuple[int, str, int]]]:
    started = time.process_time()
    hits = [
        (number, hit.format.id, hit.start)
        for number, data in enumerate(files)
        for hit in find(data, chosen=engine)
    ]
    return time.process_time() - started, hits


def taken(action: Callable[[], object]) -> float:
    started = time.process_time()
    action()
    return time.process_time() - started


def pace(
    name: str,
    engine: Matcher,
    files: list[bytes],
    size: float,
    first: float,
    hits: list[tuple[int, str, int]],
) -> float:
    """Prints and returns megabytes a second when warm."""
    seconds = statistics.median(timed(engine, files)[0] for _ in range(ROUNDS))
    print(
        f"{name}: {size / first:.0f} MB/s the first time, {size / seconds:.0f} MB/s warm "
        f"({size:.0f} MB, {len(files)} files, {len(hits)} hits)"
    )
    return size / seconds


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=100)
    parser.add_argument("folders", nargs="*", default=["/usr/share", "/usr/lib", sys.prefix])
    options = parser.parse_args()
    files = list(texts(options.folders, int(options.megabytes * 1e6)))
    size = sum(map(len, files)) / 1e6
    exact = AutomatonMatcher(all_formats())
    spent = taken(exact.build)
    print(f"google-re2: {len(all_formats())} formats compiled in {spent * 1000:.0f} ms")
    first, hits = timed(exact, files)
    best = pace("google-re2", exact, files, size, first, hits)
    with tempfile.TemporaryDirectory() as cache:
        os.environ["DRYDOCK_CACHE_DIR"] = cache
        made: list[VectorMatcher | None] = []
        spent = taken(lambda: made.append(compiled_matcher(all_formats(), exact)))
        again = taken(lambda: kept_matcher(all_formats(), exact))
    if made[0] is None:
        print("Vectorscan: the hyperscan package is not installed")
    else:
        print(
            f"Vectorscan: compiled in {spent * 1000:.0f} ms, "
            f"read from the cache in {again * 1000:.1f} ms"
        )
        first, found = timed(made[0], files)
        if found != hits:
            print("OTHER FINDINGS")
            return 1
        best = pace("Vectorscan", made[0], files, size, first, found)
    few, count = [], 0.0
    for data in files:
        few.append(data)
        count += len(data) / 1e6
        if count >= PLAIN_MEGABYTES:
            break
    _, expected = timed(exact, few)
    for name, engine in (
        ("keywords, then re", PlainMatcher(all_formats())),
        ("re alone", EverythingMatcher()),
    ):
        spent, found = timed(engine, few)  # type: ignore[arg-type]
        same = "the same findings" if found == expected else "OTHER FINDINGS"
        print(f"{name}: {count / spent:.2f} MB/s ({count:.0f} MB, {same})")
        if found != expected:
            return 1
    return 0 if judge(f"time at {TARGET} MB/s, share taken", TARGET / best, 1) else 1


if __name__ == "__main__":
    sys.exit(main())
