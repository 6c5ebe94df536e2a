"""A comment that silences a check."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.model import Finding, Profile, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.subject import Subject

IGNORE = re.compile(
    r"\A#\s*(?:hadolint\s+(?:global\s+|stage\s+)?ignore\s*=|check\s*=.*\bskip=|trivy:ignore:|checkov:skip=|"
    r"kics-scan\s+(?:ignore|disable)|tally\s+(?:global\s+)?ignore=)",
    re.IGNORECASE,
)

rule = Rule(
    title="Keep exceptions in the settings",
    severity=Severity.INFO,
    profile=Profile.ALL,
    why="A comment that silences a check is easily copied along with the line below it; in "
    "drydock.toml every exception has a reason and a date in one place that can be reviewed.",
    references=("https://github.com/hadolint/hadolint#inline-ignores",),
    aliases=("hadolint:DL1001",),
    bad=(Example("FROM debian:13\n# hadolint ignore=DL3003\nRUN cd /tmp\n"),),
    good=(
        Example("FROM debian:13\n# a comment about hadolint ignore\nRUN true\n"),
        Example("# hadolint shell=powershell\nFROM debian:13\n"),
        Example("FROM debian:13\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    dockerfile = facts(subject).dockerfile
    inside = [one for instruction in dockerfile.instructions for one in instruction.comments]
    for comment in dict.fromkeys((*dockerfile.comments, *inside)):
        if IGNORE.match(comment.text):
            yield rule.finding(
                subject,
                "A comment silences a check",
                at=comment.span,
                about=comment.text,
                tip="Move the exception to drydock.toml, with its reason and the day it ends",
            )
