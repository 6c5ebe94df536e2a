"""A label that the project asks for."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Profile, Rule
from hardening.rules.support import facts
from hardening.rules.support_labels import schema
from hardening.subject import Subject

rule = Rule(
    title="Set the labels that the project asks for",
    severity=Severity.INFO,
    profile=Profile.ALL,
    why="drydock.toml names the labels that every image must have; without them nobody can tell "
    "whom to call or which source an image was made from.",
    references=("https://github.com/opencontainers/image-spec/blob/main/annotations.md",),
    aliases=("hadolint:DL3049",),
    bad=(Example("FROM debian:13\n", labels={"maintainer": "email"}),),
    good=(
        Example("FROM debian:13\n", note="nothing is asked for"),
        Example(
            'FROM debian:13\nLABEL maintainer="jo@example.com"\n', labels={"maintainer": "email"}
        ),
        Example(
            'FROM debian:13 AS base\nLABEL maintainer="jo@example.com"\nFROM base\n',
            labels={"maintainer": "email"},
            note="inherited",
        ),
        Example(
            'FROM debian:13 AS build\nFROM debian:13\nLABEL maintainer="jo@example.com"\n'
            "COPY --from=build /a /a\n",
            labels={"maintainer": "email"},
            note="a build stage needs none",
        ),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    wanted = schema(subject)
    dockerfile = facts(subject).dockerfile
    stage = dockerfile.final_stage
    if not wanted or stage is None:
        return
    have = {
        pair.key.strip("\"'")
        for link in dockerfile.chain(stage)
        for one in link.all("LABEL")
        for pair in one.pairs
    }
    for key in wanted:
        if key not in have:
            yield rule.finding(
                subject,
                f"The label {key} is missing",
                at=stage,
                about=key,
                tip=f"Add LABEL {key}=...",
            )
