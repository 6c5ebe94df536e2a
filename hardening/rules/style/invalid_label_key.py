"""A label key that Docker does not allow or keeps for itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Profile, Rule
from hardening.rules.support_labels import labels
from hardening.subject import Subject

VALID = re.compile(r"\A[a-z](?:[a-z0-9]|[.-](?=[a-z0-9]))*\Z")
RESERVED = ("com.docker.", "io.docker.", "org.dockerproject.")
DOCUMENTED = ("com.docker.compose.", "com.docker.desktop.", "com.docker.extension.")

rule = Rule(
    title="Use label keys that tools can read",
    severity=Severity.INFO,
    profile=Profile.ALL,
    why="Keys outside the documented form are skipped or misread by tools that sort, filter or "
    "police images by label; those of Docker's own may be overwritten.",
    references=("https://docs.docker.com/engine/manage-resources/labels/",),
    aliases=("hadolint:DL3048",),
    bad=(
        Example('FROM debian:13\nLABEL com.docker.label="x"\n'),
        Example('FROM debian:13\nLABEL -invalid="x"\n'),
        Example('FROM debian:13\nLABEL in..valid="x"\n'),
    ),
    good=(
        Example('FROM debian:13\nLABEL org.valid-key.label3="x"\n'),
        Example('FROM debian:13\nLABEL valid="x"\n'),
        Example('FROM debian:13\nLABEL $KEY="x"\n'),
        Example('FROM debian:13\nLABEL io.k8s.display-name="x"\n'),
        Example('FROM debian:13\nLABEL com.docker.extension.publisher-url="x"\n'),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for label in labels(subject):
        key = label.key
        if key.startswith("$") or "${" in key:
            continue
        reserved = key.startswith(RESERVED) and not key.startswith(DOCUMENTED)
        if VALID.match(key) and not reserved:
            continue
        reason = (
            "is in a name space that Docker keeps for itself" if reserved else "is not a valid key"
        )
        yield rule.finding(
            subject,
            f"The label {key} {reason}",
            at=label.pair.span,
            about=key,
            tip="Use lower-case letters, digits, dots and dashes, under a domain of your own",
        )
