"""COPY --from a stage that holds nothing."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.model import Stage
from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.subject import Subject

FILLERS = ("COPY", "ADD", "RUN", "WORKDIR", "VOLUME")

rule = Rule(
    title="Copy from a stage that has files",
    severity=Severity.HIGH,
    why="A stage from scratch without COPY or ADD is empty: the build stops here, or a wildcard "
    "copies nothing and the image lacks what it needs.",
    references=("https://docs.docker.com/build/building/multi-stage/",),
    aliases=("tally:copy-from-empty-scratch-stage",),
    bad=(Example("FROM scratch AS files\nFROM debian:13\nCOPY --from=files /a /a\n"),),
    good=(
        Example(
            "FROM scratch AS files\nCOPY a /a\nFROM debian:13\nCOPY --from=files /a /a\n",
            files={"a": "x"},
        ),
        Example("FROM debian:13 AS files\nFROM debian:13\nCOPY --from=files /a /a\n"),
        Example(
            "FROM scratch AS files\nONBUILD COPY a /a\nFROM debian:13\nCOPY b /b\n",
            files={"b": "x"},
        ),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    stages = known.dockerfile.stages
    names = {name: stage for stage in stages for name in (stage.name, str(stage.index)) if name}
    for placed in known.all("COPY"):
        flag = placed.instruction.flag("from")
        source = names.get((flag.value or "").lower()) if flag is not None else None
        if (
            source is None
            or source.index >= placed.instruction.stage
            or not _empty(subject, source)
        ):
            continue
        yield rule.finding(
            subject,
            f"{source.name or f'stage {source.index}'} is empty: there is nothing to copy",
            at=placed.instruction,
            about=source.name or str(source.index),
            tip="Put the files into that stage, or copy from the one that has them",
        )


def _empty(subject: Subject, stage: Stage) -> bool:
    chain = facts(subject).dockerfile.chain(stage)
    if chain[0].base.value.lower() != "scratch":
        return False
    return not any(link.all(*FILLERS) for link in chain)
