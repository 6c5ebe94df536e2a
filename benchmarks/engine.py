"""An image of the engine: `python benchmarks/engine.py IMAGE [--rounds 5]`.

Medians in one process: config, history and layer list (at most 1 s); one file read from a created,
never started container; the first full read, beside draining the same export without looking at
it; the second read, which must not export a byte. The engine is found as drydock finds it.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator

from common import judge

from hardening.image import cache
from hardening.image.engine import Engine, connect
from hardening.image.loading import load_files, open_image

exported = 0


def count_exports() -> None:
    """Adds up the bytes of every export from now on."""
    original = Engine.export

    def counting(self: Engine, image: str) -> Iterator[bytes]:
        global exported
        for chunk in original(self, image):
            exported += len(chunk)
            yield chunk

    Engine.export = counting  # type: ignore[method-assign]


def timed(
    work: Callable[[], object], rounds: int, before: Callable[[], object] | None = None
) -> float:
    times = []
    for _ in range(rounds):
        if before is not None:
            before()
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def drain(image: str) -> None:
    """What the engine needs to export the image, whoever reads."""
    with connect() as engine:
        for _ in engine.export(image):
            pass


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("image")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    name = options.image
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DRYDOCK_CACHE_DIR"] = folder
        first = timed(lambda: open_image(name), options.rounds)
        single = timed(lambda: open_image(name).read("etc/passwd"), options.rounds)
        drained = timed(lambda: drain(name), options.rounds)
        full = timed(lambda: load_files(open_image(name)), options.rounds, cache.clear)
        count_exports()
        again = timed(lambda: load_files(open_image(name)), options.rounds)
    print(f"config, history, layers: {first * 1000:.0f} ms; one file: {single * 1000:.0f} ms")
    print(
        f"draining the export: {drained:.2f} s; all files read: {full:.2f} s; again: {again:.3f} s"
    )
    met = [
        judge("seconds to config, history and layers", first, 1),
        judge("all files, times draining the export", full / drained, 1.5),
        judge("bytes exported when every layer is cached", exported, 0),
    ]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
