"""The USER rewrite: an account, what it must own, and `USER uid:gid` at the end of the stage.

Always numeric, so that orchestrators can check it, and with a group, because a number without an
account runs in group 0. It stands after the last step that needs root and before CMD.
"""

from __future__ import annotations

from hardening.dockerfile.edits import insert_at, insert_line_after, insert_line_before
from hardening.dockerfile.model import Dockerfile, Instruction
from hardening.model import Edit, Fix, Precondition, fails, holds, unknown
from hardening.rewrites.accounts import STATEMENT, Choice, choose_account
from hardening.rewrites.ownership import Ownership, made_for, opens_root_home, ownership
from hardening.runtime.base_facts import Family
from hardening.runtime.leaving_root import entrypoint_precondition
from hardening.runtime.start import Start, start_of
from hardening.subject import Subject

_NEEDS_ROOT = ("RUN", "COPY", "ADD", "WORKDIR")
PORTS = "Every port can be opened without root"
LATER = "No later step needs root"
EFFECT = "The container runs as {ids} instead of root; what it may write is what that user owns."


def non_root_user(subject: Subject) -> Fix | None:
    """The fix for a container that starts as root; None where no account can be had at all."""
    start = start_of(subject)
    dockerfile, final = start.dockerfile, start.final
    if dockerfile is None or final is None or start.is_windows:
        return None
    choice = choose_account(start)
    if choice is None:
        return Fix("add-user", "Run as an unprivileged user", (), (
            fails(STATEMENT, "The image has neither an account nor a shell to make one with"),
        ))  # fmt: skip
    with_shell = start.family[0] not in (Family.SCRATCH, Family.DISTROLESS)
    owned = ownership(start, with_shell=with_shell)
    edits = _edits(start, dockerfile, choice, owned, with_shell)
    preconditions = (
        choice.precondition,
        entrypoint_precondition(start),
        _later_steps(start),
        _ports(start),
        *owned.preconditions,
    )
    title = f"Run as uid {choice.account.uid} instead of root"
    return Fix("add-user", title, edits, preconditions, EFFECT.format(ids=choice.ids))


def _edits(
    start: Start, dockerfile: Dockerfile, choice: Choice, owned: Ownership, with_shell: bool
) -> tuple[Edit, ...]:
    assert start.final is not None
    edits = [*choice.edits, *_chowned(dockerfile, owned, choice)]
    commands = list(choice.commands)
    if with_shell:
        commands += owned.commands(choice)
        if opens_root_home(start):
            commands.append("chmod o+x /root")
    lines = [_run(dockerfile, commands)] if commands else []
    home = start.environment.get("HOME")
    if home and choice.account.home and home != choice.account.home:
        lines.append(f"ENV HOME={choice.account.home}")
    lines.append(f"USER {choice.ids}")
    last = _last_step(start)
    text = "\n".join(lines)
    deciding = start.user.instruction
    early = _volumes_first(start, dockerfile, owned, choice, last) if with_shell else None
    if early is not None:
        edits.append(early)
    if deciding is not None and deciding.span.start > last.span.start and not commands:
        edits.append(Edit(dockerfile.path, deciding.arguments, choice.ids))
        if len(lines) > 1:
            edits.append(insert_line_before(dockerfile, deciding, lines[0]))
    elif deciding is not None and deciding.span.start > last.span.start:
        edits.append(insert_line_after(dockerfile, deciding, text))
    else:
        edits.append(insert_line_after(dockerfile, last, text))
    return tuple(edits)


def _run(dockerfile: Dockerfile, commands: list[str]) -> str:
    return "RUN " + f" {dockerfile.escape}\n    && ".join(commands)


def _chowned(dockerfile: Dockerfile, owned: Ownership, choice: Choice) -> list[Edit]:
    return [
        insert_at(dockerfile, one.keyword_span.end, f" --chown={choice.ids}")
        for one in owned.unreadable
    ]


def _volumes_first(
    start: Start, dockerfile: Dockerfile, owned: Ownership, choice: Choice, last: Instruction
) -> Edit | None:
    """Owners of declared volumes are set before the VOLUME line: some builders drop what is done
    to a volume afterwards."""
    if not owned.volumes or start.final is None:
        return None
    first = next(
        (one.instruction for one in start.volumes
         if one.instruction is not None and one.instruction.stage == start.final.index),
        None,
    )  # fmt: skip
    if first is None:
        return None
    return insert_line_before(dockerfile, first, f"RUN {made_for(choice, owned.volumes)}")


def _last_step(start: Start) -> Instruction:
    """The last instruction of the final stage that builds something, else its FROM."""
    assert start.final is not None
    steps = start.final.all(*_NEEDS_ROOT)
    last = steps[-1] if steps else start.final.origin
    volumes = start.final.all("VOLUME")
    if volumes and volumes[-1].span.start > last.span.start:
        return volumes[-1]
    return last


def _later_steps(start: Start) -> Precondition:
    deferred = start.final.all("ONBUILD") if start.final is not None else ()
    trigger = next((one for one in deferred if one.trigger is not None), None)
    if trigger is not None:
        line = trigger.start_line
        return unknown(LATER, f"Line {line}: ONBUILD runs as this user in images built on this one")
    return holds(LATER, "USER stands after the last RUN, COPY, ADD and WORKDIR of the stage")


def _ports(start: Start) -> Precondition:
    low = [port for port in start.ports if port.number < 1024]
    if not low:
        return holds(PORTS, "No port below 1024 is exposed")
    run = start.subject.run_configuration
    shown = low[0].evidence
    if run is not None and (run.network_mode or "").startswith(("host", "container:", "service:")):
        return fails(PORTS, f"{shown}, and {run.source} uses the network {run.network_mode}")
    if run is not None:
        return holds(PORTS, f"{shown}: the engine opens low ports to all in a private network")
    evidence = f"{shown}: Docker 20.10 and later allow it, other runtimes need a sysctl"
    return unknown(PORTS, evidence)
