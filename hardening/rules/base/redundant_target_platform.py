"""FROM --platform=$TARGETPLATFORM, which is the default."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.dockerfile.edits import replace_span
from hardening.model import Finding, Fix, Profile, Severity, Span, holds
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.subject import Subject

TARGET = re.compile(r"\A\"?\$(?:TARGETPLATFORM|\{TARGETPLATFORM(?::?-[^}]*)?\})\"?\Z")

rule = Rule(
    title="Leave out --platform=$TARGETPLATFORM",
    severity=Severity.INFO,
    profile=Profile.ALL,
    why="It is what the builder does anyway; written out it makes a reader look for a reason, and "
    "fails with builders that do not set the variable.",
    references=("https://docs.docker.com/reference/build-checks/redundant-target-platform/",),
    aliases=("hadolint:DL3065", "buildkit:RedundantTargetPlatform"),
    bad=(
        Example("FROM --platform=$TARGETPLATFORM debian:13\n", "FROM debian:13\n"),
        Example("FROM --platform=${TARGETPLATFORM} debian:13 AS a\n", "FROM debian:13 AS a\n"),
    ),
    good=(
        Example("FROM --platform=$BUILDPLATFORM debian:13\n"),
        Example("FROM debian:13\n"),
        Example("FROM --platform=$TARGETPLATFORM_X debian:13\n", note="another variable"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    for stage in known.dockerfile.stages:
        flag = stage.origin.flag("platform")
        if flag is None or not TARGET.match(flag.value or ""):
            continue
        span = Span(flag.span.start, stage.base.span.start)
        fix = Fix(
            "drop-platform",
            "Delete --platform",
            (replace_span(known.dockerfile, span, ""),),
            (holds("It is the default", "BuildKit builds every stage for the target platform"),),
            "Nothing changes.",
        )
        yield rule.finding(
            subject,
            "--platform=$TARGETPLATFORM is the default",
            at=stage.origin,
            about="target platform",
            fixes=(fix,),
        )
