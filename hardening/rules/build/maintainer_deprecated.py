"""MAINTAINER, which the builder no longer wants."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import replace_span
from hardening.dockerfile.model import Instruction
from hardening.model import Finding, Fix, Severity, Span, holds
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.subject import Subject

KEY = "org.opencontainers.image.authors"

rule = Rule(
    title="Write a label instead of MAINTAINER",
    severity=Severity.INFO,
    why="MAINTAINER has been deprecated since Docker 1.13 and tools that look for the person to "
    "warn about a hole read labels, so the warning goes nowhere.",
    references=("https://docs.docker.com/reference/build-checks/maintainer-deprecated/",),
    aliases=(
        "hadolint:DL4000",
        "buildkit:MaintainerDeprecated",
        "trivy:DS-0022",
        "checkov:CKV_DOCKER_6",
        "kics:maintainer_instruction_being_used",
        "slim:ID.20008",
    ),
    bad=(
        Example(
            "FROM debian:13\nMAINTAINER Jo Doe <jo@example.com>\n",
            'FROM debian:13\nLABEL org.opencontainers.image.authors="Jo Doe <jo@example.com>"\n',
        ),
        Example(
            'FROM debian:13\nmaintainer "Jo \\"Doe\\""\n',
            'FROM debian:13\nlabel org.opencontainers.image.authors="Jo \\"Doe\\""\n',
            note="quoted, lower case",
        ),
    ),
    good=(
        Example('FROM debian:13\nLABEL org.opencontainers.image.authors="jo@example.com"\n'),
        Example("FROM debian:13\n# MAINTAINER jo\n", note="a comment"),
    ),
)


def _value(source: str) -> str:
    """The text as one double-quoted label value; quotes that are there already are kept."""
    text = source.strip()
    if len(text) >= 2 and text[0] == text[-1] == '"' and "\n" not in text:
        return text
    if len(text) >= 2 and text[0] == text[-1] == "'":
        text = text[1:-1]
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _fixes(subject: Subject, instruction: Instruction) -> Iterator[Fix]:
    dockerfile = facts(subject).dockerfile
    source = instruction.arguments.slice(dockerfile.text)
    if "\n" in source or "$" in source or dockerfile.escape == "`":
        return
    keyword = "label" if dockerfile.text[instruction.keyword_span.start].islower() else "LABEL"
    span = Span(instruction.keyword_span.start, instruction.arguments.end)
    yield Fix(
        "label",
        f"Write LABEL {KEY}",
        (replace_span(dockerfile, span, f"{keyword} {KEY}={_value(source)}"),),
        (holds("The text needs no variable", "It stands on one line without a variable"),),
        "The contact moves from the deprecated Author field to a label.",
    )


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for placed in facts(subject).all("MAINTAINER"):
        yield rule.finding(
            subject,
            "MAINTAINER is deprecated",
            at=placed.instruction,
            about="maintainer",
            fixes=tuple(_fixes(subject, placed.instruction)) if not placed.deferred else (),
            tip=f"Use LABEL {KEY}",
        )
