"""A stage name with capitals."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import replace_span
from hardening.model import Finding, Fix, Profile, Severity, holds
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.subject import Subject

rule = Rule(
    title="Write stage names in lower case",
    severity=Severity.INFO,
    profile=Profile.ALL,
    why="Names of stages ignore case and are shown in lower case: two that differ by capitals only"
    " are one, and a reader takes another stage for the source of a file.",
    references=("https://docs.docker.com/reference/build-checks/stage-name-casing/",),
    aliases=("buildkit:StageNameCasing",),
    bad=(
        Example(
            "FROM debian:13 AS Build\nFROM scratch\nCOPY --from=Build /a /a\n",
            "FROM debian:13 AS build\nFROM scratch\nCOPY --from=Build /a /a\n",
        ),
    ),
    good=(Example("FROM debian:13 AS build-1\n"), Example("FROM debian:13\n")),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    for stage in known.dockerfile.stages:
        word = stage.origin.words[-1]
        if not stage.name or word.value == word.value.lower():
            continue
        fix = Fix(
            "lower-case",
            f"Write {stage.name}",
            (replace_span(known.dockerfile, word.span, word.text.lower()),),
            (holds("References still find the stage", "Names of stages ignore case"),),
            "Nothing changes.",
        )
        yield rule.finding(
            subject,
            f"The stage name {word.value} has capitals",
            at=word.span,
            about=stage.name,
            fixes=(fix,),
        )
