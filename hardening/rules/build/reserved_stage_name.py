"""A stage called scratch or context."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.subject import Subject

RESERVED = ("scratch", "context")

rule = Rule(
    title="Leave reserved names to the builder",
    severity=Severity.MEDIUM,
    why="scratch is the empty image and context the build context: FROM or COPY --from of that "
    "name does not mean the stage, so the image holds something else.",
    references=("https://docs.docker.com/reference/build-checks/reserved-stage-name/",),
    aliases=("hadolint:DL3063", "buildkit:ReservedStageName"),
    bad=(Example("FROM debian:13 AS scratch\n"), Example("FROM debian:13 AS context\n")),
    good=(
        Example("FROM debian:13 AS base\nFROM scratch\n"),
        Example("FROM scratch AS contexts\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for stage in facts(subject).dockerfile.stages:
        if stage.name in RESERVED:
            yield rule.finding(
                subject,
                f"{stage.name} is a reserved name: it never means this stage",
                at=stage,
                about=stage.name,
                tip="Choose another name",
            )
