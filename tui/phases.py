"""The long work that is going on, as cells for the summary bar: what runs, how far it is, and what
is still to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from hardening.skipped import Skipped
from tui.rows import Cells
from tui.text import clean

WAITING = "it is still being read"
"""Reason of what is on its way: not yet assessed, and nothing is wrong."""

IMAGE = "image"
FILES = "files of the image"
PACKAGES = "packages"
VULNERABILITIES = "vulnerabilities"
SECRETS = "secrets in the layers"
"""What waits, in the order in which it comes."""

_BAR = 10
_SHORT_BAR = 4
_SHORT = {
    "opening the image": "image",
    "looking up advisories": "advisories",
    "reading package databases": "packages",
    "searching for secrets": "secrets",
}
"""Where there is no room for the name of a phase."""


@dataclass
class Phases:
    """Phases by name, in the order in which they began: units done, their total when known."""

    running: dict[str, tuple[int, int | None]] = field(default_factory=dict)

    def update(self, phase: str, done: int | None, total: int | None) -> None:
        """`done` None ends the phase."""
        if done is None:
            self.running.pop(phase, None)
        else:
            self.running[phase] = (done, total)

    def clear(self) -> None:
        self.running.clear()

    def variants(self, waiting: Sequence[str]) -> tuple[Cells, ...]:
        """What runs, for much room first; each stays as wide as it is while the same phase runs."""
        if not self.running:
            told = f"  reading {clean(waiting[0], 40)} …" if waiting else ""
            return ([(told, "accent")], [("  …", "accent")]) if told else ()
        phase, (done, total) = self._now()
        name = clean(phase, 60).capitalize()
        share = min(99, 100 * done // total) if total else None
        percent = "     " if share is None else f" {share:3d}%"
        short = clean(_SHORT.get(phase, phase.split()[-1]), 16)
        return (
            [("  ", "plain"), *_bar(share, _BAR), (f" {name}{percent}", "accent")],
            [("  ", "plain"), *_bar(share, _SHORT_BAR), (f" {short}", "accent")],
            [("  ", "plain"), *_bar(share, _SHORT_BAR)],
        )

    def later(self, waiting: Sequence[str]) -> tuple[Cells, ...]:
        """What comes after the phase that runs."""
        now = _said_by(self._now()[0]) if self.running else ()
        names = [clean(one, 40) for one in waiting if one not in now]
        return ([(f", then {', '.join(names)}", "muted")],) if names and self.running else ()

    def _now(self) -> tuple[str, tuple[int, int | None]]:
        return list(self.running.items())[-1]


def _bar(share: int | None, cells_wide: int) -> Cells:
    filled = 0 if share is None else cells_wide * share // 100
    return [("━" * filled, "accent"), ("─" * (cells_wide - filled), "muted")]


def _said_by(phase: str) -> tuple[str, ...]:
    """What a phase brings, in the words of what waits."""
    return {
        "looking up advisories": (VULNERABILITIES,),
        "reading package databases": (PACKAGES,),
        "searching for secrets": (SECRETS,),
    }.get(phase, (IMAGE, FILES))


def given_up(missing: Sequence[Skipped]) -> list[Skipped]:
    """The steps of reading an image that failed."""
    steps = (FILES, PACKAGES, VULNERABILITIES, SECRETS)
    return [one for one in missing if one.what in steps and one.reason != WAITING]


def waiting_words(missing: Sequence[Skipped]) -> tuple[str, ...]:
    """What is still on its way."""
    return tuple(one.what for one in missing if one.reason == WAITING)
