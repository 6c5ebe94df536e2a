"""A RUN that only changes directory to do its work."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.shell_model import Command
from hardening.model import Finding, Profile, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Run, facts
from hardening.subject import Subject

rule = Rule(
    title="Change directory with WORKDIR",
    severity=Severity.INFO,
    profile=Profile.ALL,
    why="A cd lasts for one RUN only: the next one starts elsewhere again, so files are written or"
    " deleted in a place that nobody meant.",
    references=("https://docs.docker.com/build/building/best-practices/#workdir",),
    aliases=("hadolint:DL3003", "trivy:DS-0013", "kics:run_command_cd_instead_of_workdir"),
    bad=(Example("FROM debian:13\nRUN cd /opt && make install\n"),),
    good=(
        Example("FROM debian:13\nRUN cd /opt\n", note="another rule's finding"),
        Example("FROM debian:13\nWORKDIR /opt\nRUN make install\n"),
        Example(
            "FROM debian:13\nRUN curl -fsSLO https://example.com/a.tgz && tar xf a.tgz && cd a "
            "&& make\n",
            note="into something that this RUN made",
        ),
        Example("FROM debian:13\nRUN (cd /tmp && make)\n", note="a subshell"),
        Example("FROM debian:13\nRUN make && cd / && rm -rf /src\n", note="back out"),
        Example("FROM debian:13\nRUN echo cd /opt\n"),
        Example('FROM debian:13\nRUN cd "$(mktemp -d)" && make\n'),
    ),
)


def _lasting(subject: Subject, run: Run, command: Command) -> bool:
    """A cd to a fixed absolute place that begins a RUN: WORKDIR says the same."""
    target = command.arguments[0].value if len(command.arguments) == 1 else None
    if target is None or not target.startswith("/") or target == "/" or command.conditional:
        return False
    if len(run.script.commands) < 2 or command is not run.script.commands[0]:
        return False
    if command.pipeline_length > 1:
        return False
    text = facts(subject).dockerfile.text
    return not text[: command.span.start].rstrip().endswith("(")


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for run, command in facts(subject).commands("cd"):
        if not _lasting(subject, run, command):
            continue
        target = command.arguments[0].value
        yield rule.finding(
            subject,
            f"cd {target} holds for this RUN only",
            at=command.span,
            about=f"cd {target}",
            tip=f"Write WORKDIR {target} before it",
        )
