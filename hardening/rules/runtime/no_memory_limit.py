"""The service may use all memory of the host."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, RunConfiguration, Severity
from hardening.rules.frame import Example, Need, Rule
from hardening.rules.support_run import missing_flag
from hardening.subject import Subject

_NEEDS: frozenset[Need] = frozenset()
_RUN = RunConfiguration("compose.yaml#web", "compose.yaml", "web")
_TEXT = 'FROM debian:12-slim\nUSER 1000:1000\nENTRYPOINT ["/app"]\n'
_COMPOSE = "services:\n  web:\n    build: .\n"

rule = Rule(
    title="Limit memory",
    severity=Severity.LOW,
    why=(
        "A leak or an attack on one container takes the memory of the host, whose kernel then "
        "kills processes of others."
    ),
    references=(
        "https://docs.docker.com/engine/containers/resource_constraints/",
        "https://docs.docker.com/reference/compose-file/services/",
    ),
    aliases=("cis-docker:5.11",),
    needs=_NEEDS,
    bad=(
        Example(
            _TEXT,
            files={"compose.yaml": _COMPOSE},
            files_after={"compose.yaml": _COMPOSE + "    mem_limit: 512m\n"},
            run=_RUN,
            findings=1,
        ),
        Example(
            _TEXT,
            files={"compose.yaml": "services: {web: {build: .}}"},
            files_after={"compose.yaml": "services: {web: {build: ., mem_limit: 512m}}"},
            run=_RUN,
            note="Flow style, no newline at the end",
        ),
    ),
    good=(
        Example(_TEXT, run=RunConfiguration("x", memory=1 << 29)),
        Example(_TEXT, note="Nobody said how it runs"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    return missing_flag(rule, subject, "memory", "HostConfig.Memory")
