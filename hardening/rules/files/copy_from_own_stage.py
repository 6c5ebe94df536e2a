"""COPY --from the stage that it stands in."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support_copy import transfers
from hardening.subject import Subject

rule = Rule(
    title="Do not copy from the stage itself",
    severity=Severity.MEDIUM,
    why="A stage cannot read from itself while it is built: the builder stops, or pulls an image "
    "that happens to have the stage's name.",
    references=("https://docs.docker.com/build/building/multi-stage/",),
    aliases=(
        "hadolint:DL3023",
        "trivy:DS-0006",
        "kics:copy_from_references_current_from_alias",
    ),
    bad=(Example("FROM node:24 AS app\nCOPY --from=app /a /b\n"),),
    good=(
        Example("FROM node:24 AS build\nRUN true\nFROM node:24 AS app\nCOPY --from=build /a /b\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for one in transfers(subject, "COPY"):
        name, stage = one.origin, one.stage
        if name is None or stage is None:
            continue
        if name.lower() != stage.name and name != str(stage.index):
            continue
        yield rule.finding(
            subject,
            f"COPY --from={name} reads from the stage that it stands in",
            at=one.instruction,
            about=name,
            tip="Use RUN cp for files of the same stage, or name an earlier stage",
        )
