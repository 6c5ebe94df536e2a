"""Progress of long work, told to whoever cares; silent by default.

A phase has a name in a person's words ("reading layers"), a total in `unit` when it is known,
and ends by `finish`. Long loops call `check` often: it raises `Cancelled` once the person has
asked to stop. Implementations are called from worker threads.
"""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    def start(self, phase: str, total: int | None = None, unit: str = "bytes") -> None:
        """A phase begins; `total` is None when unknown."""

    def advance(self, phase: str, amount: int) -> None:
        """`amount` more units of the phase are done."""

    def finish(self, phase: str) -> None:
        """The phase is over."""

    def check(self) -> None:
        """Raise `hardening.errors.Cancelled` when the person has asked to stop."""


class Silent:
    """The default: says nothing, never cancels."""

    def start(self, phase: str, total: int | None = None, unit: str = "bytes") -> None:
        return None

    def advance(self, phase: str, amount: int) -> None:
        return None

    def finish(self, phase: str) -> None:
        return None

    def check(self) -> None:
        return None


SILENT = Silent()
