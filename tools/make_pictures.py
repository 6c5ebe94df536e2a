"""Takes the pictures of docs/images from the real screen: `python tools/make_pictures.py [FOLDER]`.

Opens the embedded sample with its image, waits until everything was read, presses keys, and saves
SVG files at the sizes given below.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

ROOT = Path(__file__).resolve().parent.parent
SHOTS = {
    "main": ("j",),
    "accepted": ("A", "j", "j", "space"),
    "diff": ("A", "5"),
    "detail": ("j", "6"),
    "files": ("1", "j", "j", "j", "7"),
    "flags": ("8",),
    "secrets": ("3", "enter"),
    "help": ("question_mark",),
}
SIZES = ((80, 24), (120, 40), (200, 50))


async def settle(pilot: Pilot[Any]) -> None:
    """Until no worker runs and the screen had a moment to draw."""
    quiet = 0
    while quiet < 3:
        await pilot.pause(0.2)
        busy = any(not worker.is_finished for worker in pilot.app.workers)
        quiet = 0 if busy else quiet + 1


async def take(folder: Path, name: str, keys: tuple[str, ...], size: tuple[int, int]) -> None:
    from hardening.opening import OpenRequest
    from tui.app import DrydockApp

    app = DrydockApp(OpenRequest(sample="python-flask"))
    async with app.run_test(size=size) as pilot:
        await pilot.pause(1)
        await settle(pilot)
        for key in keys:
            await pilot.press(key)
            await settle(pilot)
        app.save_screenshot(f"{name}-{size[0]}x{size[1]}.svg", str(folder))


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as private:
        for variable in ("CONFIG", "STATE", "CACHE"):
            os.environ[f"DRYDOCK_{variable}_DIR"] = private
        for name, keys in SHOTS.items():
            for size in SIZES if name == "main" or len(sys.argv) > 1 else ((120, 40),):
                asyncio.run(take(folder, name, keys, size))


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
