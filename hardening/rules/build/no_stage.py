"""A file without FROM."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Severity, Span
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.subject import Subject

rule = Rule(
    title="Say what the image is built on",
    severity=Severity.HIGH,
    why="A Dockerfile without FROM cannot be built; whatever image carries its name was made from "
    "something else that nobody has looked at.",
    references=("https://docs.docker.com/reference/dockerfile/#from",),
    aliases=("slim:ID.20001", "slim:ID.20002", "tally:require-stages"),
    bad=(Example(""), Example("# only a comment\n"), Example("ARG A=b\n")),
    good=(
        Example("FROM debian:13\n"),
        Example("from scratch\n"),
        Example("RUN true\n", note="another rule's finding"),
        Example("FROM\n", note="another rule's finding"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    dockerfile = facts(subject).dockerfile
    others = [one for one in dockerfile.instructions if one.keyword != "ARG"]
    refused = [one for one in dockerfile.unparsed if one.span.slice(dockerfile.text).strip()]
    if dockerfile.stages or others or any(_is_instruction(one.reason) for one in refused):
        return
    yield rule.finding(
        subject,
        "The file has no FROM",
        at=Span(0, min(len(dockerfile.text), 1)),
        about="no FROM",
        tip="Begin with FROM and the image to build on",
    )


def _is_instruction(reason: str) -> bool:
    return "no instructions" not in reason
