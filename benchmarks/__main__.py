"""All benchmarks, one process after another: `python -m benchmarks [NAME...]` (make bench).

Prints what each says and a summary; 1 when one missed a target or failed. `engine` needs an image
of the engine, named by DRYDOCK_BENCH_IMAGE, and is left out, with that reason, without it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
NAMES = (
    "analysis",
    "dockerfile_parse",
    "check",
    "secrets",
    "screen",
    "rules",
    "growth",
    "image_archive",
    "inventory",
    "advisories",
)


def run(name: str, *arguments: str) -> int:
    """The exit code of one benchmark."""
    print(f"\n== {name}", flush=True)
    path = os.pathsep.join([str(HERE), str(HERE.parent), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, str(HERE / f"{name}.py"), *arguments]
    return subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, check=False).returncode


def main() -> int:
    names = sys.argv[1:] or NAMES
    codes = {name: run(name) for name in names}
    image = os.environ.get("DRYDOCK_BENCH_IMAGE")
    if image:
        codes["engine"] = run("engine", image)
    print("\n== summary")
    for name, code in codes.items():
        print(f"  {'met   ' if code == 0 else 'MISSED'}  {name}")
    if not image and not sys.argv[1:]:
        print("  left out: engine (name an image of the engine in DRYDOCK_BENCH_IMAGE)")
    return 0 if not any(codes.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
