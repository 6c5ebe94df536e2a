"""A label that should be a mail address."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Profile, Rule
from hardening.rules.support_labels import wrong_values
from hardening.subject import Subject

rule = Rule(
    title="Write a mail address where one is expected",
    severity=Severity.INFO,
    profile=Profile.ALL,
    why="Whoever finds a hole in the image writes to that address; with another value nobody is "
    "told.",
    references=("https://www.rfc-editor.org/rfc/rfc5322",),
    aliases=("hadolint:DL3058",),
    bad=(
        Example('FROM debian:13\nLABEL maintainer="not-email"\n', labels={"maintainer": "email"}),
    ),
    good=(
        Example(
            'FROM debian:13\nLABEL maintainer="jo@example.com"\n', labels={"maintainer": "email"}
        ),
        Example(
            'FROM debian:13\nLABEL maintainer="Jo <jo@example.com>"\n',
            labels={"maintainer": "email"},
        ),
        Example('FROM debian:13\nLABEL other="nobody"\n'),
    ),
)


MAIL = re.compile(r"\A(?:.*<)?[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+>?\Z")


def _is_valid(value: str) -> bool:
    return bool(MAIL.match(value))


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    yield from wrong_values(
        subject, rule, "email", _is_valid, "a mail address", "Write name@example.com"
    )
