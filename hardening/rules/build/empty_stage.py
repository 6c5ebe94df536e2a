"""A Dockerfile that adds nothing."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Profile, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.subject import Subject

rule = Rule(
    title="Put something into the last stage",
    severity=Severity.INFO,
    profile=Profile.ALL,
    why="An image that only renames another hides where it came from: findings and updates of the "
    "original are looked for under the wrong name.",
    references=("https://docs.docker.com/reference/dockerfile/#from",),
    aliases=("slim:ID.20003",),
    bad=(Example("FROM debian:13\n"), Example("FROM scratch\n")),
    good=(
        Example("FROM debian:13\nUSER 1\n"),
        Example("FROM debian:13 AS build\nRUN make\nFROM build\n", note="chooses a stage"),
        Example("ARG V=13\nFROM debian:$V\nLABEL a=b\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    dockerfile = facts(subject).dockerfile
    stage = dockerfile.final_stage
    if stage is None or stage.parent is not None or dockerfile.unparsed:
        return
    if not [one for one in stage.instructions if one.keyword != "FROM"]:
        yield rule.finding(
            subject,
            f"The last stage adds nothing to {stage.base.value}",
            at=stage,
            about=stage.base.value,
            tip="Use the base itself",
        )
