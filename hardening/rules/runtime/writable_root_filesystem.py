"""The service may write its root file system."""

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
    title="Make the root file system read-only",
    severity=Severity.MEDIUM,
    why=(
        "A writable root file system lets an intruder change the program, leave tools behind "
        "and survive a restart of the process."
    ),
    references=(
        "https://docs.docker.com/reference/cli/docker/container/run/#read-only",
        "https://docs.docker.com/reference/compose-file/services/",
    ),
    aliases=("cis-docker:5.13",),
    needs=_NEEDS,
    bad=(
        Example(
            _TEXT,
            files={"compose.yaml": _COMPOSE},
            files_after={
                "compose.yaml": _COMPOSE + "    read_only: true\n    tmpfs:\n"
                "      - /tmp:rw,noexec,nosuid,nodev,size=64m,mode=1777\n"
            },
            run=_RUN,
            findings=1,
        ),
        Example(
            _TEXT,
            files={"compose.yaml": "services: {web: {build: .}}"},
            files_after={
                "compose.yaml": "services: {web: {build: ., read_only: true, "
                'tmpfs: ["/tmp:rw,noexec,nosuid,nodev,size=64m,mode=1777"]'
                "}}"
            },
            run=_RUN,
            note="Flow style, no newline at the end",
        ),
    ),
    good=(
        Example(_TEXT, run=RunConfiguration("x", read_only=True)),
        Example(_TEXT, note="Nobody said how it runs"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    return missing_flag(rule, subject, "read-only", "HostConfig.ReadonlyRootfs")
