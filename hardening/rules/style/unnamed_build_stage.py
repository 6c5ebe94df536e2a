"""COPY --from with the number of a stage."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import insert_at, replace_span
from hardening.dockerfile.model import Dockerfile, Stage
from hardening.model import Edit, Finding, Fix, Profile, Severity, holds
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.subject import Subject

rule = Rule(
    title="Name the stages that others copy from",
    severity=Severity.INFO,
    profile=Profile.ALL,
    why="Numbers shift when a stage is added or moved: files then come from another stage, test "
    "tools or sources instead of the finished program.",
    references=("https://docs.docker.com/build/building/multi-stage/#name-your-build-stages",),
    aliases=("kics:using_unnamed_build_stages",),
    bad=(
        Example(
            "FROM golang:1.27\nRUN go build -o /app\nFROM scratch\nCOPY --from=0 /app /app\n",
            "FROM golang:1.27 AS build\nRUN go build -o /app\n"
            "FROM scratch\nCOPY --from=build /app /app\n",
        ),
        Example(
            "FROM golang:1.27 AS compile\nFROM scratch\nCOPY --from=0 /app /app\n",
            "FROM golang:1.27 AS compile\nFROM scratch\nCOPY --from=compile /app /app\n",
        ),
    ),
    good=(
        Example("FROM golang:1.27 AS build\nFROM scratch\nCOPY --from=build /app /app\n"),
        Example("FROM golang:1.27\n"),
        Example("FROM scratch\nCOPY --from=nginx:1.30 /a /a\n"),
    ),
)


def _name(dockerfile: Dockerfile, stage: Stage) -> str:
    taken = {one.name for one in dockerfile.stages}
    return next(
        name
        for name in ("build", *(f"build-{number}" for number in range(len(taken) + 2)))
        if name not in taken
    )


def _fixes(dockerfile: Dockerfile, stage: Stage) -> Iterator[Fix]:
    name = stage.name or _name(dockerfile, stage)
    edits: list[Edit] = []
    if not stage.name:
        edits.append(insert_at(dockerfile, stage.base.span.end, f" AS {name}"))
    for one in dockerfile.instructions:
        flag = one.flag("from") if one.keyword == "COPY" else None
        if flag is not None and flag.value == str(stage.index) and flag.value_span is not None:
            edits.append(replace_span(dockerfile, flag.value_span, name))
    yield Fix(
        "name-stage",
        f"Call the stage {name}",
        tuple(edits),
        (holds("No other stage has the name", name),),
        "Nothing changes.",
    )


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    dockerfile = facts(subject).dockerfile
    seen: set[str] = set()
    for placed in facts(subject).all("COPY"):
        flag = placed.instruction.flag("from")
        value = flag.value or "" if flag is not None else ""
        if not value.isdigit() or placed.stage is None or value in seen or placed.deferred:
            continue
        if int(value[:6]) >= placed.stage.index:
            continue
        seen.add(value)
        yield rule.finding(
            subject,
            f"COPY --from={value} counts stages",
            at=placed.instruction,
            about=f"stage {value}",
            fixes=tuple(_fixes(dockerfile, dockerfile.stages[int(value)])),
        )
