"""A label that should be a git commit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Profile, Rule
from hardening.rules.support_labels import wrong_values
from hardening.subject import Subject

rule = Rule(
    title="Write the commit where one is expected",
    severity=Severity.INFO,
    profile=Profile.ALL,
    why="The label leads from an image back to its source; with another value nobody can rebuild "
    "or review what runs.",
    references=("https://github.com/opencontainers/image-spec/blob/main/annotations.md",),
    aliases=("hadolint:DL3055",),
    bad=(Example('FROM debian:13\nLABEL org.label-schema.vcs-ref="main"\n'),),
    good=(
        Example(
            "FROM debian:13\nLABEL "
            'org.label-schema.vcs-ref="43c572f1272b6b3171dd1db9e41b7027128ce080"\n'
        ),
        Example('FROM debian:13\nLABEL org.label-schema.vcs-ref="2dbfae9"\n'),
        Example('FROM debian:13\nLABEL other="main"\n'),
    ),
)


HASH = re.compile(r"\A(?:[0-9a-f]{7}|[0-9a-f]{40}|[0-9a-f]{64})\Z")


def _is_valid(value: str) -> bool:
    return bool(HASH.match(value))


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    yield from wrong_values(
        subject, rule, "hash", _is_valid, "a git commit", "Write the hash: 7 characters, or all 40"
    )
