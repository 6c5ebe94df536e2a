"""A pipe whose failure goes unnoticed.

Pipes that only list, filter or print are left alone: there a failure is either impossible or
meant (grep that finds nothing), and pipefail would break working builds.
"""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import insert_at, insert_line_before
from hardening.model import Finding, Fix, Severity, holds
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Run, facts
from hardening.rules.support_pipes import (
    early_end,
    first_unsafe,
    habits,
    has_bash,
    later_shells,
    root_base,
    takes_shell,
    unsafe_pipe,
)
from hardening.subject import Subject

BASH = 'SHELL ["/bin/bash", "-o", "pipefail", "-c"]'

rule = Rule(
    title="Let a failed pipe fail the build",
    severity=Severity.MEDIUM,
    why="Without pipefail only the last command of a pipe counts: a download that was cut short or"
    " blocked still gives a green build, with half a program in the image.",
    references=("https://docs.docker.com/build/building/best-practices/#using-pipes",),
    aliases=("hadolint:DL4006", "kics:shell_running_a_pipe_without_pipefail_flag"),
    bad=(
        Example(
            "FROM alpine:3.24\nRUN wget -qO- https://example.com/a.gz | gunzip > /a\n",
            "FROM alpine:3.24\nRUN set -o pipefail && wget -qO- https://example.com/a.gz | "
            "gunzip > /a\n",
            note="busybox ash knows pipefail",
        ),
        Example(
            "FROM debian:13\nRUN curl -fsSL https://example.com/a.gz | gunzip > /a\nRUN true\n"
            "RUN curl -fsSL https://example.com/b.gz | gunzip > /b\n",
            'FROM debian:13\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\n'
            "RUN curl -fsSL https://example.com/a.gz | gunzip > /a\nRUN true\n"
            "RUN curl -fsSL https://example.com/b.gz | gunzip > /b\n",
            note="one SHELL for both",
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


def _fixes(subject: Subject, run: Run) -> Iterator[Fix]:
    known = facts(subject)
    first = run.script.commands[0]
    plain = first.editable and not first.wrappers and not run.instruction.heredocs
    busybox = "alpine" in root_base(subject, run)
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
                early_end((run.script,)),
            ),
            "The build stops when any command of the pipe fails.",
        )
    elif run.stage is not None and takes_shell(run) and not busybox:
        first_run = first_unsafe(known, run)
        yield Fix(
            "shell-pipefail",
            "Set a shell with pipefail before the first such RUN",
            (insert_line_before(known.dockerfile, first_run.instruction, BASH),),
            (
                has_bash(subject, run),
                *habits(known, run),
                later_shells(known, first_run),
            ),
            "The build stops when any command of a pipe fails; later shell forms run in bash.",
        )


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for run in facts(subject).runs:
        command = unsafe_pipe(run.script)
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
