"""COPY that gives the program to the account that runs it."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import replace_span
from hardening.model import Finding, Fix, Profile, Severity, Span, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Facts, Placed, facts
from hardening.subject import Subject

rule = Rule(
    title="Leave copied files to root",
    severity=Severity.INFO,
    profile=Profile.ALL,
    why="What belongs to the account that runs can be changed by whoever takes it over: a program "
    "that its process may rewrite keeps an intruder's code across restarts.",
    references=("https://docs.docker.com/reference/dockerfile/#copy---chown---chmod",),
    aliases=("kics:chown_flag_exists", "tally:no-chown-flag"),
    bad=(
        Example(
            "FROM debian:13\nCOPY --chown=1000:1000 app /app\nUSER 1000\n",
            "FROM debian:13\nCOPY app /app\nUSER 1000\n",
            files={"app": "x"},
        ),
    ),
    good=(
        Example("FROM debian:13\nCOPY app /app\nUSER 1000\n", files={"app": "x"}),
        Example("FROM debian:13\nCOPY --chown=0:0 app /app\nUSER 1000\n", files={"app": "x"}),
        Example(
            "FROM debian:13\nCOPY --chown=33:33 app /app\nUSER 1000\n",
            files={"app": "x"},
            note="another account",
        ),
        Example(
            "FROM debian:13 AS a\nCOPY --chown=1000 a /a\nUSER 1000\nFROM scratch\n",
            files={"a": "x"},
        ),
    ),
)


def _runs_as(known: Facts) -> str | None:
    users = [one for one in known.all("USER") if one.shipped and not one.deferred]
    return users[-1].instruction.value.partition(":")[0] if users else None


def _owner(placed: Placed) -> str:
    flag = placed.instruction.flag("chown")
    return (flag.value or "").partition(":")[0] if flag is not None else ""


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    user = _runs_as(known)
    for placed in known.all("COPY", "ADD"):
        flag = placed.instruction.flag("chown")
        if not placed.shipped or flag is None or _owner(placed) in ("", "0", "root"):
            continue
        if user is not None and _owner(placed) != user:
            continue
        start = flag.span.start
        while known.dockerfile.text[start - 1] in " \t":
            start -= 1
        fix = Fix(
            "drop-chown",
            "Delete --chown",
            (replace_span(known.dockerfile, Span(start, flag.span.end), ""),),
            (unknown("The program writes none of these files", "Only a run can show it"),),
            "The files belong to root; the account that runs can read them only.",
        )
        yield rule.finding(
            subject,
            f"The account that runs the container ({_owner(placed)}) may change what is copied",
            at=placed.instruction,
            about=f"{_owner(placed)} {placed.instruction.words[-1].value}",
            fixes=(fix,),
        )
