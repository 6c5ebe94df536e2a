"""A label without a value."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import delete_instruction
from hardening.model import Finding, Fix, Severity, unknown
from hardening.rules.frame import Example, Profile, Rule
from hardening.rules.support import facts
from hardening.rules.support_fixes import remove_after
from hardening.rules.support_labels import Label, kind_of, labels, schema
from hardening.subject import Subject

rule = Rule(
    title="Give labels a value",
    severity=Severity.INFO,
    profile=Profile.ALL,
    why="An empty label looks as if the fact were recorded; whoever needs the source or the "
    "contact of an image finds nothing.",
    references=("https://github.com/opencontainers/image-spec/blob/main/annotations.md",),
    aliases=("hadolint:DL3051",),
    bad=(
        Example('FROM debian:13\nLABEL maintainer=""\n', labels={"maintainer": "email"}),
        Example(
            'FROM debian:13\nLABEL org.opencontainers.image.source=""\nUSER 1\n',
            "FROM debian:13\nUSER 1\n",
        ),
    ),
    good=(
        Example('FROM debian:13\nLABEL other=""\n', note="nobody asks for it"),
        Example('FROM debian:13\nLABEL org.opencontainers.image.source="https://example.com/a"\n'),
        Example("FROM debian:13\nLABEL org.opencontainers.image.source=$SOURCE\n"),
    ),
)


def _fixes(subject: Subject, label: Label) -> Iterator[Fix]:
    dockerfile = facts(subject).dockerfile
    instruction = label.placed.instruction
    alone = len(instruction.pairs) == 1
    first = instruction.pairs[0] is label.pair
    if label.placed.deferred or (first and not alone):
        return
    number = instruction.pairs.index(label.pair)
    edit = (
        delete_instruction(dockerfile, instruction)
        if alone
        else remove_after(dockerfile, instruction.pairs[number - 1].span, label.pair.span)
    )
    if edit is None:
        return
    yield Fix(
        "delete",
        f"Delete the label {label.key}",
        (edit,),
        (unknown("Nobody asks for the empty label", "Only you know who reads it"),),
        "The image no longer claims a fact that it does not have.",
    )


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for label in labels(subject):
        if not label.value.strip() and kind_of(subject, label.key):
            wanted = label.key in schema(subject)
            yield rule.finding(
                subject,
                f"The label {label.key} is empty",
                at=label.pair.span,
                about=label.key,
                fixes=() if wanted else tuple(_fixes(subject, label)),
                tip="Give it a value",
            )
