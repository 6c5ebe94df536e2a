"""More than one CMD in a stage."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support_repeats import overridden
from hardening.subject import Subject

rule = Rule(
    title="Keep one CMD in a stage",
    severity=Severity.LOW,
    why="Only the last one runs. A reader, or a reviewer, who sees another believes that the "
    "container starts something else.",
    references=(
        "https://docs.docker.com/reference/build-checks/multiple-instructions-disallowed/",
    ),
    aliases=(
        "hadolint:DL4003",
        "buildkit:MultipleInstructionsDisallowed",
        "trivy:DS-0016",
        "kics:multiple_cmd_instructions_listed",
        "slim:ID.20011",
    ),
    bad=(
        Example(
            'FROM debian:13\nCMD ["a"]\nRUN true\nCMD ["b"]\n',
            'FROM debian:13\nRUN true\nCMD ["b"]\n',
        ),
    ),
    good=(
        Example('FROM debian:13 AS a\nCMD ["a"]\nFROM debian:13\nCMD ["b"]\n'),
        Example('FROM debian:13\nONBUILD CMD ["a"]\nCMD ["b"]\n'),
        Example('FROM debian:13\nHEALTHCHECK CMD ["a"]\nCMD ["b"]\n'),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    yield from overridden(subject, rule, "CMD")
