"""A label that should be a URL."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Profile, Rule
from hardening.rules.support_labels import wrong_values
from hardening.subject import Subject

rule = Rule(
    title="Write a URL where one is expected",
    severity=Severity.INFO,
    profile=Profile.ALL,
    why="Tools follow the label to the project or its documentation; with another value the way "
    "back to the source of an image is lost.",
    references=("https://github.com/opencontainers/image-spec/blob/main/annotations.md",),
    aliases=("hadolint:DL3052",),
    bad=(Example('FROM debian:13\nLABEL org.opencontainers.image.source="somewhere"\n'),),
    good=(
        Example(
            'FROM debian:13\nLABEL org.opencontainers.image.source="https://example.com/app"\n'
        ),
        Example("FROM debian:13\nLABEL org.opencontainers.image.source=$SOURCE\n"),
        Example('FROM debian:13\nLABEL other="somewhere"\n'),
    ),
)


URL = re.compile(r"\A[A-Za-z][A-Za-z0-9+.-]*://[^\s/?#]+\S*\Z")


def _is_valid(value: str) -> bool:
    return bool(URL.match(value))


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    yield from wrong_values(subject, rule, "url", _is_valid, "a URL", "Write https://...")
