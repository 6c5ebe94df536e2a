"""A global ARG whose default gives no valid base image."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.dockerfile.expansion import expand, global_scope, references
from hardening.model import Finding, Profile, Severity
from hardening.rules.base.undefined_argument_in_from import PLATFORM
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.subject import Subject

NAME = re.compile(
    r"\A(?:[\w.-]+(?::\d+)?/)?[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*"
    r"(?::\w[\w.-]{0,127})?(?:@\w+:[0-9a-fA-F]{32,})?\Z"
)

rule = Rule(
    title="Give arguments of FROM a default that works",
    severity=Severity.LOW,
    profile=Profile.ALL,
    why="Without --build-arg the name of the base is empty or broken: the build stops, and tools "
    "that read the Dockerfile cannot tell what it is built on.",
    references=("https://docs.docker.com/reference/build-checks/invalid-default-arg-in-from/",),
    aliases=("buildkit:InvalidDefaultArgInFrom",),
    bad=(
        Example("ARG TAG\nFROM debian:${TAG}\n"),
        Example("ARG BASE=\nFROM $BASE\n"),
    ),
    good=(
        Example("ARG TAG=13\nFROM debian:${TAG}\n"),
        Example("ARG VARIANT\nFROM debian:13${VARIANT}\n", note="works when it is empty"),
        Example("FROM debian:13\n"),
        Example("ARG TAG\nFROM debian:${TAG:-13}\n"),
        Example("FROM debian:13 AS app-amd64\nFROM app-${TARGETARCH}\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    dockerfile = facts(subject).dockerfile
    scope = global_scope(dockerfile.instructions, {}, dockerfile.escape)
    declared = {
        pair.key
        for one in dockerfile.instructions
        if one.stage < 0 and one.keyword == "ARG"
        for pair in one.pairs
    }
    for stage in dockerfile.stages:
        names = references(stage.base.text, dockerfile.escape)
        if not names or names & PLATFORM or not names <= declared:
            continue
        given = {**dict.fromkeys(names, ""), **scope}
        value = expand(stage.base.text, given, dockerfile.escape)
        if value is None or (value and NAME.match(value)):
            continue
        yield rule.finding(
            subject,
            f"Without build arguments the base is {value!r}, which names no image",
            at=stage.origin,
            about=stage.base.value,
            tip="Give the ARG a default",
        )
