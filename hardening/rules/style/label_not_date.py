"""A label that should be a date and time."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Profile, Rule
from hardening.rules.support_labels import wrong_values
from hardening.subject import Subject

rule = Rule(
    title="Write date and time as RFC 3339",
    severity=Severity.INFO,
    profile=Profile.ALL,
    why="Tools compare the label to tell how old an image is; an unreadable date makes an old "
    "image look like one of unknown age.",
    references=("https://github.com/opencontainers/image-spec/blob/main/annotations.md",),
    aliases=("hadolint:DL3053",),
    bad=(Example('FROM debian:13\nLABEL org.opencontainers.image.created="yesterday"\n'),),
    good=(
        Example('FROM debian:13\nLABEL org.opencontainers.image.created="2026-11-24T08:00:00Z"\n'),
        Example("FROM debian:13\nLABEL org.opencontainers.image.created=$DATE\n"),
        Example('FROM debian:13\nLABEL other="yesterday"\n'),
    ),
)


DATE = re.compile(
    r"\A\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt ]"
    r"(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)\Z"
)


def _is_valid(value: str) -> bool:
    return bool(DATE.match(value))


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    yield from wrong_values(
        subject,
        rule,
        "rfc3339",
        _is_valid,
        "an RFC 3339 date and time",
        "Write 2026-11-24T08:00:00Z",
    )
