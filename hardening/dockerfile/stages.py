"""Instructions grouped into stages, with what each one is built on."""

from __future__ import annotations

from hardening.dockerfile.expansion import expand, global_scope
from hardening.dockerfile.model import Instruction, Stage


def group(instructions: tuple[Instruction, ...], escape: str) -> tuple[Stage, ...]:
    """The stages of a file; every instruction already carries its stage's index."""
    scope = global_scope(instructions, {}, escape)
    members: list[list[Instruction]] = []
    for instruction in instructions:
        if instruction.keyword == "FROM":
            members.append([])
        elif members:
            members[-1].append(instruction)
    origins = [one for one in instructions if one.keyword == "FROM"]
    stages: list[Stage] = []
    by_name: dict[str, int] = {}
    for index, origin in enumerate(origins):
        name = origin.words[2].raw.lower() if len(origin.words) == 3 else None
        base = origin.words[0]
        expanded = expand(base.raw, scope, escape) or None
        platform = origin.flag("platform")
        stages.append(
            Stage(
                index=index,
                name=name,
                base=base,
                base_expanded=expanded,
                platform=platform.value if platform else None,
                origin=origin,
                instructions=tuple(members[index]),
                parent=by_name.get(expanded.lower()) if expanded else None,
            )
        )
        if name is not None:
            by_name[name] = index
    return tuple(stages)
