"""More than one ENTRYPOINT in a stage."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support_repeats import overridden
from hardening.subject import Subject

rule = Rule(
    title="Keep one ENTRYPOINT in a stage",
    severity=Severity.LOW,
    why="Only the last one runs. A reader, or a reviewer, who sees another believes that the "
    "container starts something else, such as a script that drops privileges.",
    references=(
        "https://docs.docker.com/reference/build-checks/multiple-instructions-disallowed/",
    ),
    aliases=(
        "hadolint:DL4004",
        "buildkit:MultipleInstructionsDisallowed",
        "trivy:DS-0007",
        "kics:multiple_entrypoint_instructions_listed",
        "slim:ID.20010",
    ),
    bad=(
        Example(
            'FROM debian:13\nENTRYPOINT ["a"]\nENTRYPOINT ["b"]\n',
            'FROM debian:13\nENTRYPOINT ["b"]\n',
        ),
    ),
    good=(
        Example('FROM debian:13 AS a\nENTRYPOINT ["a"]\nFROM debian:13\nENTRYPOINT ["b"]\n'),
        Example('FROM debian:13\nENTRYPOINT ["a"]\nCMD ["b"]\n'),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    yield from overridden(subject, rule, "ENTRYPOINT")
