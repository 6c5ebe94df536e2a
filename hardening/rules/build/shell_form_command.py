"""CMD and ENTRYPOINT that start a shell around the program."""

from __future__ import annotations

import json
from collections.abc import Iterator

from hardening.dockerfile.edits import replace_span
from hardening.dockerfile.model import Form
from hardening.dockerfile.shell_model import Script
from hardening.model import Finding, Fix, Severity, Span, holds
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Placed, facts
from hardening.rules.support_exec_form import (
    arguments_clear,
    deserves_exec_form,
    plain_words,
    program_found,
    signals_handled,
    stands_alone,
)
from hardening.subject import Subject

rule = Rule(
    title="Write CMD and ENTRYPOINT as a JSON array",
    severity=Severity.LOW,
    why="The shell form puts a shell between the engine and the program: stop signals may not "
    "reach it, so it is killed in the middle of its work, and the shell must stay in the image.",
    references=("https://docs.docker.com/reference/build-checks/json-args-recommended/",),
    aliases=(
        "hadolint:DL3025",
        "buildkit:JSONArgsRecommended",
        "kics:not_using_json_in_cmd_and_entrypoint_arguments",
        "slim:ID.20012",
    ),
    bad=(
        Example(
            "FROM debian:13\nCMD nginx -g 'daemon off;'\n",
            'FROM debian:13\nCMD ["nginx", "-g", "daemon off;"]\n',
        ),
        Example(
            "FROM debian:13\nENTRYPOINT exec /app/server --port 80\n",
            'FROM debian:13\nENTRYPOINT ["/app/server", "--port", "80"]\n',
        ),
        Example(
            "FROM debian:13\nCMD exec bundle exec puma\n",
            'FROM debian:13\nCMD ["bundle", "exec", "puma"]\n',
        ),
        Example("FROM debian:13\nCMD migrate && serve\n", note="needs a shell: no fix"),
        Example(
            "FROM debian:13\nHEALTHCHECK --interval=5s CMD /app/health\n",
            'FROM debian:13\nHEALTHCHECK --interval=5s CMD ["/app/health"]\n',
        ),
    ),
    good=(
        Example('FROM debian:13\nCMD ["nginx", "-g", "daemon off;"]\n'),
        Example(
            'FROM debian:13\nCMD [ "/bin/sh", "-c", \\\n      "echo foo && \\\n       echo bar" ]\n'
        ),
        Example(
            "FROM debian:13\nCMD exec serve --port $PORT\n", note="exec hands over to the program"
        ),
        Example(
            "FROM debian:13\nHEALTHCHECK CMD curl -f http://localhost/ || exit 1\n",
            note="a health check may need the shell",
        ),
        Example(
            'FROM debian:13 AS build\nCMD make\nFROM debian:13\nCMD ["a"]\n',
            note="a build stage does not ship",
        ),
        Example("FROM mcr.microsoft.com/windows/servercore:ltsc2025\nCMD ping localhost\n"),
        Example(
            'FROM debian:13\nSHELL ["/bin/bash", "-lo", "pipefail", "-c"]\nCMD serve\n',
            note="a login shell sets the environment up",
        ),
        Example(
            'FROM debian:13\nSHELL ["/bin/bash", "-c"]\nCMD source /env && serve\n',
            note="a shell was chosen",
        ),
    ),
)


_RUN_WORDS = " Words after the image in docker run, ignored so far, are added to it."


def _fixes(subject: Subject, placed: Placed, script: Script) -> Iterator[Fix]:
    words = plain_words(script)
    instruction = placed.instruction
    if words is None or instruction.comments or instruction.heredocs:
        return
    first = script.commands[0]
    start = min(
        first.span.start, first.wrapper_span.start if first.wrapper_span else first.span.start
    )
    if not stands_alone(facts(subject).dockerfile, instruction, script, start):
        return
    text = json.dumps(words, ensure_ascii=False)
    yield Fix(
        "exec-form",
        "Write it as a JSON array",
        (replace_span(facts(subject).dockerfile, Span(start, instruction.span.end), text),),
        (
            holds("It is one command that needs no shell", "No variable, pipe, list or pattern"),
            program_found(subject, words),
            arguments_clear(subject, placed),
            signals_handled(words),
        ),
        "The program is process 1 itself and gets the stop signal."
        + (_RUN_WORDS if placed.instruction.keyword == "ENTRYPOINT" else ""),
    )


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    for placed in known.all("CMD", "ENTRYPOINT", "HEALTHCHECK"):
        instruction = placed.instruction
        if not placed.shipped or instruction.form is Form.EXEC or known.is_windows(placed):
            continue
        script = instruction.shell
        if script is None or not deserves_exec_form(known, placed, script):
            continue
        yield rule.finding(
            subject,
            f"{instruction.keyword} starts a shell around the program",
            at=instruction,
            about=instruction.keyword,
            fixes=tuple(_fixes(subject, placed, script)),
            tip='Write it as a JSON array, or begin the command with "exec"',
        )
