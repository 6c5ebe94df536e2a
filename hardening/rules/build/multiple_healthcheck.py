"""More than one HEALTHCHECK in a stage."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support_repeats import overridden
from hardening.subject import Subject

rule = Rule(
    title="Keep one HEALTHCHECK in a stage",
    severity=Severity.LOW,
    why="Only the last one is used, so a check that somebody wrote and relies on never runs.",
    references=(
        "https://docs.docker.com/reference/build-checks/multiple-instructions-disallowed/",
    ),
    aliases=(
        "hadolint:DL3012",
        "buildkit:MultipleInstructionsDisallowed",
        "trivy:DS-0023",
    ),
    bad=(
        Example(
            'FROM debian:13\nHEALTHCHECK CMD ["a"]\nHEALTHCHECK CMD ["b"]\n',
            'FROM debian:13\nHEALTHCHECK CMD ["b"]\n',
        ),
    ),
    good=(
        Example(
            'FROM debian:13 AS a\nHEALTHCHECK CMD ["a"]\nFROM debian:13\nHEALTHCHECK CMD ["b"]\n'
        ),
        Example("FROM debian:13\nHEALTHCHECK NONE\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    yield from overridden(subject, rule, "HEALTHCHECK")
