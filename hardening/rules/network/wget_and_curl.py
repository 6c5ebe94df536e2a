"""Both wget and curl."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Profile, Rule
from hardening.rules.support import facts
from hardening.subject import Subject

rule = Rule(
    title="Use either wget or curl",
    severity=Severity.LOW,
    why="Two programs for one job are two to install, to update and to find holes in.",
    references=("https://github.com/hadolint/hadolint/wiki/DL4001",),
    aliases=("hadolint:DL4001", "trivy:DS-0014", "kics:run_using_wget_and_curl"),
    profile=Profile.ALL,
    bad=(
        Example(
            "FROM debian:13\nRUN wget -q https://example.com/a\n"
            "RUN curl -fsSLO https://example.com/b\n"
        ),
    ),
    good=(
        Example("FROM debian:13\nRUN curl -fsSLO https://example.com/a\n"),
        Example(
            "FROM alpine:3.22 AS get\nRUN wget -q https://example.com/a\n"
            "FROM debian:13\nRUN curl -fsSLO https://example.com/b\n",
            note="two stages, two systems",
        ),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    used: dict[int, dict[str, bool]] = {}
    for name in ("wget", "curl"):
        for run, _ in known.commands(name):
            used.setdefault(run.instruction.stage, {})[name] = True
    for run, command in known.commands("wget"):
        if len(used[run.instruction.stage]) == 2:
            del used[run.instruction.stage]["curl"]
            yield rule.finding(
                subject,
                "This stage uses wget and curl",
                at=command.span,
                about="wget and curl",
                tip="Write all downloads with one of them",
            )
