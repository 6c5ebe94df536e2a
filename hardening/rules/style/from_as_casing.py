"""FROM and AS in different case."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import replace_span
from hardening.model import Finding, Fix, Profile, Severity, holds
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.subject import Subject

rule = Rule(
    title="Write FROM and AS in the same case",
    severity=Severity.INFO,
    profile=Profile.ALL,
    why="Keywords in one case stand out from names; a lower-case as is easily read as a part of "
    "the image's name.",
    references=("https://docs.docker.com/reference/build-checks/from-as-casing/",),
    aliases=("buildkit:FromAsCasing",),
    bad=(
        Example("FROM debian:13 as build\n", "FROM debian:13 AS build\n"),
        Example("from debian:13 AS build\n", "from debian:13 as build\n"),
    ),
    good=(
        Example("FROM debian:13 AS build\n"),
        Example("from debian:13 as build\n"),
        Example("FROM debian:13\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    for stage in known.dockerfile.stages:
        words = stage.origin.words
        if len(words) != 3:
            continue
        lower = stage.origin.keyword_span.slice(known.dockerfile.text).islower()
        wanted = "as" if lower else "AS"
        if words[1].text == wanted:
            continue
        fix = Fix(
            "same-case",
            f"Write {wanted}",
            (replace_span(known.dockerfile, words[1].span, wanted),),
            (holds("Keywords ignore case", "Dockerfile reference"),),
            "Nothing changes.",
        )
        yield rule.finding(
            subject,
            f"{words[1].text} is not in the case of FROM",
            at=words[1].span,
            about=words[-1].value,
            fixes=(fix,),
        )
