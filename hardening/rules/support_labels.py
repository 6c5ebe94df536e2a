"""Labels of a Dockerfile and what their values should look like."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from hardening.dockerfile.model import KeyValue
from hardening.model import Finding
from hardening.rules.frame import Rule
from hardening.rules.support import Placed, facts
from hardening.subject import Subject

OCI = "org.opencontainers.image."
KNOWN = {
    OCI + "created": "rfc3339",
    OCI + "url": "url",
    OCI + "documentation": "url",
    OCI + "source": "url",
    OCI + "licenses": "spdx",
    "org.label-schema.build-date": "rfc3339",
    "org.label-schema.url": "url",
    "org.label-schema.vcs-url": "url",
    "org.label-schema.vcs-ref": "hash",
    "org.label-schema.schema-version": "semver",
}
"""Keys whose meaning the OCI image specification (annotations) or label-schema.org fixes."""


class Label(NamedTuple):
    placed: Placed
    pair: KeyValue

    @property
    def key(self) -> str:
        return self.pair.key.strip("\"'")

    @property
    def value(self) -> str:
        return self.pair.value.value if self.pair.value is not None else ""


def labels(subject: Subject) -> Iterator[Label]:
    for placed in facts(subject).all("LABEL"):
        for pair in placed.instruction.pairs:
            yield Label(placed, pair)


def schema(subject: Subject) -> dict[str, str]:
    """Label key → kind that the project asks for in its settings; empty without any."""
    return dict(subject.settings.labels) if subject.settings is not None else {}


def kind_of(subject: Subject, key: str) -> str:
    """`url`, `rfc3339`, `spdx`, `hash`, `semver`, `email`, `text`, or "" when nobody says."""
    return schema(subject).get(key) or KNOWN.get(key, "")


def wrong_values(
    subject: Subject, rule: Rule, kind: str, is_valid: Callable[[str], bool], name: str, tip: str
) -> Iterator[Finding]:
    """Labels of one kind whose literal value is not of it."""
    for label in labels(subject):
        value = label.value
        if kind_of(subject, label.key) != kind or "$" in value or not value.strip():
            continue
        if not is_valid(value.strip()):
            yield rule.finding(
                subject,
                f"The value of {label.key} is not {name}",
                at=label.pair.span,
                about=label.key,
                tip=tip,
            )
