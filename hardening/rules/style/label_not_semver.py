"""A label that should be a semantic version."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Profile, Rule
from hardening.rules.support_labels import wrong_values
from hardening.subject import Subject

rule = Rule(
    title="Write a semantic version where one is expected",
    severity=Severity.INFO,
    profile=Profile.ALL,
    why="Tools order images by the label; a value that is no version makes an old image with known"
    " holes look current.",
    references=("https://semver.org/",),
    aliases=("hadolint:DL3056",),
    bad=(Example('FROM debian:13\nLABEL org.label-schema.schema-version="new"\n'),),
    good=(
        Example('FROM debian:13\nLABEL org.label-schema.schema-version="1.0.0"\n'),
        Example('FROM debian:13\nLABEL org.label-schema.schema-version="1.0.0-rc.1+x"\n'),
        Example('FROM debian:13\nLABEL other="new"\n'),
    ),
)


VERSION = re.compile(
    r"\A(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)"
    r"(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?\Z"
)


def _is_valid(value: str) -> bool:
    return bool(VERSION.match(value))


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    yield from wrong_values(subject, rule, "semver", _is_valid, "a semantic version", "Write 1.2.3")
