"""A label that the project asks for."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.model import Dockerfile, Stage
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
    if not wanted:
        return
    for stage in _results(facts(subject).dockerfile):
        have = {
            pair.key.strip("\"'")
            for link in facts(subject).dockerfile.chain(stage)
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


def _results(dockerfile: Dockerfile) -> Iterator[Stage]:
    """The stages that no other stage uses: what a build may give as a result."""
    used = {stage.parent for stage in dockerfile.stages}
    sources = {
        name.lower()
        for one in dockerfile.instructions
        for flag in one.flags
        for name in (flag.value if flag.name == "from" else flag.options().get("from"),)
        if name
    }
    for stage in dockerfile.stages:
        if stage.index not in used and not {stage.name, str(stage.index)} & sources:
            yield stage
