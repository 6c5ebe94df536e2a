"""One key twice in ENV or LABEL."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Profile, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.subject import Subject

rule = Rule(
    title="Set a key once",
    severity=Severity.INFO,
    profile=Profile.ALL,
    why="Only the last value counts; whoever reads the first one, a user or a switch that "
    "protects, "
    "is misled.",
    references=("https://docs.docker.com/reference/dockerfile/#env",),
    aliases=("tally:no-duplicate-keys",),
    bad=(
        Example("FROM debian:13\nENV A=1 B=2 A=3\n"),
        Example('FROM debian:13\nLABEL a="1" a="2"\n'),
    ),
    good=(
        Example("FROM debian:13\nENV A=1 B=2\n"),
        Example("FROM debian:13\nENV A=1\nENV A=2\n", note="a change on purpose"),
        Example("FROM debian:13\nENV A=1 a=2\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for placed in facts(subject).all("ENV", "LABEL"):
        seen: set[str] = set()
        for pair in placed.instruction.pairs:
            if pair.key in seen:
                yield rule.finding(
                    subject,
                    f"{pair.key} is set twice in one {placed.instruction.keyword}",
                    at=pair.span,
                    about=pair.key,
                    tip="Keep the value that is meant",
                )
            seen.add(pair.key)
