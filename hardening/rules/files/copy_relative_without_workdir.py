"""COPY to a relative destination before any WORKDIR."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Profile, Rule
from hardening.rules.support import facts
from hardening.rules.support_copy import Transfer, transfers
from hardening.subject import Subject

_ABSOLUTE = re.compile(r"^(?:/|[A-Za-z]:|\\|\$|%)")

rule = Rule(
    title="Set WORKDIR before a relative destination",
    severity=Severity.LOW,
    why="Where the files land depends on the base image's working directory, which may change "
    "with the next version of the base.",
    references=("https://docs.docker.com/reference/dockerfile/#workdir",),
    aliases=("hadolint:DL3045",),
    profile=Profile.ALL,
    bad=(Example("FROM alpine:3.22\nCOPY app.py app/\n"),),
    good=(
        Example("FROM alpine:3.22\nWORKDIR /srv\nCOPY app.py app/\n"),
        Example("FROM alpine:3.22\nCOPY app.py /srv/\n"),
        Example(
            "FROM alpine:3.22 AS base\nWORKDIR /srv\nFROM base\nCOPY app.py .\n",
            note="WORKDIR comes with the parent stage",
        ),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for one in transfers(subject, "COPY"):
        destination = one.destination.value
        if _ABSOLUTE.match(destination) or _has_workdir(subject, one):
            continue
        yield rule.finding(
            subject,
            f"COPY to {destination} depends on the base image's working directory",
            at=one.instruction,
            about=destination,
            tip="Write WORKDIR with an absolute path before it, or an absolute destination",
        )


def _has_workdir(subject: Subject, one: Transfer) -> bool:
    stage = one.stage
    if stage is None:
        return any(
            placed.instruction.span.start < one.instruction.span.start
            for placed in facts(subject).all("WORKDIR")
        )
    chain = facts(subject).dockerfile.chain(stage)
    for link in chain:
        for workdir in link.all("WORKDIR"):
            if link.index < stage.index or workdir.span.start < one.instruction.span.start:
                return True
    return False
