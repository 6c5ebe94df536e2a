"""A line that the builder refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.subject import Subject

KEYWORDS = (
    *("ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL"),
    *("MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"),
)
ELSEWHERE = ("before the first FROM", "no instructions")

rule = Rule(
    title="Correct what the builder refuses",
    severity=Severity.HIGH,
    why="The build stops at this line, so what runs today was built from an older file: none of "
    "the later changes, security fixes included, are in it.",
    references=("https://docs.docker.com/reference/dockerfile/",),
    aliases=(
        "slim:ID.20000",
        "slim:ID.20004",
        "slim:ID.20005",
        "slim:ID.20007",
        "slim:ID.20014",
        "slim:ID.20016",
        "tally:unknown-instruction",
    ),
    bad=(
        Example("FROM debian:13\nWORKDRI /app\n"),
        Example("FROM debian:13\nWORKDIR\n"),
        Example("FROM debian:13 extra\n"),
        Example("FROM debian:13\nENV A\n"),
    ),
    good=(
        Example("FROM debian:13\nworkdir /app\n"),
        Example("FROM debian:13\nRUN <<EOF\nnot an instruction\nEOF\n"),
        Example("FROM debian:13\nONBUILD FROM a\n", note="another rule's finding"),
    ),
)


def _tip(text: str, reason: str) -> str:
    import difflib

    match = re.match(r"\s*([A-Za-z]+)", text)
    if match is not None and "unknown instruction" in reason:
        close = difflib.get_close_matches(match[1].upper(), KEYWORDS, n=1, cutoff=0.7)
        if close:
            return f"Did you mean {close[0]}?"
    return "Correct the line; drydock leaves it as it is until then"


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    dockerfile = facts(subject).dockerfile
    for piece in dockerfile.unparsed:
        text = piece.span.slice(dockerfile.text)
        deferred = text[:7].upper() == "ONBUILD" and "ONBUILD" in piece.reason
        if deferred or any(words in piece.reason for words in ELSEWHERE):
            continue
        yield rule.finding(
            subject,
            f"The builder refuses this line: {piece.reason}",
            at=piece.span,
            about=text[:80].strip(),
            tip=_tip(text, piece.reason),
        )
