"""FROM that fixes the platform."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import replace_span
from hardening.dockerfile.model import Stage
from hardening.model import Finding, Fix, Severity, Span, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.subject import Subject

rule = Rule(
    title="Leave the platform to the build",
    severity=Severity.LOW,
    why="A fixed platform gives the same machine code on every builder: on other machines the "
    "image runs emulated or not at all, and nobody sees it before it is deployed.",
    references=(
        "https://docs.docker.com/reference/build-checks/from-platform-flag-const-disallowed/",
    ),
    aliases=(
        "hadolint:DL3029",
        "buildkit:FromPlatformFlagConstDisallowed",
        "kics:using_platform_with_from",
        "parfum:DL3029",
    ),
    bad=(
        Example("FROM --platform=linux/amd64 debian:13\n", "FROM debian:13\n"),
        Example(
            "FROM --platform=linux/arm64 debian:13 AS build\n"
            "FROM debian:13\nCOPY --from=build /a /a\n",
            "FROM debian:13 AS build\nFROM debian:13\nCOPY --from=build /a /a\n",
        ),
    ),
    good=(
        Example("FROM --platform=$BUILDPLATFORM golang:1.27 AS build\nFROM scratch\n"),
        Example('FROM --platform="${BUILDPLATFORM:-}" debian:13\n'),
        Example(
            "FROM --platform=linux/amd64 debian:13 AS app-amd64\n"
            "FROM --platform=linux/arm64 debian:13 AS app-arm64\n"
            "FROM app-${TARGETARCH}\n",
            note="one stage for each platform",
        ),
        Example("ARG P=linux/amd64\nFROM --platform=$P debian:13\n"),
        Example("FROM --platform=windows/amd64 mcr.microsoft.com/windows/nanoserver:ltsc2025\n"),
    ),
)


def _one_of_many(subject: Subject, stage: Stage) -> bool:
    """True when the stage says in its name which platform it is for, or others are of another."""
    name = stage.name or ""
    parts = (stage.platform or "").lower().split("/")
    if any(part and part in name for part in parts):
        return True
    others = {one.platform for one in facts(subject).dockerfile.stages if one.platform}
    return len(others) > 1 and any("$" in (one or "") for one in others)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    for stage in known.dockerfile.stages:
        flag = stage.origin.flag("platform")
        value = (flag.value or "") if flag is not None else ""
        if flag is None or not value or "$" in value or _one_of_many(subject, stage):
            continue
        if value.lower().startswith("windows"):
            continue
        span = Span(flag.span.start, stage.base.span.start)
        fix = Fix(
            "drop-platform",
            "Delete --platform",
            (replace_span(known.dockerfile, span, ""),),
            (unknown(f"Nothing of the image exists for {value} only", "Only a build can show it"),),
            "The image is built for the platform that is asked for.",
        )
        yield rule.finding(
            subject,
            f"The platform is fixed to {value} whatever the build asks for",
            at=stage.origin,
            about=value,
            fixes=(fix,),
        )
