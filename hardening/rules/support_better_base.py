"""Choosing a better base as a fix: every stage that has the base moves, or none does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from hardening.dockerfile.edits import replace_span
from hardening.dockerfile.model import Dockerfile, Stage
from hardening.facts.official import Tag, read
from hardening.model import Edit, Fix, Precondition, Span, holds, unknown
from hardening.rewrites.base_image import Candidate, Risk
from hardening.rewrites.base_image_conditions import PLAIN_SYSTEMS, all_hold, conditions
from hardening.rules.support import facts
from hardening.rules.support_images import (
    Reference,
    argument_edit,
    external_bases,
    local_digest,
    tag_span,
)
from hardening.subject import Subject


def runtime_base(subject: Subject) -> tuple[Stage, Reference] | None:
    """The stage with the FROM that the shipped image begins with, when it names an image."""
    dockerfile = facts(subject).dockerfile
    final = dockerfile.final_stage
    if final is None:
        return None
    root = dockerfile.chain(final)[0]
    return next((one for one in external_bases(subject) if one[0].index == root.index), None)


@dataclass(frozen=True)
class Known:
    """The base that ships, where it is a known tag of an official image."""

    stage: Stage
    reference: Reference
    old: Tag

    def move(self, subject: Subject, row: Candidate) -> Fix | None:
        return move(subject, self.stage, self.reference, self.old, row)


def known_base(subject: Subject) -> Known | None:
    """None for a base that is another's image, or a tag that nothing is known of."""
    found = runtime_base(subject)
    if found is None:
        return None
    stage, reference = found
    image = reference.official
    old = read(image, reference.tag) if image and "/" not in image else None
    return None if old is None else Known(stage, reference, old)


def slimmer(subject: Subject, known: Known, rows: tuple[Candidate, ...]) -> Candidate | None:
    """The slim row when the image that was read shows that it would do. Debian's own lacks only
    documentation: not worth a word."""
    image = subject.image
    if image is None or not image.files_read or known.old.image in PLAIN_SYSTEMS:
        return None
    dockerfile = facts(subject).dockerfile
    for row in rows:
        if row.risk is Risk.FLAVOUR and all_hold(
            conditions(dockerfile, known.stage, known.old, row, image)
        ):
            return row
    return None


def move(
    subject: Subject, stage: Stage, reference: Reference, old: Tag, row: Candidate
) -> Fix | None:
    """The fix that moves to a row; None when it cannot be written down (a variable, a pin whose
    new digest is not known)."""
    if row.name or row.libc_changes:
        return None
    digest = local_digest(subject, replace(reference, tag=row.tag.text, digest=""))
    if reference.digest and digest is None:
        return None
    found = _edits(subject, reference, row.tag.text, digest)
    if found is None:
        return None
    edits, more = found
    return Fix(
        name_of(row),
        f"Move to {reference.name}:{row.tag.text}" + (" by its digest" if digest else ""),
        edits,
        (*conditions(facts(subject).dockerfile, stage, old, row, subject.image), *more),
        f"{'; '.join(row.gains)} ({row.risk.label}: {'; '.join(row.changes)}).",
    )


def name_of(row: Candidate) -> str:
    """`patch-3-12-14-slim`, in a word."""
    tag = re.sub(r"[^a-z0-9]+", "-", row.tag.text.lower()).strip("-")
    return f"{row.risk.name.lower()}-{tag}"


def _edits(
    subject: Subject, reference: Reference, tag: str, digest: str | None
) -> tuple[tuple[Edit, ...], tuple[Precondition, ...]] | None:
    dockerfile = facts(subject).dockerfile
    stages = [one for one, other in external_bases(subject) if other == reference]
    edits, arguments = dict[Edit, None](), dict[str, None]()
    for stage in stages:
        found = _edit(dockerfile, stage, reference, tag, digest)
        if found is None:
            return None
        edits[found[0]] = None
        if found[1]:
            arguments[found[1]] = None
    return tuple(edits), tuple(_argument(dockerfile, name, len(stages)) for name in arguments)


def _edit(
    dockerfile: Dockerfile, stage: Stage, reference: Reference, tag: str, digest: str | None
) -> tuple[Edit, str] | None:
    pinned = f"{tag}@{digest}" if digest else tag
    span = tag_span(stage)
    if span is not None:
        return replace_span(dockerfile, Span(span.start, stage.base.span.end), pinned), ""
    wanted = (f"{reference.name}:{pinned}", f"{reference.name}:{tag}")
    tries = wanted[:1] if reference.digest else wanted
    found = (argument_edit(dockerfile, stage, text) for text in tries)
    return next((one for one in found if one is not None), None)


def _argument(dockerfile: Dockerfile, name: str, stages: int) -> Precondition:
    statement = "The argument is used for this base only"
    uses = len(re.findall(rf"\$\{{?{re.escape(name)}\b", dockerfile.text))
    declared = _declarations(dockerfile, name)
    if uses == stages and declared == 1:
        return holds(statement, f"ARG {name} is used by {uses} FROM and by nothing else")
    return unknown(statement, f"ARG {name}")


def _declarations(dockerfile: Dockerfile, name: str) -> int:
    pairs: Iterator[str] = (
        pair.key for one in dockerfile.instructions if one.keyword == "ARG" for pair in one.pairs
    )
    return sum(key == name for key in pairs)
