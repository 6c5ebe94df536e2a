"""A parser directive that is too late or misspelt."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.dockerfile.model import Comment, Dockerfile
from hardening.model import Edit, Finding, Fix, Severity, Span, unknown
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
    why="A directive below a comment, a blank line or an instruction is a plain comment: the file "
    "is built by another frontend than meant, without the features or checks it asks for.",
    references=("https://docs.docker.com/reference/dockerfile/#parser-directives",),
    aliases=("tally:syntax-directive-typo",),
    bad=(
        Example(
            "# A comment\n# syntax=docker/dockerfile:1\nFROM debian:13\n",
            "# syntax=docker/dockerfile:1\n# A comment\nFROM debian:13\n",
        ),
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


def _fixes(dockerfile: Dockerfile, comment: Comment, name: str) -> Iterator[Fix]:
    if name.lower() != "syntax" or any(one.name == "syntax" for one in dockerfile.directives):
        return
    start = dockerfile.line_start(comment.line)
    following = dockerfile.text.find("\n", comment.span.end)
    end = len(dockerfile.text) if following < 0 else following + 1
    top = 1 if dockerfile.text.startswith("\ufeff") else 0
    if any(one.start_line < comment.line <= one.end_line for one in dockerfile.instructions):
        return
    yield Fix(
        "move-up",
        "Move it to the first line",
        (
            Edit(dockerfile.path, Span(top, top), comment.text.rstrip() + "\n"),
            Edit(dockerfile.path, Span(start, end), ""),
        ),
        (unknown("The file builds with that frontend", "Only a build can show it"),),
        "The frontend that the file asks for builds it.",
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
            fixes=tuple(_fixes(dockerfile, comment, name) if late else ()),
            tip="Move it to the first line" if late else "Correct the name and put it first",
        )
