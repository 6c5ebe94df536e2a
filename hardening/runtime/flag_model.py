"""One flag of `docker run` with the Compose keys that say the same, and a set of them."""

from __future__ import annotations

from typing import NamedTuple

from hardening.model import Precondition, Safety, Verdict

ComposeValue = bool | int | str | tuple[str, ...]


class RunFlag(NamedTuple):
    """`name` is the word of `docker run` without dashes. `words` is what is written there.
    `compose` are service keys and values; a tuple means "at least these entries". `cis` is the
    number in the CIS Docker Benchmark 1.6, "" when it has none."""

    name: str
    title: str
    words: tuple[str, ...]
    compose: tuple[tuple[str, ComposeValue], ...]
    reason: str
    preconditions: tuple[Precondition, ...]
    cis: str = ""
    present: bool = False
    """True when the run configuration of the subject has it already."""

    @property
    def safety(self) -> Safety:
        """As for a fix: all preconditions hold, one is unknown, one fails."""
        verdicts = {one.verdict for one in self.preconditions}
        if Verdict.FAILS in verdicts:
            return Safety.MANUAL
        return Safety.REVIEW if Verdict.UNKNOWN in verdicts else Safety.SAFE


class HardenedRun(NamedTuple):
    """All flags, in the order in which they are written."""

    flags: tuple[RunFlag, ...]

    def flag(self, name: str) -> RunFlag | None:
        return next((one for one in self.flags if one.name == name), None)

    @property
    def usable(self) -> tuple[RunFlag, ...]:
        """Those without a failed precondition."""
        return tuple(one for one in self.flags if one.safety is not Safety.MANUAL)
