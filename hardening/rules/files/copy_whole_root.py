"""The whole file system of another stage copied over this one's."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support_copy import transfers
from hardening.subject import Subject

rule = Rule(
    title="Copy only what is needed from another stage",
    severity=Severity.MEDIUM,
    why="Copying the root of a build stage ships its compilers, caches and credentials, which is "
    "what the second stage was there to leave behind.",
    references=("https://docs.docker.com/build/building/multi-stage/",),
    aliases=("hadolint:DL3067",),
    bad=(Example("FROM node:24 AS build\nRUN npm ci\nFROM node:24-slim\nCOPY --from=build / /\n"),),
    good=(
        Example(
            "FROM node:24 AS build\nRUN npm ci\nFROM node:24-slim\nCOPY --from=build /app /app\n"
        ),
        Example(
            "FROM debian:13 AS flat\nRUN true\nFROM scratch\nCOPY --from=flat / /\n",
            note="flattening into scratch is done on purpose",
        ),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for one in transfers(subject, "COPY"):
        if one.origin is None or one.destination.value != "/":
            continue
        if not any(word.value in ("/", "/.", "/*") for word in one.sources):
            continue
        base = one.stage.base_expanded if one.stage is not None else None
        if base == "scratch" and one.stage is not None and one.stage.parent is None:
            continue
        yield rule.finding(
            subject,
            f"The whole root of {one.origin} is copied over this stage",
            at=one.instruction,
            about=one.origin,
            severity=None if one.placed.shipped else Severity.LOW,
            tip="Name the directories that the program needs at run time",
        )
