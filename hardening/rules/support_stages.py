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
        found = last_of_stage(known, link, keyword, offset)
        if found is not None:
            return found
    return None


def last_of_stage(known: Facts, stage: Stage, keyword: str, offset: int) -> Instruction | None:
    """The last instruction of this keyword that stands before an offset in the stage itself."""
    key = f"{keyword} of stage {stage.index}"
    if key not in known.memo:
        known.memo[key] = stage.all(keyword)
    found: tuple[Instruction, ...] = known.memo[key]
    number = bisect_left(found, offset, key=lambda one: one.span.start)
    return found[number - 1] if number else None
