"""How fast the screen is, in a real pseudo-terminal: `python -m benchmarks.screen`.

First paint is the time from starting the process to its first words on the terminal, against an
empty Textual app in the same run. A key press is the time from sending the key to the last byte of
the frame that it draws, with 100,000 files, 5,000 findings and a 2,000-line Dockerfile loaded,
against an empty app that draws one line. Rounds take turns; medians.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import pexpect

from benchmarks.common import judge

ROUNDS = 9
PRESSES = 60
ENVIRONMENT = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
FRAME_GAP = 0.03
"""Seconds of silence after which a frame is over."""


def start(*arguments: str, environment: dict[str, str]) -> pexpect.spawn[bytes]:
    return pexpect.spawn(
        sys.executable, list(arguments), dimensions=(40, 120), timeout=60, env=environment
    )


def environment() -> dict[str, str]:
    folder = tempfile.mkdtemp(prefix="drydock-bench-")
    own = {"DRYDOCK_STATE_DIR": folder, "DRYDOCK_CONFIG_DIR": folder}
    return {**os.environ, **ENVIRONMENT, **own, "COLUMNS": "120", "LINES": "40"}


def first_paint(marker: str, *arguments: str) -> float:
    """Seconds from the start of a process until `marker` is on its terminal."""
    surroundings = environment()
    began = time.perf_counter()
    child = start(*arguments, environment=surroundings)
    child.expect_exact(marker.encode())
    seconds = time.perf_counter() - began
    child.close(force=True)
    return seconds


def drained(child: pexpect.spawn[bytes], quiet: float) -> float:
    """Read until nothing came for `quiet` seconds; when the last byte came."""
    last = time.perf_counter()
    while True:
        try:
            child.read_nonblocking(1 << 16, timeout=quiet)
        except pexpect.TIMEOUT:
            return last
        last = time.perf_counter()


def key_times(child: pexpect.spawn[bytes], key: str) -> list[float]:
    """Seconds from each press to the last byte of its frame."""
    times = []
    for _ in range(PRESSES):
        drained(child, FRAME_GAP)
        pressed = time.perf_counter()
        child.send(key.encode())
        child.expect(rb".+")
        times.append(drained(child, FRAME_GAP) - pressed)
    return times


def keys() -> tuple[float, float]:
    """Medians of an empty app's key press and of ours, pressed in turns."""
    plain = start("-m", "benchmarks.screen_app", "empty", environment=environment())
    loaded = start("-m", "benchmarks.screen_app", "full", environment=environment())
    plain.expect_exact(b"drydock-bench")
    loaded.expect_exact(b"Findings 5000")
    drained(loaded, 3.0)
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(3):
        theirs += key_times(plain, "j")
        ours += key_times(loaded, "j")
    plain.close(force=True)
    loaded.close(force=True)
    return statistics.median(theirs), statistics.median(ours)


def reopened() -> tuple[float, float]:
    """An archive that was read before: seconds until the main screen is painted, and until the
    layers with their wasted bytes are on it."""
    folder = Path(tempfile.mkdtemp(prefix="drydock-bench-image-"))
    os.environ["DRYDOCK_CACHE_DIR"] = str(folder / "cache")
    from benchmarks.image_make import make
    from hardening.image.loading import load_files, open_image

    archive, _ = make(folder, small=True)
    load_files(open_image(str(archive)))
    dockerfile = folder / "Dockerfile"
    dockerfile.write_text("FROM scratch\nCOPY . .\n")
    arguments = ("-m", "tui", str(dockerfile), "--image", str(archive))
    painted, whole = [], []
    for _ in range(ROUNDS):
        painted.append(first_paint("Findings", *arguments))
        whole.append(first_paint("wasted", *arguments))
    return statistics.median(painted), statistics.median(whole)


def main() -> int:
    empty: list[float] = []
    ours: list[float] = []
    board: list[float] = []
    for _ in range(ROUNDS + 1):
        empty.append(first_paint("drydock-bench", "-m", "benchmarks.screen_app", "empty"))
        ours.append(first_paint("opening", "-m", "tui", "demo"))
        board.append(first_paint("Findings", "-m", "tui", "demo"))
    base, drawn = statistics.median(empty[1:]), statistics.median(ours[1:])
    whole = statistics.median(board[1:])
    print(
        f"  first paint: empty app {base:.3f} s, drydock {drawn:.3f} s, main screen {whole:.3f} s"
    )
    met = judge("first paint over an empty app's", drawn / base, 1.5)
    key_base, key_drawn = keys()
    print(f"  key press: empty app {key_base * 1000:.1f} ms, drydock {key_drawn * 1000:.1f} ms")
    met &= judge("key press over an empty app's", key_drawn / key_base, 1.5)
    painted, layers = reopened()
    print(f"  reopened image: main screen {painted:.3f} s, all its layers {layers:.3f} s")
    met &= judge("reopened image, seconds to the painted main screen", painted, 0.4)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
