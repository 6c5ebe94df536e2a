"""What was not assessed. It stands by itself because commands that only read images need no more of
the model."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was not assessed, and why; never shown as a zero."""

    what: str
    reason: str
    next_step: str = ""
