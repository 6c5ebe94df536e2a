"""EXPOSE with an address or a mapping."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.dockerfile.edits import replace_span
from hardening.model import Finding, Fix, Severity, holds
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.subject import Subject

MAPPING = re.compile(r"\A(?:\[?[0-9a-fA-F:.]*\]?:)?[\d-]*:(\d+(?:-\d+)?(?:/\w+)?)\Z")

rule = Rule(
    title="Expose ports, not mappings",
    severity=Severity.LOW,
    why="EXPOSE only names a port of the container: an address or host port is ignored, so a "
    "service that was meant to listen on 127.0.0.1 only is not limited at all.",
    references=("https://docs.docker.com/reference/build-checks/expose-invalid-format/",),
    aliases=("buildkit:ExposeInvalidFormat",),
    bad=(
        Example("FROM debian:13\nEXPOSE 80:8080\n", "FROM debian:13\nEXPOSE 8080\n"),
        Example(
            "FROM debian:13\nEXPOSE 127.0.0.1:80:8080/tcp 9\n",
            "FROM debian:13\nEXPOSE 8080/tcp 9\n",
        ),
    ),
    good=(
        Example("FROM debian:13\nEXPOSE 8080 53/udp 5000-5010\n"),
        Example("FROM debian:13\nEXPOSE ${PORT:-80}\n"),
        Example("FROM debian:13\nEXPOSE $A:$B\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    for placed in known.all("EXPOSE"):
        for word in placed.instruction.words:
            match = MAPPING.match(word.value) if "$" not in word.value else None
            if match is None:
                continue
            fix = Fix(
                "container-port",
                f"Write EXPOSE {match[1]}",
                (replace_span(known.dockerfile, word.span, match[1]),),
                (holds("The rest has no effect", "EXPOSE takes a port and a protocol only"),),
                "The documented port is that of the container.",
            )
            yield rule.finding(
                subject,
                f"EXPOSE {word.value}: address and host port are ignored",
                at=word.span,
                about=match[1],
                fixes=(fix,),
            )
