"""The service keeps the capabilities that the engine grants by default."""

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
    title="Drop all capabilities and add back what is needed",
    severity=Severity.MEDIUM,
    why=(
        "The engine hands every container fourteen capabilities; an intruder can use each of "
        "them to forge packets, take over files or reach for the kernel, although most "
        "programs need none."
    ),
    references=(
        "https://docs.docker.com/engine/security/#linux-kernel-capabilities",
        "https://docs.docker.com/reference/compose-file/services/",
    ),
    aliases=("cis-docker:5.4",),
    needs=_NEEDS,
    bad=(
        Example(
            _TEXT,
            files={"compose.yaml": _COMPOSE},
            files_after={"compose.yaml": _COMPOSE + "    cap_drop:\n      - ALL\n"},
            run=_RUN,
            findings=1,
        ),
        Example(
            _TEXT,
            files={"compose.yaml": "services: {web: {build: .}}"},
            files_after={"compose.yaml": "services: {web: {build: ., cap_drop: [ALL]}}"},
            run=_RUN,
            note="Flow style, no newline at the end",
        ),
    ),
    good=(
        Example(_TEXT, run=RunConfiguration("x", cap_drop=("ALL",))),
        Example(_TEXT, note="Nobody said how it runs"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    return missing_flag(rule, subject, "cap-drop", "HostConfig.CapDrop")
