"""CMD and ENTRYPOINT that start a shell around the program."""

from __future__ import annotations

import json
from collections.abc import Iterator

from hardening.dockerfile.edits import replace_span
from hardening.dockerfile.model import Form
from hardening.dockerfile.shell_model import Script
from hardening.model import Finding, Fix, Precondition, Severity, Span, holds, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Facts, Placed, facts, image_has
from hardening.subject import Subject

SPECIAL = frozenset("$`*?[]{}~<>|&;()!#")
BUILTINS = frozenset(
    {":", ".", "source", "cd", "exec", "export", "set", "trap", "ulimit", "umask"}
    | {
        "exit",
        "return",
        "eval",
        "wait",
        "type",
        "command",
        "read",
        "alias",
        "test",
        "[",
        "[[",
        "if",
    }
)
OWN_SIGNALS = frozenset({"node", "npm", "yarn", "npx", "pnpm"})

rule = Rule(
    title="Write CMD and ENTRYPOINT as a JSON array",
    severity=Severity.LOW,
    why="The shell form puts a shell between the engine and the program: stop signals may "
    "not reach "
    "it, so it is killed in the middle of its work, and the shell must stay in the image.",
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
            'FROM debian:13\nSHELL ["/bin/bash", "-c"]\nCMD source /env && serve\n',
            note="a shell was chosen",
        ),
    ),
)


def _plain(script: Script) -> list[str] | None:
    """The words when it is one simple command that needs no shell, None otherwise."""
    if len(script.commands) != 1 or script.errors:
        return None
    command = script.commands[0]
    if command.assignments or command.redirections or not command.editable:
        return None
    if set(command.wrappers) - {"exec"} or command.name in BUILTINS:
        return None
    words: list[str] = []
    for word in command.words:
        if word.value is None or (word.text[:1] not in "\"'" and SPECIAL & set(word.text)):
            return None
        words.append(word.value)
    return words or None


def _program(subject: Subject, words: list[str]) -> Precondition:
    statement = "The program is found without a shell"
    name = words[0]
    places = (
        (name.lstrip("/"),)
        if "/" in name
        else tuple(
            f"{folder}/{name}"
            for folder in ("usr/local/sbin", "usr/local/bin", "usr/sbin", "usr/bin", "sbin", "bin")
        )
    )
    answer = image_has(subject, *places)
    if answer is None:
        return unknown(statement, "The files of the image are not known")
    if answer:
        return holds(statement, f"{name} is in the image")
    return unknown(statement, f"{name} was not found in the usual directories of the image")


def _arguments(known: Facts, placed: Placed) -> Precondition:
    statement = "No other instruction's words are added to it, or already were"
    keyword = placed.instruction.keyword
    if keyword == "HEALTHCHECK" or placed.stage is None:
        return holds(statement, "A health check stands alone")
    other = "CMD" if keyword == "ENTRYPOINT" else "ENTRYPOINT"
    for link in known.dockerfile.chain(placed.stage):
        found = link.last(other)
        if found is not None:
            return unknown(statement, f"Line {found.start_line} has {other}")
    if keyword == "ENTRYPOINT":
        return holds(statement, "The stage has no CMD, and ENTRYPOINT resets that of the base")
    return unknown(statement, "The ENTRYPOINT of the base image is not known")


def _signals(words: list[str]) -> Precondition:
    statement = "The program copes with being process 1"
    if words[0].rpartition("/")[2] in OWN_SIGNALS:
        return unknown(statement, f"{words[0]} does not reap children; run with --init")
    return holds(statement, "sh -c with one command hands process 1 over to it already")


def _fixes(subject: Subject, placed: Placed, script: Script) -> Iterator[Fix]:
    words = _plain(script)
    instruction = placed.instruction
    if words is None or instruction.comments or instruction.heredocs:
        return
    first = script.commands[0]
    start = min(
        first.span.start, first.wrapper_span.start if first.wrapper_span else first.span.start
    )
    text = json.dumps(words, ensure_ascii=False)
    yield Fix(
        "exec-form",
        "Write it as a JSON array",
        (replace_span(facts(subject).dockerfile, Span(start, instruction.span.end), text),),
        (
            holds("It is one command that needs no shell", "No variable, pipe, list or pattern"),
            _program(subject, words),
            _arguments(facts(subject), placed),
            _signals(words),
        ),
        "The program is process 1 itself and gets the stop signal.",
    )


def _deserves(known: Facts, placed: Placed, script: Script) -> bool:
    plain = _plain(script) is not None
    if placed.instruction.keyword == "HEALTHCHECK":
        return plain
    shell = _chosen_shell(known, placed)
    if plain:
        return shell is None or "pipefail" in shell
    commands = script.commands
    if commands and ("exec" in commands[-1].wrappers or commands[-1].name == "exec"):
        return False
    return shell is None


def _chosen_shell(known: Facts, placed: Placed) -> str | None:
    """What SHELL says in the stage or those it is built on, None when nothing does."""
    for link in reversed(known.dockerfile.chain(placed.stage) if placed.stage else ()):
        for one in reversed(link.all("SHELL")):
            if one.span.start < placed.instruction.span.start:
                return one.value
    return None


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    for placed in known.all("CMD", "ENTRYPOINT", "HEALTHCHECK"):
        instruction = placed.instruction
        if not placed.shipped or instruction.form is Form.EXEC or known.is_windows(placed):
            continue
        script = instruction.shell
        if script is None or not _deserves(known, placed, script):
            continue
        yield rule.finding(
            subject,
            f"{instruction.keyword} starts a shell around the program",
            at=instruction,
            about=instruction.keyword,
            fixes=tuple(_fixes(subject, placed, script)),
            tip='Write it as a JSON array, or begin the command with "exec"',
        )
