"""A port below 1024 that a non-root process may not be able to open."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Profile, Rule
from hardening.rules.support import facts
from hardening.subject import Subject

rule = Rule(
    title="Listen above port 1023 as a non-root user",
    severity=Severity.INFO,
    why="Docker lets every user open low ports, older containerd, OpenShift and host networking do "
    "not: there the program fails, and the quick way out is to run it as root again.",
    references=("https://docs.docker.com/reference/dockerfile/#expose",),
    aliases=("cis-docker:5.8",),
    profile=Profile.ALL,
    bad=(
        Example("FROM alpine:3.22\nUSER 10001:10001\nEXPOSE 80\n"),
        Example("FROM alpine:3.22\nEXPOSE 8443 443/tcp\n", findings=1),
    ),
    good=(
        Example("FROM alpine:3.22\nUSER 10001:10001\nEXPOSE 8080\n"),
        Example("FROM alpine:3.22\nEXPOSE $PORT\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for placed in facts(subject).all("EXPOSE"):
        for word in placed.instruction.words:
            port = re.match(r"(\d{1,5})(?:/\w+)?$", word.value)
            if placed.shipped and port and 0 < int(port[1]) < 1024:
                yield rule.finding(
                    subject,
                    f"Port {port[1]} needs a privilege outside Docker's default network",
                    at=word.span,
                    about=port[1],
                    tip="Listen on a port above 1023 and publish it: -p 80:8080",
                )
