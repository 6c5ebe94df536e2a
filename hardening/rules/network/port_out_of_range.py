"""EXPOSE of a port that does not exist."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Profile, Rule
from hardening.rules.support import facts
from hardening.subject import Subject

_PORTS = re.compile(r"^(\d+)(?:-(\d+))?(?:/\w+)?$")

rule = Rule(
    title="Expose ports between 0 and 65535",
    severity=Severity.LOW,
    why="A port above 65535 does not exist; the builder refuses it, or the service is not "
    "where the "
    "reader believes.",
    references=("https://docs.docker.com/reference/dockerfile/#expose",),
    aliases=("hadolint:DL3011", "trivy:DS-0008", "kics:unix_ports_out_of_range"),
    profile=Profile.ALL,
    bad=(
        Example("FROM alpine:3.22\nEXPOSE 80000\n"),
        Example("FROM alpine:3.22\nEXPOSE 65000-70000/tcp\n"),
    ),
    good=(
        Example("FROM alpine:3.22\nEXPOSE 8080/tcp 40000-60000/udp\n"),
        Example("FROM alpine:3.22\nEXPOSE ${PORT}\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for placed in facts(subject).all("EXPOSE"):
        for word in placed.instruction.words:
            found = _PORTS.match(word.value)
            if found and any(int(one[:9]) > 65535 for one in found.groups() if one):
                yield rule.finding(
                    subject,
                    f"Port {word.value} does not exist",
                    at=word.span,
                    about=word.value,
                    tip="Write the port that the program listens on",
                )
