"""Which findings are about a secret value that `drydock.toml` allows by its SHA-256."""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256

from hardening.model import FilePlace, Finding, Ignored
from hardening.settings import AllowedSecret
from hardening.subject import Subject

_PREFIX = re.compile(r"[0-9a-f]{12}")
"""What the secret rules name a value by: the first digits of its SHA-256."""


def by_allowed_secret(
    subject: Subject, finding: Finding, allowed: list[AllowedSecret]
) -> Ignored | None:
    """The finding as ignored when every value that it is about is allowed."""
    if not allowed or "secret" not in finding.rule:
        return None
    entries: list[AllowedSecret] = []
    for digest in _digests(subject, finding):
        entry = next((one for one in allowed if one.sha256.startswith(digest)), None)
        if entry is None:
            return None
        entries.append(entry)
    if not entries:
        return None
    first = entries[0]
    return Ignored(finding, first.where, first.reason, first.expires)


def _digests(subject: Subject, finding: Finding) -> Iterator[str]:
    """SHA-256 digests, or their first twelve digits, of the values of a finding."""
    if _PREFIX.fullmatch(finding.subject):
        yield finding.subject
        return
    dockerfile = subject.dockerfile
    if dockerfile is None:
        return
    for place in finding.places:
        if not isinstance(place, FilePlace) or place.path != dockerfile.path:
            continue
        instruction = dockerfile.instruction_at(place.span.start)
        for pair in instruction.pairs if instruction is not None else ():
            if pair.key == finding.subject and pair.value is not None:
                value = pair.value.value.encode("utf-8", "surrogateescape")
                yield sha256(value).hexdigest()
