"""A process of the service may gain privileges."""

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
    title="Forbid new privileges",
    severity=Severity.MEDIUM,
    why=(
        "Without no-new-privileges any setuid program in the image turns an ordinary user of "
        "the container into root."
    ),
    references=(
        "https://docs.docker.com/reference/cli/docker/container/run/#security-opt",
        "https://docs.docker.com/reference/compose-file/services/",
    ),
    aliases=("cis-docker:5.26",),
    needs=_NEEDS,
    bad=(
        Example(
            _TEXT,
            files={"compose.yaml": _COMPOSE},
            files_after={
                "compose.yaml": _COMPOSE + "    security_opt:\n      - no-new-privileges:true\n"
            },
            run=_RUN,
            findings=1,
        ),
        Example(
            _TEXT,
            files={"compose.yaml": "services: {web: {build: .}}"},
            files_after={
                "compose.yaml": "services: {web: {build: ., "
                'security_opt: ["no-new-privileges:true"]}}'
            },
            run=_RUN,
            note="Flow style, no newline at the end",
        ),
    ),
    good=(
        Example(_TEXT, run=RunConfiguration("x", security_opt=("no-new-privileges",))),
        Example(_TEXT, note="Nobody said how it runs"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    return missing_flag(rule, subject, "security-opt", "HostConfig.SecurityOpt")
