"""A pipe whose failure goes unnoticed.

Pipes that only list, filter or print are left alone: there a failure is either impossible or
meant (grep that finds nothing), and pipefail would break working builds.
"""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.rules.support_piped_script import is_replaced
from hardening.rules.support_pipes import BASH, PIPEFAIL_ALIASES, pipefail_fixes, unsafe_pipes
from hardening.subject import Subject

rule = Rule(
    title="Let a failed pipe fail the build",
    severity=Severity.MEDIUM,
    why="Without pipefail only the last command of a pipe counts: a download that was cut short or"
    " blocked still gives a green build, with half a program in the image.",
    references=("https://docs.docker.com/build/building/best-practices/#using-pipes",),
    aliases=PIPEFAIL_ALIASES,
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
        Example(
            "FROM example/unknown:1\nRUN curl -fsSL https://example.com/install.sh | sh\n",
            note="pipe-into-shell takes the pipe away and carries the ids of this rule",
        ),
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


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for run in facts(subject).runs:
        pipes = unsafe_pipes(run.script)
        command = next((one for one in pipes if not is_replaced(subject, run, one)), None)
        if command is None:
            continue
        members = run.script.pipeline_of(command)
        text = " | ".join(one.name or "..." for one in members)
        yield rule.finding(
            subject,
            f"A failure of {command.name or 'the first command'} in {text} goes unnoticed",
            at=command.span,
            about=text,
            fixes=tuple(pipefail_fixes(subject, run)),
            tip=f"Write {BASH} before this RUN",
        )
