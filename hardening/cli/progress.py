"""How far long work is, as one line on a terminal; silent elsewhere."""

from __future__ import annotations

import time
from typing import IO

from hardening.progress import SILENT, Progress

_EVERY = 0.2


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
        self._shown = 0.0

    def start(self, phase: str, total: int | None = None, unit: str = "bytes") -> None:
        self._total, self._unit, self._done, self._shown = total, unit, 0, 0.0

    def advance(self, phase: str, amount: int) -> None:
        self._done += amount
        now = time.monotonic()
        if now - self._shown >= _EVERY:
            self._shown = now
            self._stream.write(f"\r\x1b[K{phase}: {self._text()}")
            self._stream.flush()

    def finish(self, phase: str) -> None:
        self._stream.write("\r\x1b[K")
        self._stream.flush()

    def check(self) -> None:
        return None

    def _text(self) -> str:
        if self._total:
            return f"{min(100, 100 * self._done // self._total)} %"
        return f"{self._done:,} {self._unit}"
