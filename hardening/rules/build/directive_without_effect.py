"""A parser directive that is too late or misspelt."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.subject import Subject

LATE = re.compile(r"\A#\s*(syntax|escape|check)\s*=\s*\S+\s*\Z", re.IGNORECASE)
MISSPELT = re.compile(
    r"\A#\s*(sytax|sintax|syntx|synatx|snytax|syntaxe|excape|escpae|esacpe)\s*=\s*\S+\s*\Z",
    re.IGNORECASE,
)

rule = Rule(
    title="Put parser directives first",
    severity=Severity.MEDIUM,
    why="A directive below a comment, a blank line or an instruction is a plain comment: the "
    "file is "
    "built by another frontend than meant, without the features or checks it asks for.",
    references=("https://docs.docker.com/reference/dockerfile/#parser-directives",),
    aliases=("tally:syntax-directive-typo",),
    bad=(
        Example("# A comment\n# syntax=docker/dockerfile:1\nFROM debian:13\n"),
        Example("FROM debian:13\n# escape=`\nRUN true\n"),
        Example("# sytax=docker/dockerfile:1\nFROM debian:13\n"),
    ),
    good=(
        Example("# syntax=docker/dockerfile:1\n# escape=\\\nFROM debian:13\n"),
        Example("# The syntax = of this file\nFROM debian:13\n", note="prose"),
        Example("FROM debian:13\n# check=skip=all is not used here\nRUN true\n", note="prose"),
        Example(
            "FROM debian:13\n# check=skip=JSONArgsRecommended\nCMD a\n", note="for one instruction"
        ),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    dockerfile = facts(subject).dockerfile
    effective = {directive.span.start for directive in dockerfile.directives}
    for comment in dockerfile.comments:
        late = LATE.match(comment.text)
        wrong = MISSPELT.match(comment.text)
        if comment.span.start in effective or not (late or wrong):
            continue
        if late and late[1].lower() == "check":
            continue
        name = late[1].lower() if late else (wrong[1] if wrong else "")
        yield rule.finding(
            subject,
            f"This {name} directive has no effect: "
            + ("it is too far down" if late else "its name is misspelt"),
            at=comment.span,
            about=name,
            tip="Move it to the first line" if late else "Correct the name",
        )
