"""/bin/sh replaced by a link."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import replace_span
from hardening.dockerfile.shell_model import Command
from hardening.model import Finding, Fix, Severity, Span, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Run, facts
from hardening.rules.support_fixes import literal
from hardening.subject import Subject

SHELLS = ("/bin/sh", "/usr/bin/sh")

rule = Rule(
    title="Choose the shell with SHELL",
    severity=Severity.LOW,
    why="Replacing /bin/sh changes every script of the system, those of the package manager "
    "included, in the image that ships; SHELL changes only the build.",
    references=("https://docs.docker.com/reference/dockerfile/#shell",),
    aliases=("hadolint:DL4005", "kics:changing_default_shell_using_run_command"),
    bad=(
        Example(
            "FROM debian:13\nRUN ln -sf /bin/bash /bin/sh\nRUN true\n",
            'FROM debian:13\nSHELL ["/bin/bash", "-c"]\nRUN true\n',
        ),
        Example(
            "FROM debian:13\nRUN rm /bin/sh && ln -s /bin/bash /bin/sh\n",
            note="two commands: no fix",
        ),
    ),
    good=(
        Example('FROM debian:13\nSHELL ["/bin/bash", "-c"]\nRUN true\n'),
        Example("FROM debian:13\nRUN ln -s foo bar && something /bin/sh\n"),
        Example(
            "FROM debian:13\nRUN ln -s /bin/sh /usr/local/bin/shell\n", note="the other way round"
        ),
        Example("FROM debian:13\nRUN echo ln -sf /bin/bash /bin/sh\n"),
    ),
)


def _target(command: Command) -> str | None:
    """The shell that a link to /bin/sh leads to."""
    operands = [word.value or "" for word in command.positionals()]
    if command.name == "ln" and len(operands) == 2 and operands[1] in SHELLS:
        return operands[0]
    return None


def _fixes(subject: Subject, run: Run, target: str) -> Iterator[Fix]:
    instruction = run.instruction
    command = run.script.commands[0]
    if len(run.script.commands) > 1 or run.placed.deferred or instruction.heredocs:
        return
    if not target.startswith("/") or instruction.flags:
        return
    span = Span(instruction.keyword_span.start, instruction.span.end)
    yield Fix(
        "shell",
        f"Write SHELL for {target}",
        (replace_span(facts(subject).dockerfile, span, f'SHELL ["{target}", "-c"]'),),
        (
            literal(command),
            unknown("No script of the image relies on the link", "Only a run can show it"),
        ),
        "The build uses the shell; the system keeps its own.",
    )


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for run, command in facts(subject).commands("ln"):
        target = _target(command)
        if target is not None:
            yield rule.finding(
                subject,
                f"/bin/sh is replaced by {target} for the whole image",
                at=command.span,
                about=f"ln {target}",
                fixes=tuple(_fixes(subject, run, target)),
                tip=f'Write SHELL ["{target}", "-c"]',
            )
