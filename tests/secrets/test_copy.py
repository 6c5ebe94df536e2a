"""A copy of the process that searches the half: the same secrets as without, whatever becomes of
it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.image.builders import docker_save, file, tar
from tests.scripts import answer_of

SCRIPT = """
import json, os, sys
from hardening.image import crew
from hardening.image.loading import load_files, open_image
from hardening.errors import DrydockError
from hardening.secrets import pipeline, scanner

way, path = sys.argv[1:]
scanner.BATCH, scanner.WORTH_A_COPY = 1, 0
if way == "threads":
    scanner.may_copy = lambda: False
if way == "no process":
    def fork():
        raise BlockingIOError(11, "Resource temporarily unavailable")
    os.fork = fork
if way == "dies":
    def tell(parts, out):
        out.write(b"1")
        os._exit(9)
    pipeline._tell = tell
print("buffered, and told once")
image = load_files(open_image(path))
try:
    secrets = scanner.scan_image(image)
    found = [(one.masked, [str(place) for place in one.places]) for one in secrets]
except DrydockError as error:
    found = [error.what]
print(json.dumps(found))
"""


def run(way: str, path: Path) -> list[object]:
    found: list[object] = answer_of(SCRIPT, way, path)
    return found


@pytest.mark.parametrize("way", ["copy", "no process", "dies"])
def test_the_same_secrets_in_the_same_order(tmp_path: Path, way: str) -> None:
    plain = [file(f"srv/{number}.txt", b"nothing here\n" * 9) for number in range(20)]
    for number in (0, 3, 4, 11, 19):
        token = f"ghp_{number:02}{'aB3dE6gH9jK2mN5pQ8sT1vW4yZ7cF0xR5uL8'[:34]}"
        plain[number] = file(f"srv/{number}.txt", f"token {token}\n".encode())
    path = tmp_path / "image.tar"
    path.write_bytes(docker_save([tar(*plain[:12]), tar(*plain[12:])]))
    expected = run("threads", path)
    assert len(expected) == 5
    assert run(way, path) == expected
