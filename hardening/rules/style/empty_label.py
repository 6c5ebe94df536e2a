"""A label without a value."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Profile, Rule
from hardening.rules.support_labels import kind_of, labels
from hardening.subject import Subject

rule = Rule(
    title="Give labels a value",
    severity=Severity.INFO,
    profile=Profile.ALL,
    why="An empty label looks as if the fact were recorded; whoever needs the source or the "
    "contact "
    "of an image finds nothing.",
    references=("https://github.com/opencontainers/image-spec/blob/main/annotations.md",),
    aliases=("hadolint:DL3051",),
    bad=(
        Example('FROM debian:13\nLABEL maintainer=""\n', labels={"maintainer": "email"}),
        Example('FROM debian:13\nLABEL org.opencontainers.image.source=""\n'),
    ),
    good=(
        Example('FROM debian:13\nLABEL other=""\n', note="nobody asks for it"),
        Example('FROM debian:13\nLABEL org.opencontainers.image.source="https://example.com/a"\n'),
        Example("FROM debian:13\nLABEL org.opencontainers.image.source=$SOURCE\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for label in labels(subject):
        if not label.value.strip() and kind_of(subject, label.key):
            yield rule.finding(
                subject,
                f"The label {label.key} is empty",
                at=label.pair.span,
                about=label.key,
                tip="Give it a value or remove it",
            )
