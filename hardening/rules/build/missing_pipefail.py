"""A pipe whose failure goes unnoticed.

Pipes that only list, filter or print are left alone: there a failure is either impossible or
meant (grep that finds nothing), and pipefail would break working builds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hardening.dockerfile.edits import insert_at, insert_line_before
from hardening.dockerfile.model import Stage
from hardening.dockerfile.shell_model import Command, Script
from hardening.model import Finding, Fix, Precondition, Severity, holds, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Facts, Run, facts, image_has
from hardening.subject import Subject

HARMLESS = frozenset(
    [
        "echo",
        "printf",
        "yes",
        "true",
        ":",
        "cat",
        "env",
        "printenv",
        "id",
        "date",
        "find",
        "ls",
        "sort",
        "uniq",
        "tr",
        "cut",
        "awk",
        "gawk",
        "sed",
        "grep",
        "egrep",
        "head",
        "tail",
        "wc",
        "paste",
        "rev",
        "tac",
        "comm",
        "xargs",
        "seq",
        "basename",
        "dirname",
        "dpkg",
        "dpkg-query",
        "apt-mark",
        "apt-cache",
        "rpm",
        "ldd",
        "ldconfig",
        "scanelf",
        "readelf",
        "getconf",
        "nproc",
        "uname",
        "arch",
        "hostname",
        "readlink",
        "realpath",
        "file",
        "tee",
        "column",
        "pwd",
        "lsb_release",
        "set",
    ]
)
"""Commands that only print, list or filter."""
BASH = 'SHELL ["/bin/bash", "-o", "pipefail", "-c"]'
HAVE_BASH = frozenset(
    [
        "debian",
        "ubuntu",
        "fedora",
        "centos",
        "rockylinux",
        "almalinux",
        "amazonlinux",
        "python",
        "node",
        "golang",
        "ruby",
        "php",
        "openjdk",
        "buildpack-deps",
        "rust",
    ]
)

rule = Rule(
    title="Let a failed pipe fail the build",
    severity=Severity.MEDIUM,
    why="Without pipefail only the last command of a pipe counts: a download that was cut short or "
    "blocked still gives a green build, with half a program in the image.",
    references=("https://docs.docker.com/build/building/best-practices/#using-pipes",),
    aliases=("hadolint:DL4006", "kics:shell_running_a_pipe_without_pipefail_flag"),
    bad=(
        Example(
            "FROM debian:13\nRUN curl -fsSL https://example.com/a.gz | gunzip > /a\n",
            'FROM debian:13\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\n'
            "RUN curl -fsSL https://example.com/a.gz | gunzip > /a\n",
        ),
        Example(
            "FROM alpine:3.24\nRUN wget -qO- https://example.com/a.gz | gunzip > /a\n",
            "FROM alpine:3.24\nRUN set -o pipefail && wget -qO- https://example.com/a.gz | "
            "gunzip > /a\n",
            note="busybox ash knows pipefail",
        ),
        Example(
            "FROM example/unknown:1\nRUN fetch | unpack\n",
            'FROM example/unknown:1\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\n'
            "RUN fetch | unpack\n",
        ),
    ),
    good=(
        Example(
            'FROM debian:13\nSHELL ["/bin/bash", "-eo", "pipefail", "-c"]\nRUN fetch | unpack\n'
        ),
        Example("FROM alpine:3.24\nRUN set -euo pipefail; fetch | unpack\n"),
        Example("FROM debian:13\nRUN echo y | install-it\n", note="echo does not fail"),
        Example(
            "FROM debian:13\nRUN find / -name '*.so' | xargs -r ldd | awk '/=>/ {print $3}' | "
            "sort -u\n",
            note="only lists and filters",
        ),
        Example("FROM debian:13\nRUN app --version | grep 1.2\n", note="grep fails in its place"),
        Example("FROM debian:13\nRUN fetch || true\n", note="not a pipe"),
        Example('FROM debian:13\nRUN ["sh", "-c", "a"]\n'),
        Example(
            'FROM debian:13 AS base\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nFROM base\n'
            "RUN fetch | unpack\n",
            note="inherited",
        ),
        Example(
            'FROM mcr.microsoft.com/powershell:7\nSHELL ["pwsh", "-c"]\nRUN Get-Item a | Out-Null\n'
        ),
        Example("FROM debian:13\nRUN <<EOF bash\nset -o pipefail\nfetch | unpack\nEOF\n"),
    ),
)


def _protected(script: Script, command: Command) -> bool:
    if any("pipefail" in option for option in script.options):
        return True
    for earlier in script.commands:
        if earlier.span.start >= command.span.start:
            break
        if earlier.name == "set" and any("pipefail" in word.text for word in earlier.arguments):
            return True
    return "pipefail" in command.shell_options


def _unsafe_pipe(script: Script) -> Command | None:
    """The first command of the first pipe that can fail unseen."""
    for command in script.commands:
        if command.pipeline_length < 2 or command.position != 0:
            continue
        members = script.pipeline_of(command)
        if all(one.name in HARMLESS for one in members[:-1]) or _protected(script, command):
            continue
        if members[-1].name in ("grep", "egrep"):
            continue  # finds nothing when there is nothing, and fails
        return command
    return None


def _early_end(scripts: Iterable[Script]) -> Precondition:
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


def _affected(known: Facts, run: Run) -> list[Script]:
    """The RUNs of this stage and of the stages built on it."""
    key = f"pipefail {run.instruction.stage}"
    if key not in known.memo:
        stages = known.dockerfile.stages
        known.memo[key] = [
            one.script
            for one in known.runs
            if one.stage is run.stage or _descends(stages, one.stage, run.stage)
        ]
    found: list[Script] = known.memo[key]
    return found


def _habits(known: Facts, run: Run) -> tuple[Precondition, Precondition]:
    """What the RUNs that SHELL changes rely on; the same for all RUNs of a stage."""
    key = f"pipefail habits {run.instruction.stage}"
    if key not in known.memo:
        scripts = _affected(known, run)
        known.memo[key] = (_early_end(scripts), _echo(scripts))
    found: tuple[Precondition, Precondition] = known.memo[key]
    return found


def _descends(stages: tuple[Stage, ...], stage: Stage | None, ancestor: Stage | None) -> bool:
    while stage is not None and stage.parent is not None:
        stage = stages[stage.parent]
        if stage is ancestor:
            return True
    return False


def _echo(scripts: Iterable[Script]) -> Precondition:
    statement = "No RUN relies on what only sh does"
    for script in scripts:
        for command in script.commands:
            if command.name == "echo" and any("\\" in word.text for word in command.arguments):
                return unknown(statement, "echo with a backslash prints something else in bash")
    return holds(statement, "No echo with a backslash")


def _later_shells(known: Facts, run: Run) -> Precondition:
    statement = "No later shell-form CMD or ENTRYPOINT changes its shell"
    for placed in known.all("CMD", "ENTRYPOINT", "HEALTHCHECK"):
        after = placed.instruction.span.start > run.instruction.span.start
        if after and placed.instruction.shell is not None:
            line = placed.instruction.start_line
            return unknown(statement, f"Line {line} would run in bash")
    return holds(statement, "There is none")


def _has_bash(subject: Subject, run: Run) -> Precondition:
    statement = "The stage has bash"
    base = _root_base(subject, run)
    name = base.partition("@")[0].partition(":")[0].rpartition("/")[2]
    slimmed = any(word in base for word in ("alpine", "distroless", "busybox"))
    if run.shipped and image_has(subject, "bin/bash", "usr/bin/bash"):
        return holds(statement, "/bin/bash is in the image")
    if name in HAVE_BASH and not slimmed:
        return holds(statement, f"{name} images carry bash")
    return unknown(statement, f"It is not known whether {base or 'the base'} carries bash")


def _root_base(subject: Subject, run: Run) -> str:
    if run.stage is None:
        return ""
    root = facts(subject).dockerfile.chain(run.stage)[0]
    return root.base_expanded or root.base.value


def _fixes(subject: Subject, run: Run) -> Iterator[Fix]:
    known = facts(subject)
    first = run.script.commands[0]
    plain = first.editable and not first.wrappers and not run.instruction.heredocs
    busybox = "alpine" in _root_base(subject, run)
    in_bash = run.script.shell.rpartition("/")[2] == "bash"
    if plain and (busybox or in_bash):
        start = run.instruction.arguments.start
        yield Fix(
            "set-pipefail",
            "Begin the RUN with set -o pipefail",
            (insert_at(known.dockerfile, start, "set -o pipefail && "),),
            (
                holds(
                    "The shell knows pipefail", "bash" if in_bash else "Alpine's busybox ash does"
                ),
                _early_end((run.script,)),
            ),
            "The build stops when any command of the pipe fails.",
        )
    elif not run.placed.deferred and not busybox and not run.instruction.heredocs:
        yield Fix(
            "shell-pipefail",
            "Set a shell with pipefail before the RUN",
            (insert_line_before(known.dockerfile, run.instruction, BASH),),
            (
                _has_bash(subject, run),
                *_habits(known, run),
                _later_shells(known, run),
            ),
            "The build stops when any command of a pipe fails; later shell forms run in bash.",
        )


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for run in facts(subject).runs:
        command = _unsafe_pipe(run.script)
        if command is None:
            continue
        members = run.script.pipeline_of(command)
        text = " | ".join(one.name or "..." for one in members)
        yield rule.finding(
            subject,
            f"A failure of {command.name or 'the first command'} in {text} goes unnoticed",
            at=command.span,
            about=text,
            fixes=tuple(_fixes(subject, run)),
            tip=f"Write {BASH} before this RUN",
        )
