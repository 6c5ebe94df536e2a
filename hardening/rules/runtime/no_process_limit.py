"""The service may start any number of processes."""

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
    title="Limit the number of processes",
    severity=Severity.LOW,
    why=(
        "One fork bomb in one container uses up the process numbers of the whole host and "
        "stops everything on it."
    ),
    references=(
        "https://docs.docker.com/engine/containers/resource_constraints/",
        "https://docs.docker.com/reference/compose-file/services/",
    ),
    aliases=("cis-docker:5.29",),
    needs=_NEEDS,
    bad=(
        Example(
            _TEXT,
            files={"compose.yaml": _COMPOSE},
            files_after={"compose.yaml": _COMPOSE + "    pids_limit: 256\n"},
            run=_RUN,
            findings=1,
        ),
        Example(
            _TEXT,
            files={"compose.yaml": "services: {web: {build: .}}"},
            files_after={"compose.yaml": "services: {web: {build: ., pids_limit: 256}}"},
            run=_RUN,
            note="Flow style, no newline at the end",
        ),
    ),
    good=(
        Example(_TEXT, run=RunConfiguration("x", pids_limit=100)),
        Example(_TEXT, note="Nobody said how it runs"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    return missing_flag(rule, subject, "pids-limit", "HostConfig.PidsLimit")
