"""FROM with a variable that no global ARG declares."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import insert_line_before
from hardening.dockerfile.expansion import references
from hardening.dockerfile.model import Dockerfile, Stage
from hardening.model import Finding, Fix, Severity, holds
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.subject import Subject

PLATFORM = frozenset(
    f"{kind}{part}"
    for kind in ("TARGET", "BUILD")
    for part in ("PLATFORM", "OS", "ARCH", "VARIANT")
) | {"TARGETOSVERSION", "BUILDOSVERSION", "TARGETSTAGE"}
PINNED = "13@sha256:" + "0" * 64

rule = Rule(
    title="Declare the variables of FROM before the first stage",
    severity=Severity.MEDIUM,
    why="FROM sees only what ARG declares before the first FROM; anything else is empty, so the "
    "build fails or starts from another image than meant.",
    references=("https://docs.docker.com/reference/build-checks/undefined-arg-in-from/",),
    aliases=("buildkit:UndefinedArgInFrom",),
    bad=(
        Example("FROM debian:$VERSION\n"),
        Example("ARG VARIANT=slim\nFROM debian:13-${VARAINT}\n", note="misspelt"),
        Example(
            f"FROM scratch AS a\nARG V={PINNED}\nFROM debian:$V\nUSER 1000\n",
            f"ARG V={PINNED}\nFROM scratch AS a\nARG V={PINNED}\nFROM debian:$V\nUSER 1000\n",
            note="declared too late",
        ),
    ),
    good=(
        Example("ARG VERSION=13\nFROM debian:$VERSION\n"),
        Example("ARG VERSION\nFROM debian:${VERSION}\n"),
        Example("FROM --platform=$BUILDPLATFORM debian:13\n"),
        Example("FROM app-$TARGETARCH\n"),
        Example("FROM debian:${VERSION:-13}\n", note="has a default"),
    ),
)


def _names(stage: Stage, escape: str) -> list[str]:
    return [
        name
        for text in (stage.base.text, stage.platform or "")
        for name in sorted(references(text, escape))
        if f"${{{name}:-" not in text and f"${{{name}-" not in text and name not in PLATFORM
    ]


def _late(dockerfile: Dockerfile, name: str) -> tuple[str, ...]:
    """`ARG NAME=value` as some stage writes it, when only stages declare it."""
    values = {
        pair.value.text
        for one in dockerfile.instructions
        if one.keyword == "ARG"
        for pair in one.pairs
        if pair.key == name and pair.value is not None
    }
    return tuple(sorted(values))


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    import difflib

    dockerfile = facts(subject).dockerfile
    declared = {
        pair.key
        for one in dockerfile.instructions
        if one.stage < 0 and one.keyword == "ARG"
        for pair in one.pairs
    }
    for stage in dockerfile.stages:
        for name in _names(stage, dockerfile.escape):
            if name in declared:
                continue
            close = difflib.get_close_matches(name, sorted(declared | PLATFORM), n=1)
            values = _late(dockerfile, name)
            fixes: tuple[Fix, ...] = ()
            if len(values) == 1 and not close:
                edit = insert_line_before(
                    dockerfile, dockerfile.stages[0].origin, f"ARG {name}={values[0]}"
                )
                statement = "The value is the one that a stage declares"
                fixes = (
                    Fix(
                        "declare",
                        f"Declare ARG {name} before the first FROM",
                        (edit,),
                        (holds(statement, f"{name}={values[0]}"),),
                        "FROM gets the value that the stage has.",
                    ),
                )
            hint = (
                f"Did you mean {close[0]}?"
                if close
                else f"Write ARG {name}=... above the first FROM"
            )
            yield rule.finding(
                subject,
                f"FROM uses {name}, which no ARG before the first stage declares",
                at=stage.origin,
                about=name,
                fixes=fixes,
                tip=hint,
            )
