"""Pipes whose failure goes unnoticed, and what pipefail would change."""

from __future__ import annotations

from collections.abc import Iterable

from hardening.dockerfile.model import Stage
from hardening.dockerfile.shell_model import Command, Script
from hardening.model import Precondition, holds, unknown
from hardening.rules.support import Facts, Run, facts, image_has
from hardening.subject import Subject

# fmt: off
HARMLESS = frozenset({
    "echo", "printf", "yes", "true", ":", "cat", "env", "printenv", "id", "date", "find", "ls",
    "sort", "uniq", "tr", "cut", "awk", "gawk", "sed", "grep", "egrep", "head", "tail", "wc",
    "paste", "rev", "tac", "comm", "xargs", "seq", "basename", "dirname", "dpkg", "dpkg-query",
    "apt-mark", "apt-cache", "rpm", "ldd", "ldconfig", "scanelf", "readelf", "getconf", "nproc",
    "uname", "arch", "hostname", "readlink", "realpath", "file", "tee", "column", "pwd",
    "lsb_release", "set",
})
"""Commands that only print, list or filter."""
HAVE_BASH = frozenset({
    "debian", "ubuntu", "fedora", "centos", "rockylinux", "almalinux", "amazonlinux", "python",
    "node", "golang", "ruby", "php", "openjdk", "buildpack-deps", "rust",
})
# fmt: on


def protected(script: Script, command: Command) -> bool:
    if any("pipefail" in option for option in script.options):
        return True
    for earlier in script.commands:
        if earlier.span.start >= command.span.start:
            break
        if earlier.name == "set" and any("pipefail" in word.text for word in earlier.arguments):
            return True
    return "pipefail" in command.shell_options


def unsafe_pipe(script: Script) -> Command | None:
    """The first command of the first pipe that can fail unseen."""
    for command in script.commands:
        if command.pipeline_length < 2 or command.position != 0:
            continue
        members = script.pipeline_of(command)
        if all(one.name in HARMLESS for one in members[:-1]) or protected(script, command):
            continue
        if members[-1].name in ("grep", "egrep"):
            continue  # finds nothing when there is nothing, and fails
        return command
    return None


def early_end(scripts: Iterable[Script]) -> Precondition:
    statement = "No part of a pipe fails or ends early on purpose"
    for script in scripts:
        for command in script.commands:
            if command.pipeline_length < 2:
                continue
            if command.name == "head" and command.position > 0:
                return unknown(statement, "head may end first and fail the pipe")
            if command.name in ("grep", "egrep", "yes", "ldd", "diff", "cmp"):
                return unknown(statement, f"{command.name} may fail although all is well")
    return holds(statement, "Every reader takes all it is given")


def affected(known: Facts, run: Run) -> list[Script]:
    """The RUNs of this stage and of the stages built on it."""
    key = f"pipefail {run.instruction.stage}"
    if key not in known.memo:
        stages = known.dockerfile.stages
        known.memo[key] = [
            one.script
            for one in known.runs
            if one.stage is run.stage or descends(stages, one.stage, run.stage)
        ]
    found: list[Script] = known.memo[key]
    return found


def habits(known: Facts, run: Run) -> tuple[Precondition, Precondition]:
    """What the RUNs that SHELL changes rely on; the same for all RUNs of a stage."""
    key = f"pipefail habits {run.instruction.stage}"
    if key not in known.memo:
        scripts = affected(known, run)
        known.memo[key] = (early_end(scripts), echo(scripts))
    found: tuple[Precondition, Precondition] = known.memo[key]
    return found


def descends(stages: tuple[Stage, ...], stage: Stage | None, ancestor: Stage | None) -> bool:
    while stage is not None and stage.parent is not None:
        stage = stages[stage.parent]
        if stage is ancestor:
            return True
    return False


def echo(scripts: Iterable[Script]) -> Precondition:
    statement = "No RUN relies on what only sh does"
    for script in scripts:
        for command in script.commands:
            if command.name == "echo" and any("\\" in word.text for word in command.arguments):
                return unknown(statement, "echo with a backslash prints something else in bash")
    return holds(statement, "No echo with a backslash")


def later_shells(known: Facts, run: Run) -> Precondition:
    statement = "No later shell-form CMD or ENTRYPOINT changes its shell"
    for placed in known.all("CMD", "ENTRYPOINT", "HEALTHCHECK"):
        after = placed.instruction.span.start > run.instruction.span.start
        if after and placed.instruction.shell is not None:
            line = placed.instruction.start_line
            return unknown(statement, f"Line {line} would run in bash")
    return holds(statement, "There is none")


def has_bash(subject: Subject, run: Run) -> Precondition:
    statement = "The stage has bash"
    base = root_base(subject, run)
    name = base.partition("@")[0].partition(":")[0].rpartition("/")[2]
    slimmed = any(word in base for word in ("alpine", "distroless", "busybox"))
    if run.shipped and image_has(subject, "bin/bash", "usr/bin/bash"):
        return holds(statement, "/bin/bash is in the image")
    if name in HAVE_BASH and not slimmed:
        return holds(statement, f"{name} images carry bash")
    return unknown(statement, f"It is not known whether {base or 'the base'} carries bash")


def root_base(subject: Subject, run: Run) -> str:
    if run.stage is None:
        return ""
    root = facts(subject).dockerfile.chain(run.stage)[0]
    return root.base_expanded or root.base.value
