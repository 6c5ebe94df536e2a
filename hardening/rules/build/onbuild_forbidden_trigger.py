"""ONBUILD with an instruction that cannot be deferred."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.subject import Subject

FORBIDDEN = ("ONBUILD", "FROM", "MAINTAINER")

rule = Rule(
    title="Defer only what can be deferred",
    severity=Severity.MEDIUM,
    why="The builder refuses ONBUILD ONBUILD, ONBUILD FROM and ONBUILD MAINTAINER; every image "
    "built on top of this one fails.",
    references=("https://docs.docker.com/reference/dockerfile/#onbuild-limitations",),
    aliases=("hadolint:DL3043", "tally:invalid-onbuild-trigger"),
    bad=(
        Example("FROM debian:13\nONBUILD FROM debian:12\n"),
        Example("FROM debian:13\nONBUILD MAINTAINER Jo\n"),
        Example("FROM debian:13\nONBUILD ONBUILD RUN true\n"),
    ),
    good=(
        Example("FROM debian:13\nONBUILD RUN true\n"),
        Example("FROM debian:13\nONBUILD COPY . .\n"),
        Example("FROM debian:13\nONBUILD USER app\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    dockerfile = facts(subject).dockerfile
    spans = [one.span for one in dockerfile.instructions if one.keyword == "ONBUILD"]
    spans += [one.span for one in dockerfile.unparsed]
    for span in spans:
        words = span.slice(dockerfile.text).split(None, 2)
        if len(words) > 1 and words[0].upper() == "ONBUILD" and words[1].upper() in FORBIDDEN:
            yield rule.finding(
                subject,
                f"ONBUILD {words[1].upper()} is refused by the builder",
                at=span,
                about=words[1].upper(),
                tip="Remove it, or put the instruction into the Dockerfiles built on this one",
            )
