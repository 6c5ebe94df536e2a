"""EXPOSE with a protocol in capitals."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import replace_span
from hardening.model import Finding, Fix, Profile, Severity, holds
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.subject import Subject

rule = Rule(
    title="Write the protocol of EXPOSE in lower case",
    severity=Severity.INFO,
    profile=Profile.ALL,
    why="Tools that compare exposed ports with firewall rules by their text miss 80/TCP when they "
    "look for 80/tcp.",
    references=("https://docs.docker.com/reference/build-checks/expose-proto-casing/",),
    aliases=("buildkit:ExposeProtoCasing",),
    bad=(
        Example("FROM debian:13\nEXPOSE 80/TCP 53/udp\n", "FROM debian:13\nEXPOSE 80/tcp 53/udp\n"),
    ),
    good=(
        Example("FROM debian:13\nEXPOSE 80/tcp 53/udp 9\n"),
        Example("FROM debian:13\nEXPOSE $P/TCP\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    for placed in known.all("EXPOSE"):
        for word in placed.instruction.words:
            port, slash, protocol = word.value.partition("/")
            if not slash or "$" in word.value or protocol == protocol.lower():
                continue
            fixed = f"{port}/{protocol.lower()}"
            fix = Fix(
                "lower-case",
                f"Write {fixed}",
                (replace_span(known.dockerfile, word.span, fixed),),
                (holds("The protocol is the same", "Its name ignores case"),),
                "Nothing changes.",
            )
            yield rule.finding(
                subject,
                f"EXPOSE {word.value} has its protocol in capitals",
                at=word.span,
                about=fixed,
                fixes=(fix,),
            )
