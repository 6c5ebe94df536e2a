"""How soon an image of the engine is there: `python -m benchmarks.engine [IMAGE]`.

Whole processes, medians of rounds that take turns, with an empty cache of ours:

- config, history and layers (at most 1 s), beside `docker image inspect` and `docker history`;
- one file (the package database) from a container that is never started;
- all files, beside `docker save` to nowhere: what the engine itself takes to export;
- all files once more, with the cache full. The bytes that the engine exported for it are counted:
  there must be none.

Without IMAGE the largest image of the engine is taken.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.common import Contestant, judge, race, report

ROUNDS = 5
ROUNDS_EXPORT = 3

FACTS = """
import sys
from hardening.image.loading import open_image
image = open_image(sys.argv[1])
assert image.config and image.history and image.layers and not image.files_read
"""
ONE_FILE = """
import sys
from hardening.image.loading import open_image
image = open_image(sys.argv[1])
assert image.read("var/lib/dpkg/status", limit=64 << 20) or image.read("etc/passwd")
"""
FILES = """
import sys
from hardening.image.loading import load_files, open_image
assert load_files(open_image(sys.argv[1])).files_read
"""
COUNTED = """
import sys
from hardening.image.engine import Engine
from hardening.image.loading import load_files, open_image
export, taken = Engine.export, [0]
def counted(engine, image):
    for chunk in export(engine, image):
        taken[0] += len(chunk)
        yield chunk
Engine.export = counted
assert load_files(open_image(sys.argv[1])).files_read
print(taken[0])
"""


def main() -> int:
    from hardening.errors import EngineError
    from hardening.image.engine import local_images

    docker = shutil.which("docker")
    try:
        images = local_images()
    except EngineError as error:
        print(error, file=sys.stderr)
        return 2
    if not images or docker is None:
        print("an engine with an image and the docker command are needed", file=sys.stderr)
        return 2
    largest = max(images, key=lambda one: one.size)
    image = sys.argv[1] if len(sys.argv) > 1 else largest.reference
    with tempfile.TemporaryDirectory(prefix="drydock-bench-") as name:
        return 0 if measure(image, docker, Path(name)) else 1


def measure(image: str, docker: str, folder: Path) -> bool:
    """Time everything; False when a target is missed."""
    python = [sys.executable, "-c"]
    cache = folder / "cache"
    environment = {"DRYDOCK_CACHE_DIR": str(cache)}

    def forget() -> None:
        shutil.rmtree(cache, ignore_errors=True)

    quick = [
        Contestant("config, history, layers", [*python, FACTS, image], environment, forget),
        Contestant("one file by container", [*python, ONE_FILE, image], environment, forget),
        Contestant("docker image inspect", [docker, "image", "inspect", image]),
        Contestant("docker history", [docker, "history", "--no-trunc", image]),
        Contestant("python -c pass", [*python, "pass"]),
    ]
    race(quick, ROUNDS)
    first = Contestant("all files, nothing cached", [*python, FILES, image], environment, forget)
    save = Contestant("docker save, to nowhere", ["sh", "-c", 'docker save "$0" | cat', image])
    again = Contestant("all files, cached", [*python, FILES, image], environment)
    race([save, first, again], ROUNDS_EXPORT)
    print(f"{image}: medians of {ROUNDS} and {ROUNDS_EXPORT} rounds")
    report([*quick, save, first, again])
    met = judge("seconds to config, history and layers", quick[0].seconds, 1.0)
    return judge("bytes exported for a cached image", exported(image, environment), 0) and met


def exported(image: str, environment: dict[str, str]) -> int:
    """Bytes that the engine exports to a process that opens the image with a full cache."""
    done = subprocess.run(
        [sys.executable, "-c", COUNTED, image],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **environment},
    )
    return int(done.stdout)


if __name__ == "__main__":
    sys.exit(main())
