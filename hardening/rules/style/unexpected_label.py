"""A label that the project does not know."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Profile, Rule
from hardening.rules.support_labels import labels, schema
from hardening.subject import Subject

rule = Rule(
    title="Set only labels that the project knows",
    severity=Severity.INFO,
    profile=Profile.ALL,
    why="With strict labels a misspelt key is found; otherwise the value that somebody looks for "
    "stands under a name that nobody reads.",
    references=("https://github.com/opencontainers/image-spec/blob/main/annotations.md",),
    aliases=("hadolint:DL3050",),
    bad=(
        Example(
            'FROM debian:13\nLABEL mantainer="jo@example.com"\n',
            labels={"maintainer": "email"},
            strict_labels=True,
        ),
    ),
    good=(
        Example(
            'FROM debian:13\nLABEL other="x"\n', labels={"maintainer": "email"}, note="not strict"
        ),
        Example(
            'FROM debian:13\nLABEL maintainer="jo@example.com"\n',
            labels={"maintainer": "email"},
            strict_labels=True,
        ),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    if subject.settings is None or not subject.settings.strict_labels:
        return
    wanted = schema(subject)
    for label in labels(subject):
        if label.key not in wanted and "$" not in label.key:
            yield rule.finding(
                subject,
                f"The label {label.key} is not one that the project asks for",
                at=label.pair.span,
                about=label.key,
                tip="Correct the name, or add it to [labels] in drydock.toml",
            )
