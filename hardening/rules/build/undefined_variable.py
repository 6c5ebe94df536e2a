"""A variable that nobody declares."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import insert_line_before
from hardening.image.synthetic import ImageSketch
from hardening.model import Finding, Fix, Severity, holds
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Facts, Placed, facts
from hardening.rules.support_variables import ALWAYS, PLATFORM, PROXY, used_names, why_undefined
from hardening.subject import Subject

KEYWORDS = ("ADD", "COPY", "ENV", "EXPOSE", "LABEL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR")

rule = Rule(
    title="Declare variables in the stage that uses them",
    severity=Severity.MEDIUM,
    why="An undeclared variable is empty: a user, a path or a version silently becomes nothing, so"
    " files land in / or the container keeps running as root.",
    references=("https://docs.docker.com/reference/build-checks/undefined-var/",),
    aliases=("buildkit:UndefinedVar",),
    bad=(
        Example(
            "ARG VERSION=1\nFROM debian:13\nLABEL version=$VERSION\n",
            "ARG VERSION=1\nFROM debian:13\nARG VERSION\nLABEL version=$VERSION\n",
            note="declared for FROM only",
        ),
        Example("FROM debian:13\nENV APP_DIR=/app\nWORKDIR $APP_DRI\n", note="misspelt"),
        Example(
            "FROM scratch\nCOPY app-$TARGETARCH /app\n",
            "FROM scratch\nARG TARGETARCH\nCOPY app-$TARGETARCH /app\n",
        ),
        Example(
            "FROM example/base:1\nUSER $APP_UID\n",
            image=ImageSketch(),
            note="the image does not have it either",
        ),
    ),
    good=(
        Example("FROM debian:13\nARG VERSION=1\nLABEL version=$VERSION\n"),
        Example("FROM debian:13 AS base\nENV DIR=/a\nFROM base\nWORKDIR $DIR\n", note="inherited"),
        Example("FROM example/base:1\nWORKDIR $APP_HOME\n", note="the base may set it"),
        Example("FROM debian:13\nENV PATH=/app/bin:$PATH\n"),
        Example("FROM debian:13\nWORKDIR ${APP_DIR:-/app}\n", note="has a default"),
        Example("FROM debian:13\nRUN echo $UNKNOWN\n", note="the shell's business"),
        Example("FROM debian:13\nLABEL a='$X'\n", note="quoted"),
        Example(
            "FROM debian:13\nENV LD_LIBRARY_PATH=/x:$LD_LIBRARY_PATH\n", note="its own old value"
        ),
        Example("FROM example/base:1\nUSER $APP_UID\n", image=ImageSketch(env={"APP_UID": "5"})),
    ),
)


def _fixes(known: Facts, placed: Placed, name: str) -> Iterator[Fix]:
    if placed.deferred or (name not in PLATFORM and name not in known.global_arguments):
        return
    edit = insert_line_before(known.dockerfile, placed.instruction, f"ARG {name}")
    source = "BuildKit sets it" if name in PLATFORM else "The ARG above the first FROM sets it"
    yield Fix(
        "declare",
        f"Declare ARG {name} in the stage",
        (edit,),
        (holds("The variable has a value then", source),),
        "The variable has the value that was meant.",
    )


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    for placed in known.all(*KEYWORDS):
        instruction = placed.instruction
        if "$" not in instruction.span.slice(known.dockerfile.text) or placed.deferred:
            continue
        for name in dict.fromkeys(used_names(instruction, known.dockerfile.escape)):
            if name in ALWAYS or name.upper() in PROXY or known.declares(instruction, name):
                continue
            reason = why_undefined(subject, placed, name)
            if reason is not None:
                yield rule.finding(
                    subject,
                    f"{name} is {reason}: it is empty here",
                    at=instruction,
                    about=name,
                    fixes=tuple(_fixes(known, placed, name)),
                    tip=f"Declare it with ARG {name} or ENV in this stage",
                )
