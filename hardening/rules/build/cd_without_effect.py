"""A RUN that changes directory and does nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import delete_instruction
from hardening.dockerfile.shell_model import Command
from hardening.model import Finding, Fix, Severity, holds
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Run, facts
from hardening.rules.support_fixes import literal
from hardening.subject import Subject

rule = Rule(
    title="Write WORKDIR instead of a lone cd",
    severity=Severity.MEDIUM,
    why="A cd lasts for one RUN only: the next one starts elsewhere again, so files are written, "
    "deleted or given away in a place that nobody meant.",
    references=("https://docs.docker.com/build/building/best-practices/#workdir",),
    aliases=("hadolint:DL3003", "trivy:DS-0013", "kics:run_command_cd_instead_of_workdir"),
    bad=(
        Example("FROM debian:13\nRUN cd /opt\nRUN ls\n", "FROM debian:13\nRUN ls\n"),
        Example("FROM debian:13\nRUN cd app\nRUN ls\n", "FROM debian:13\nRUN ls\n"),
    ),
    good=(
        Example("FROM debian:13\nWORKDIR /opt\nRUN make install\n"),
        Example("FROM debian:13\nRUN cd /opt && make\n"),
        Example("FROM debian:13\nRUN test -d /opt && cd /opt\n", note="fails when it cannot"),
    ),
)


def _fixes(subject: Subject, run: Run, command: Command) -> Iterator[Fix]:
    if run.placed.deferred or run.instruction.heredocs:
        return
    yield Fix(
        "delete",
        "Delete the RUN: it changes nothing",
        (delete_instruction(facts(subject).dockerfile, run.instruction),),
        (literal(command), holds("The RUN does nothing else", "cd is its only command")),
        "Nothing changes; the next RUN never started in that directory.",
    )


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for run, command in facts(subject).commands("cd"):
        if len(run.script.commands) > 1 or not command.arguments or run.script.errors:
            continue
        target = command.arguments[0].text
        yield rule.finding(
            subject,
            f"cd {target} has no effect: the next instruction starts elsewhere again",
            at=command.span,
            about=f"cd {target}",
            fixes=tuple(_fixes(subject, run, command)),
            tip=f"Write WORKDIR {target}",
        )
