"""How far long work is, as one line on a terminal; silent elsewhere."""

from __future__ import annotations

import shutil
import time
from typing import IO

from hardening.progress import SILENT, Progress

_EVERY = 0.2
_PATIENCE = 0.4
"""Seconds in which nothing is said: most work is done by then."""
CLEAR = "\r\x1b[K"


def progress_on(stream: IO[str]) -> Progress:
    """Progress for a stream: a line that is written over on a terminal, nothing on others."""
    return _Line(stream) if stream.isatty() else SILENT


class _Line:
    """One phase at a time, on one line."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._total: int | None = None
        self._unit = ""
        self._done = 0
        self._next = time.monotonic() + _PATIENCE
        self._on_screen = False

    def start(self, phase: str, total: int | None = None, unit: str = "bytes") -> None:
        self._total, self._unit, self._done = total, unit, 0
        self._say(phase)

    def advance(self, phase: str, amount: int) -> None:
        self._done += amount
        self._say(phase)

    def finish(self, phase: str) -> None:
        if self._on_screen:
            self._stream.write(CLEAR)
            self._stream.flush()
            self._on_screen = False

    def check(self) -> None:
        return None

    def _say(self, phase: str) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + _EVERY
        self._on_screen = True
        room = max(1, shutil.get_terminal_size().columns - 1)
        self._stream.write(CLEAR + f"{phase}: {self._text()}".removesuffix(": ")[:room])
        self._stream.flush()

    def _text(self) -> str:
        if self._total:
            return f"{min(100, 100 * self._done // self._total)} %"
        return f"{self._done:,} {self._unit}" if self._done else ""
