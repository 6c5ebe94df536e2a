"""Kinds of secrets that a reader of one file finds; the automaton does not know them."""

from __future__ import annotations

from hardening.model import Severity
from hardening.secrets.formats import Format

_CHANGE = "Change it where it is checked, and keep the file out of images."


def kind_of_file(identifier: str, title: str, severity: Severity) -> Format:
    return Format(
        id=identifier,
        title=title,
        provider="",
        pattern=b"",
        severity=severity,
        rotate=_CHANGE,
        keywords=(),
        trigger=b"",
        bounded=False,
    )
