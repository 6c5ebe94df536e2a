"""Worker processes, as copies of this one and as new ones: the same answers, and a clean end."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.image.builders import docker_save, file, gzipped, tar
from tests.scripts import answer_of

LAYERS = 9
SCRIPT = """
import json, os, sys, threading
from hardening.errors import ImageError
from hardening.image import crew, workers
from hardening.image.loading import load_files, open_image

workers.WORTH_A_PROCESS = workers.WORTH_HELP = 0
os.cpu_count = lambda: 2
way, path = sys.argv[1:]
if way == "new":
    threading.Thread(target=threading.Event().wait, daemon=True).start()
started = []
real = crew.start
def start(descriptors):
    worker = real(descriptors)
    started.append("new" if worker.process else "copy")
    if way == "killed":
        worker.kill()
    return worker
workers.start = start
print("buffered, and told once")
try:
    image = load_files(open_image(path))
    found = sorted(image.tree)
except ImageError as error:
    found = [str(error.what)]
left = -1
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    left = 0
print(json.dumps([started, found, left]))
"""


def run(way: str, path: Path) -> tuple[list[str], list[str], int]:
    started, found, left = answer_of(SCRIPT, way, path)
    return started, found, left


def archive(tmp_path: Path, *, damaged: bool = False) -> Path:
    layers = [tar(file(f"f{number}", b"x" * number)) for number in range(LAYERS)]
    blobs = [gzipped(layer) for layer in layers]
    if damaged:
        blobs[4] = gzipped(layers[4][:700])
    path = tmp_path / "image.tar"
    path.write_bytes(docker_save(layers, blobs=blobs))
    return path


@pytest.mark.parametrize("way", ["copy", "new", "killed"])
def test_every_way_reads_the_same_and_leaves_no_process(tmp_path: Path, way: str) -> None:
    started, found, left = run(way, archive(tmp_path))
    assert found == [f"f{number}" for number in range(LAYERS)]
    assert left == 0
    copies = sys.platform == "linux" and way != "new"
    assert set(started) == {"copy" if copies else "new"}


@pytest.mark.parametrize("way", ["copy", "new"])
def test_every_way_names_the_damaged_layer(tmp_path: Path, way: str) -> None:
    _, found, left = run(way, archive(tmp_path, damaged=True))
    assert len(found) == 1 and "cannot be read" in found[0]
    assert left == 0
