"""Two stages of one name."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.subject import Subject

rule = Rule(
    title="Give every stage a name of its own",
    severity=Severity.MEDIUM,
    why="COPY --from and --target mean the last stage of that name: files come from, or the build "
    "ends at, another stage than the reader believes.",
    references=("https://docs.docker.com/reference/build-checks/duplicate-stage-name/",),
    aliases=(
        "hadolint:DL3024",
        "buildkit:DuplicateStageName",
        "trivy:DS-0012",
        "checkov:CKV_DOCKER_11",
        "kics:same_alias_in_different_froms",
    ),
    bad=(
        Example("FROM debian:13 AS app\nFROM debian:13 AS app\n"),
        Example("FROM debian:13 AS app\nFROM debian:13 as App\n", note="names ignore case"),
    ),
    good=(
        Example("FROM debian:13 AS build\nFROM debian:13 AS app\n"),
        Example("FROM debian:13\nFROM debian:13\n", note="no names"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    first: dict[str, int] = {}
    for stage in known.dockerfile.stages:
        if not stage.name:
            continue
        if stage.name in first:
            yield rule.finding(
                subject,
                f"The stage on line {first[stage.name]} is called {stage.name} too",
                at=stage,
                about=stage.name,
                tip="Rename one of them and what refers to it",
            )
        first.setdefault(stage.name, stage.origin.start_line)
