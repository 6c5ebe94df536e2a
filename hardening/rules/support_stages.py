"""What a stage or those it is built on said before an instruction."""

from __future__ import annotations

from bisect import bisect_left

from hardening.dockerfile.model import Instruction, Stage
from hardening.rules.support import Facts, Placed


def last_before(known: Facts, placed: Placed, keyword: str) -> Instruction | None:
    """The instruction of this keyword that is in force at another one, None when the base image
    decides. Those that ONBUILD defers do not count."""
    if placed.stage is None:
        return None
    offset = placed.instruction.span.start
    for link in reversed(known.dockerfile.chain(placed.stage)):
        found = _of_stage(known, link, keyword)
        number = bisect_left(found, offset, key=lambda one: one.span.start)
        if number:
            return found[number - 1]
    return None


def _of_stage(known: Facts, stage: Stage, keyword: str) -> tuple[Instruction, ...]:
    key = f"{keyword} of stage {stage.index}"
    if key not in known.memo:
        known.memo[key] = stage.all(keyword)
    found: tuple[Instruction, ...] = known.memo[key]
    return found
