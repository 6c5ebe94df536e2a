"""COPY --from a name that no earlier stage has."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from hardening.dockerfile.edits import replace_span
from hardening.dockerfile.model import Dockerfile, Stage
from hardening.model import Finding, Fix, Severity, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.rules.support_copy import Transfer, transfers
from hardening.subject import Subject

NEAR = 50
"""Stages before this one that a misspelt name is compared with."""

rule = Rule(
    title="Copy from a stage that is defined before",
    severity=Severity.MEDIUM,
    why="A name that no earlier stage has is taken for an image: the builder pulls whatever a "
    "registry serves under that name, and a typing error becomes somebody else's code.",
    references=("https://docs.docker.com/reference/dockerfile/#copy---from",),
    aliases=("hadolint:DL3022",),
    bad=(
        Example(
            "FROM golang:1.25 AS builder\nRUN go version\n\nFROM scratch\n"
            "COPY --from=bulder /go/bin/app /app\n",
            "FROM golang:1.25 AS builder\nRUN go version\n\nFROM scratch\n"
            "COPY --from=builder /go/bin/app /app\n",
            note="a typing error: the nearest stage is offered",
        ),
        Example("FROM alpine:3.22\nCOPY --from=tools /bin/x /x\n"),
    ),
    good=(
        Example("FROM golang:1.25 AS b\nRUN go version\nFROM scratch\nCOPY --from=b /a /a\n"),
        Example("FROM golang:1.25\nRUN go version\nFROM scratch\nCOPY --from=0 /a /a\n"),
        Example("FROM scratch\nCOPY --from=registry.example/tools:1.2 /a /a\n"),
        Example("FROM scratch\nCOPY --from=$STAGE /a /a\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    dockerfile = facts(subject).dockerfile
    first: dict[str, int] = {}
    for stage in dockerfile.stages:
        if stage.name:
            first.setdefault(stage.name, stage.index)
    for one in transfers(subject, "COPY"):
        name = one.origin
        if not name or "$" in name or any(mark in name for mark in ":@/"):
            continue
        here = one.stage.index if one.stage is not None else 0
        own = one.stage is not None and one.stage.name == name.lower()
        known = int(name[:9]) if name.isdigit() else first.get(name.lower(), here)
        if own or known < here or one.placed.deferred:
            continue
        earlier = dockerfile.stages[max(0, here - NEAR) : here]
        yield rule.finding(
            subject,
            f"No stage before this one is called {name}: it is taken for an image",
            at=one.instruction,
            about=name,
            fixes=tuple(_fixes(dockerfile, one, name, earlier)),
            tip="Name an earlier stage, or write the image with its tag and digest",
        )


def _fixes(
    dockerfile: Dockerfile, one: Transfer, name: str, earlier: tuple[Stage, ...]
) -> Iterator[Fix]:
    names = [stage.name for stage in earlier if stage.name]
    near = get_close_matches(name.lower(), names, n=1, cutoff=0.7)
    flag = one.instruction.flag("from")
    if not near or flag is None or flag.value_span is None:
        return
    yield Fix(
        "nearest-stage",
        f"Copy from {near[0]}",
        (replace_span(dockerfile, flag.value_span, near[0]),),
        (unknown(f"{name} is a typing error for {near[0]}", "The names are alike"),),
        f"The files come from the stage {near[0]}.",
    )
