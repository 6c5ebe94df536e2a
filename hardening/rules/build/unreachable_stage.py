"""A stage that nothing uses."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.model import Dockerfile
from hardening.model import Finding, Profile, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.subject import Subject

rule = Rule(
    title="Use every stage or remove it",
    severity=Severity.INFO,
    profile=Profile.ALL,
    why="The builder skips a stage that the last one does not need: tests or checks written there "
    "never run, and its base is never updated.",
    references=("https://docs.docker.com/build/building/multi-stage/",),
    aliases=("tally:no-unreachable-stages",),
    bad=(Example("FROM debian:13 AS test\nRUN make test\nFROM debian:13\nRUN make\n"),),
    good=(
        Example("FROM debian:13 AS build\nFROM debian:13\nCOPY --from=build /a /a\n"),
        Example("FROM debian:13 AS base\nFROM base\n"),
        Example("FROM debian:13 AS a\nFROM debian:13\nRUN --mount=from=a,target=/a true\n"),
        Example(
            'FROM debian:13 AS worker\nCMD ["worker"]\nFROM debian:13 AS web\nCMD ["web"]\n',
            note="an image of its own, built with --target",
        ),
        Example("FROM debian:13 AS a-amd64\nFROM a-$TARGETARCH\n", note="by its name"),
        Example(
            "FROM debian:13 AS a\nFROM debian:13 AS b\n"
            "COPY --from=a /a /a\nFROM debian:13\n"
            "COPY --from=b /a /a\n"
        ),
    ),
)


def _used(dockerfile: Dockerfile) -> set[int]:
    """Stages that the last one needs, itself included."""
    names: dict[str, int] = {}
    for stage in dockerfile.stages:
        names[str(stage.index)] = stage.index
        if stage.name:
            names[stage.name] = stage.index
    needed: set[int] = set()
    waiting = [len(dockerfile.stages) - 1]
    while waiting:
        index = waiting.pop()
        if index in needed:
            continue
        needed.add(index)
        stage = dockerfile.stages[index]
        if stage.parent is not None:
            waiting.append(stage.parent)
        for one in stage.instructions:
            for flag in (one.trigger or one).flags:
                source = flag.value if flag.name == "from" else flag.options().get("from")
                if source and source.lower() in names and names[source.lower()] != index:
                    waiting.append(names[source.lower()])
    return needed


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    dockerfile = facts(subject).dockerfile
    stages = dockerfile.stages
    if len(stages) < 2 or any("$" in stage.base.value for stage in stages):
        return
    if any(
        "$" in (flag.value or "")
        for one in dockerfile.instructions
        for flag in one.flags
        if flag.name == "from"
    ):
        return
    used = _used(dockerfile)
    for stage in stages:
        if stage.index not in used and not stage.all("CMD", "ENTRYPOINT", "EXPOSE", "HEALTHCHECK"):
            yield rule.finding(
                subject,
                f"The last stage does not need {stage.name or f'stage {stage.index}'}",
                at=stage,
                about=stage.name or str(stage.index),
                tip="Remove it, or build it with --target where its result is wanted",
            )
