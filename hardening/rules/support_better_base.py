"""Choosing a better base as a fix: every stage that has the base moves, or none does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hardening.dockerfile.expansion import expand, global_scope, references
from hardening.dockerfile.model import Dockerfile, Stage
from hardening.facts.official import Tag, listed, read
from hardening.model import Edit, Fix, Precondition, Verdict, fails, holds, unknown
from hardening.rewrites.base_image import Candidate, Risk
from hardening.rewrites.base_image_conditions import PLAIN_SYSTEMS, all_hold, conditions
from hardening.rules.support import facts
from hardening.rules.support_images import (
    Reference,
    external_bases,
    local_digest,
    parse_reference,
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
    """The fix that moves to a row; None when it cannot be written down: `why_not` tells."""
    found = _written(subject, stage, reference, row)
    if isinstance(found, str):
        return None
    name, dockerfile = row.name or reference.name, facts(subject).dockerfile
    needs = [
        one
        for each in _same(subject, found, stage, reference, row)
        for one in conditions(dockerfile, each, old, row, subject.image)
    ]
    needs += [*_arguments(subject, reference, found), *_copied(subject, reference)]
    return Fix(
        name_of(row),
        f"Move to {name}:{row.tag.text}" + (" by its digest" if found.digest else ""),
        found.edits,
        _worst(needs),
        f"{'; '.join(row.gains)} ({row.risk.label}: {'; '.join(row.changes)}).",
    )


def why_not(subject: Subject, stage: Stage, reference: Reference, row: Candidate) -> str:
    """Why `move` has no fix for a row, "" where it has one."""
    found = _written(subject, stage, reference, row)
    return found if isinstance(found, str) else ""


def name_of(row: Candidate) -> str:
    """`patch-3-12-14-slim`, in a word."""
    head, name = row.risk.name.lower(), row.tag.text
    if row.successor:
        head, name = "successor", f"{row.name} {row.tag.text}"
    elif row.name:
        head, name = "distroless", row.name.rpartition("/")[2]
    tag = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return f"{head}-{tag}"


@dataclass(frozen=True)
class _Move:
    """What is written for all stages together."""

    edits: tuple[Edit, ...]
    arguments: dict[str, str]
    digest: str


def _written(subject: Subject, stage: Stage, reference: Reference, row: Candidate) -> _Move | str:
    """The edits, or why there are none."""
    from hardening.rewrites.base_edits import ImageName, Unwritable, rewritten

    name = row.name or reference.name
    wanted = parse_reference(f"{name}:{row.tag.text}")
    digest = local_digest(subject, wanted) if wanted is not None else None
    if reference.digest and digest is None:
        return "FROM has a digest, and that of the new image is not known"
    stages = _stages(subject, stage, reference, row)
    if digest and not reference.digest and not all(_holds_digest(one) for one in stages):
        digest = None
    old = ImageName(reference.name, reference.tag, reference.digest)
    new = ImageName(name, row.tag.text, digest or "")
    edits, arguments = dict[Edit, None](), dict[str, str]()
    for one in stages:
        found = rewritten(facts(subject).dockerfile, one, old, new, subject.build_args)
        if isinstance(found, Unwritable):
            return found.why
        edits |= dict.fromkeys(found.edits)
        arguments |= found.arguments
    if len({(one.path, one.span) for one in edits}) < len(edits):
        return "An argument would need two values"
    return _Move(tuple(edits), arguments, digest or "")


def _stages(subject: Subject, stage: Stage, reference: Reference, row: Candidate) -> list[Stage]:
    """All that begin with the same base move together; another flavour of the same C library is
    for the stage alone that ships, the others may need what it lacks."""
    if row.risk is Risk.FLAVOUR and not row.libc_changes and not row.successor:
        return [stage]
    return [one for one, other in external_bases(subject) if other == reference]


_ENDS_IN_VARIABLE = re.compile(r"\A(?:[^$]*:)?\$(?:\w+|\{\w+\})\Z")


def _holds_digest(stage: Stage) -> bool:
    """Whether a digest may follow: not behind a tag that a build argument may replace, since the
    digest would win without a word."""
    return "$" not in stage.base.text or bool(_ENDS_IN_VARIABLE.match(stage.base.text))


def _same(
    subject: Subject, found: _Move, stage: Stage, reference: Reference, row: Candidate
) -> list[Stage]:
    """The stages with this base that move, those too that an argument takes along."""
    moved = _stages(subject, stage, reference, row)
    indexes = {one.index for one in moved}
    others = [one for one, other in external_bases(subject) if other == reference]
    return [*moved, *(
        one for one in others
        if one.index not in indexes and references(one.base.raw) & found.arguments.keys()
    )]  # fmt: skip


def _arguments(subject: Subject, reference: Reference, found: _Move) -> Iterator[Precondition]:
    """What else the arguments that change are used for."""
    dockerfile = facts(subject).dockerfile
    for name in found.arguments:
        statement = "The argument is used for this base only"
        others = [
            (one, other)
            for one, other in external_bases(subject)
            if other != reference and name in references(one.base.raw)
        ]
        if others:
            yield _taken_along(subject, found, others)
            continue
        bases = sum(name in references(one.base.raw) for one in dockerfile.stages)
        uses = len(re.findall(rf"\$\{{?{re.escape(name)}\b", dockerfile.text))
        if uses == bases and _declarations(dockerfile, name) <= 1:
            evidence = f"ARG {name} is used by {bases} FROM and by nothing else"
            yield holds(statement, evidence)
        else:
            yield unknown(statement, f"ARG {name}")


def _taken_along(
    subject: Subject, found: _Move, others: list[tuple[Stage, Reference]]
) -> Precondition:
    """The other images that an argument changes too: they must exist."""
    dockerfile = facts(subject).dockerfile
    scope = global_scope(dockerfile.instructions, subject.build_args, dockerfile.escape)
    scope |= found.arguments
    texts = []
    for stage, _ in others:
        text = expand(stage.base.raw, scope, dockerfile.escape) or ""
        other = parse_reference(text)
        if other is not None and other.digest:
            return fails("No other base takes the same argument", f"{text} would not be that image")
        if other is not None and not _may_exist(other):
            return fails("Every base that takes the argument exists", f"{text} is not listed")
        texts.append(text or stage.base.value)
    return unknown("What other stages do fits their new base", f"They move to {', '.join(texts)}")


def _may_exist(reference: Reference) -> bool:
    """False for a tag that an official image with known tags does not have."""
    known = listed(reference.official) if reference.official else ()
    tag = read(reference.official, reference.tag) if known else None
    if not known or (tag is not None and tag.precision > 1 + tag.release.count(".")):
        return True
    return tag is not None and tag.text in {one.text for one in known}


def _copied(subject: Subject, reference: Reference) -> Iterator[Precondition]:
    """COPY --from=IMAGE names the base a second time, and stays as it is."""
    for one in facts(subject).dockerfile.instructions:
        flag = one.flag("from") if one.keyword == "COPY" else None
        if flag is not None and flag.value and parse_reference(flag.value) == reference:
            yield unknown(
                "What is copied from the old image fits the new one",
                f"Line {one.start_line} copies from {reference.shown}",
            )


def _worst(needs: list[Precondition]) -> tuple[Precondition, ...]:
    """Each statement once, with the worst verdict that a stage gave it."""
    order = (Verdict.HOLDS, Verdict.UNKNOWN, Verdict.FAILS)
    found: dict[str, Precondition] = {}
    for one in needs:
        before = found.get(one.statement)
        if before is None or order.index(one.verdict) > order.index(before.verdict):
            found[one.statement] = one
    return tuple(found.values())


def _declarations(dockerfile: Dockerfile, name: str) -> int:
    pairs: Iterator[str] = (
        pair.key for one in dockerfile.instructions if one.keyword == "ARG" for pair in one.pairs
    )
    return sum(key == name for key in pairs)
