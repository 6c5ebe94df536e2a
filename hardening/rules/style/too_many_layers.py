"""A stage of very many layers."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Profile, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.subject import Subject

LIMIT = 50
FATAL = 120
"""overlay2 stacks 128 layers at most; the base brings its own."""

rule = Rule(
    title="Keep the number of layers small",
    severity=Severity.INFO,
    profile=Profile.ALL,
    why="Each layer keeps what later ones delete, and the engine stacks at most 127: with too many"
    " the image cannot be started at all.",
    references=(
        "https://docs.docker.com/build/building/best-practices/#minimize-the-number-of-layers",
    ),
    aliases=("slim:ID.20020",),
    bad=(Example("FROM debian:13\n" + "RUN true\n" * 51),),
    good=(
        Example("FROM debian:13\n" + "RUN true\n" * 9),
        Example("FROM debian:13\n" + "ENV A=b\n" * 60, note="no layers"),
        Example(
            "FROM debian:13 AS a\n" + "RUN true\n" * 60 + "FROM debian:13\n", note="does not ship"
        ),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    dockerfile = known.dockerfile
    if dockerfile.final_stage is None:
        return
    makers = [one for one in known.all("RUN", "COPY", "ADD") if one.shipped and not one.deferred]
    if len(makers) <= LIMIT:
        return
    yield rule.finding(
        subject,
        f"The image gets {len(makers)} layers from this file",
        at=dockerfile.final_stage,
        about="layers",
        severity=Severity.MEDIUM if len(makers) > FATAL else None,
        tip="Join RUNs that belong together, or copy the result from a build stage",
    )
