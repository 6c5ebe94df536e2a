"""The whole file system of another stage copied over this one's."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support_copy import Transfer, transfers
from hardening.rules.support_profile import judges_everything
from hardening.runtime.base_facts import split_reference
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
        Example(
            "FROM scratch AS files\nCOPY app /app\nFROM debian:13\nCOPY --from=files / /\n",
            note="the root of a stage without a base holds what was put there",
        ),
        Example(
            "FROM tonistiigi/xx:1.6.1 AS xx\nFROM golang:1.27 AS build\nCOPY --from=xx / /\n"
            "FROM debian:13\n",
            note="a set of scripts, and a stage that does not ship",
        ),
    ),
)

_SCRIPTS = ("tonistiigi/xx",)
"""Images without a system in them, made to be copied whole."""


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
        if not one.placed.shipped and not judges_everything(subject):
            continue
        if _holds_only_what_it_was_given(subject, one):
            continue
        yield rule.finding(
            subject,
            f"The whole root of {one.origin} is copied over this stage",
            at=one.instruction,
            about=one.origin,
            severity=None if one.placed.shipped else Severity.LOW,
            tip="Name the directories that the program needs at run time",
        )


def _holds_only_what_it_was_given(subject: Subject, one: Transfer) -> bool:
    dockerfile = subject.dockerfile
    if dockerfile is None or one.origin is None:
        return False
    before = one.stage.index if one.stage is not None else None
    stage = dockerfile.stage_named(one.origin, before=before)
    if stage is None:
        return False
    root = dockerfile.chain(stage)[0]
    base = root.base_expanded or root.base.value
    return base == "scratch" or split_reference(base).path in _SCRIPTS
