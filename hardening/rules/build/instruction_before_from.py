"""An instruction above the first FROM."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.subject import Subject

ALLOWED = ("FROM", "ARG")

rule = Rule(
    title="Begin with FROM",
    severity=Severity.HIGH,
    why="Only ARG may stand above the first FROM. The builder refuses the file, and tools that do "
    "not, such as old ones, skip the line: a USER or HEALTHCHECK there protects nothing.",
    references=("https://docs.docker.com/reference/dockerfile/#from",),
    aliases=("hadolint:DL3061", "slim:ID.20009", "tally:require-stages"),
    bad=(
        Example("LABEL a=b\nFROM debian:13\n"),
        Example("RUN true\n", note="no FROM at all"),
    ),
    good=(
        Example("ARG V=13\nFROM debian:$V\n"),
        Example("# syntax=docker/dockerfile:1\n# a comment\nFROM debian:13\n"),
        Example("FROM debian:13\nLABEL a=b\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    dockerfile = facts(subject).dockerfile
    for instruction in dockerfile.instructions:
        if instruction.stage >= 0:
            return
        if instruction.keyword not in ALLOWED:
            yield rule.finding(
                subject,
                f"{instruction.keyword} stands above the first FROM",
                at=instruction,
                about=instruction.keyword,
                tip="Move it below FROM",
            )
            if not dockerfile.stages:
                return
