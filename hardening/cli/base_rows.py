"""The base of an image and its rows, as values: what `drydock base` and the screen tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from hardening.cli.base_numbers import NOT_READ, Known, base_values_of, read_numbers, row_values_of
from hardening.dockerfile.model import Stage
from hardening.errors import InputError, UsageError
from hardening.facts.official import Tag, as_of, read
from hardening.model import Fix, Safety, Severity, fails
from hardening.rewrites.base_image import (
    Candidate,
    Risk,
    candidates,
    distroless,
    onward,
    releases_under,
    worries,
)
from hardening.rewrites.base_image_conditions import conditions
from hardening.rewrites.base_successor import java, successor
from hardening.rules.support import facts
from hardening.rules.support_better_base import move, runtime_base, why_not
from hardening.rules.support_images import Reference, external_bases
from hardening.subject import Subject

if TYPE_CHECKING:
    from hardening.cli.asking import Asked

SCHEMA = "drydock.base/1"
DEFAULT_PLATFORM = "linux/amd64"


@dataclass(frozen=True)
class Assessed:
    """The base and its rows. `old` is None when there is nothing to compare: `why` tells."""

    subject: Subject
    stage: Stage | None = None
    reference: Reference | None = None
    old: Tag | None = None
    rows: tuple[Candidate, ...] = ()
    asked: Mapping[str, Asked] = field(default_factory=dict)
    why: str = ""
    known: Known = NOT_READ
    """Vulnerabilities of the base and of the rows, as far as they were read."""
    local: Mapping[str, int] = field(default_factory=dict)
    """Images that the local engine holds, with their unpacked bytes."""

    def fix(self, row: Candidate) -> Fix | None:
        if self.stage is None or self.reference is None or self.old is None:
            return None
        found = move(self.subject, self.stage, self.reference, self.old, row)
        asked = self.asked.get(_name(self.reference, row))
        if found is not None and asked is not None and asked.missing:
            absent = fails("The registry has the image", asked.note)
            found = replace(found, preconditions=(*found.preconditions, absent))
        return found

    def why_not(self, row: Candidate) -> str:
        if self.stage is None or self.reference is None:
            return ""
        return why_not(self.subject, self.stage, self.reference, row)


def assess(
    subject: Subject, *, ask: bool, libc: bool, compare: bool = False, stage: str | None = None
) -> Assessed:
    """Rows for the base of the image that ships, or of one stage; `ask` asks registries, with
    `compare` for lists of packages too. Raises InputError and UsageError."""
    found = runtime_base(subject) if stage is None else _base_of_stage(subject, stage)
    if found is None:
        return Assessed(subject, why="The base is scratch, or named by a variable without a value")
    at, reference = found
    image, today = reference.official, subject.today or date.today()
    rows = list(candidates(image, reference.tag, today, libc=libc)) if reference.tag else []
    rows = rows or list(onward(image, reference.tag, today) if image and reference.tag else ())
    old = read(image, reference.tag) if image and "/" not in image else None
    if (next_one := successor(image, reference.tag, today)) is not None:
        old, rows = java(image, reference.tag), [next_one]
    if old is None and rows:
        old = Tag(image, reference.tag, "", "", frozenset())
    if old is None and ask and reference.tag:
        return _from_registry(subject, at, reference, today, sboms=compare)
    if old is None:
        why = "Only tags with a release of Docker Official Images are compared"
        why += "; with --ask-registry those that a registry lists" if reference.tag else ""
        return Assessed(subject, at, reference, why=why)
    other = distroless(image, reference.tag)
    rows += [other] if other is not None else []
    asked: dict[str, Asked] = {}
    if ask:
        subject, rows, asked = _ask_all(subject, at, reference, old, rows, sboms=compare)
    why = "" if rows else "No listed tag of the same kind is better"
    return Assessed(subject, at, reference, old, tuple(rows), asked, why)


def _from_registry(
    subject: Subject, at: Stage, reference: Reference, today: date, *, sboms: bool
) -> Assessed:
    """Rows for an image that is none of the official ones, from the tags beside it."""
    from hardening.cli.asking import listed_tags
    from hardening.rewrites.base_tags import from_tags, read_tag

    old = read_tag(reference.name, reference.tag)
    if old is None:
        why = "The tag does not begin with a version, so nothing can be compared"
        return Assessed(subject, at, reference, why=why)
    try:
        tags = listed_tags(reference.shown)
    except InputError as error:
        return Assessed(subject, at, reference, why=str(error))
    rows = list(from_tags(reference.name, reference.tag, tags.names, today))
    subject, rows, asked = _ask_all(subject, at, reference, old, rows, sboms=sboms)
    why = "" if rows else "No tag that the registry lists is newer and written in the same way"
    if not tags.complete:
        why = f"The registry lists more than {len(tags.names)} tags: not all were looked at"
    return Assessed(subject, at, reference, old, tuple(rows), asked, why)


def _base_of_stage(subject: Subject, name: str) -> tuple[Stage, Reference]:
    """By name or number, counted from 0 as the builder does."""
    bases = list(external_bases(subject))
    for stage, reference in bases:
        if name.lower() == stage.name or name == str(stage.index):
            return stage, reference
    known = ", ".join(stage.name or str(stage.index) for stage, _ in bases) or "none"
    raise UsageError(
        f"No stage {name} begins from an image", "", f"Stages that do: {known}"
    )  # fmt: skip


def other_bases(found: Assessed) -> list[tuple[Stage, Reference]]:
    """Bases of the file that the rows are not about, each once."""
    seen = {found.reference}
    others = []
    for stage, reference in external_bases(found.subject) if found.subject.dockerfile else ():
        if reference not in seen:
            seen.add(reference)
            others.append((stage, reference))
    return others


def ordered(found: Assessed) -> Assessed:
    """Least risk first; of one risk what people must do by hand last, and first what mends most
    more than it brings, severest counted first. What is not known keeps its place among those that
    gain nothing."""
    kept = sorted(found.rows, key=lambda row: _place(found, row))
    return replace(found, rows=tuple(kept))


def _place(found: Assessed, row: Candidate) -> tuple[int, bool, tuple[int, ...]]:
    fix = found.fix(row)
    by_hand = fix is None or fix.safety is Safety.MANUAL
    told = row_values_of(found.known, _name(found.reference, row)) if found.reference else {}
    numbers = told.get("vulnerabilities") or {}
    fixed, brought = numbers.get("fixed") or {}, numbers.get("brought") or {}
    gain = tuple(brought.get(word, 0) - count for word, count in fixed.items())
    gain = gain or (0,) * (len(Severity) + 1)
    return int(row.risk), by_hand, gain


def base_values(found: Assessed) -> dict[str, Any]:
    """The base, what is wrong with it, and its rows; None stands for what nobody knows."""
    today = found.subject.today or date.today()
    stage, dockerfile = found.stage, found.subject.dockerfile
    return {
        "schema": SCHEMA,
        "base": found.reference.shown if found.reference is not None else "",
        "stage": stage.name or str(stage.index) if stage is not None else None,
        "line": stage.origin.start_line if stage is not None and dockerfile else None,
        "worries": list(worries(found.old, today)) if found.old is not None else [],
        "over": _over(found.old, today),
        "lts_only": _lts_only(found.old, today),
        "ends": _ends(found.old) if found.old is not None else {},
        "vulnerabilities": base_values_of(found.known),
        "rows": [_row(found, row) for row in found.rows],
        "other_bases": [
            {"base": reference.shown, "stage": one.name or str(one.index)}
            for one, reference in other_bases(found)
        ],
        "not_assessed": found.why,
    }


def _over(tag: Tag | None, today: date) -> list[str]:
    return [one.said for one in releases_under(tag) if one.is_over(today)] if tag else []


def _lts_only(tag: Tag | None, today: date) -> list[str]:
    """`debian 12 since 2026-07-11`."""
    found = releases_under(tag) if tag is not None else ()
    return [
        f"{one.image} {one.cycle} since {one.full_until}" for one in found if one.is_lts_only(today)
    ]


def _ask_all(
    subject: Subject,
    stage: Stage,
    reference: Reference,
    old: Tag,
    rows: list[Candidate],
    *,
    sboms: bool,
) -> tuple[Subject, list[Candidate], dict[str, Asked]]:
    """The subject that knows the digests, the rows with a refresh where the pin is behind its tag,
    and what was said of each image."""
    from hardening.cli.asking import ask_registries

    names = [_name(reference, row) for row in rows]
    wanted = [*names, reference.shown] if reference.digest or sboms else names
    pins = {reference.shown: reference.digest} if reference.digest else {}
    asked = ask_registries(
        wanted, platform_of(subject, stage), sboms=sboms, pins=pins, local=subject.base_digests
    )
    now = asked.get(reference.shown)
    if now is not None and now.digest and reference.digest not in ("", now.digest):
        change = f"{reference.digest[:19]}... → {now.digest[:19]}..."
        gain = "what the tag names now"
        if now.pinned_platform:
            gain = f"every platform: the old digest is that of {now.pinned_platform} alone"
        rows = [Candidate(old, Risk.REFRESH, (change,), (gain,), source="registry"), *rows]
    digests = {name: one.digest for name, one in asked.items() if one.digest}
    subject = replace(subject, base_digests={**subject.base_digests, **digests})
    return subject, rows, asked


def platform_of(subject: Subject, stage: Stage) -> str:
    """Of the built image, else what FROM says, else the most usual one."""
    if subject.image is not None and subject.image.platform:
        return subject.image.platform
    written = stage.platform or DEFAULT_PLATFORM
    return DEFAULT_PLATFORM if "$" in written else written


def known_numbers(found: Assessed, *, read: bool) -> Known:
    """Vulnerabilities of the base from the image at hand, and with `read` those of the base and of
    the rows that the local engine holds."""
    if found.reference is None:
        return NOT_READ
    names = [_name(found.reference, row) for row in found.rows if found.stage is not None]
    platform = found.subject.image.platform if found.subject.image is not None else None
    base = found.reference.shown
    at_hand = found.subject.assessment
    lists = {name: one.sbom for name, one in found.asked.items() if one.sbom is not None}
    return read_numbers(
        base, names if read else [], at_hand, platform=platform, read_base=read, lists=lists
    )


def _name(reference: Reference, row: Candidate) -> str:
    return f"{row.name or reference.name}:{row.tag.text}"


def _ends(tag: Tag) -> dict[str, str | None]:
    return {
        f"{one.image} {one.cycle}": one.ends.isoformat() if one.ends else None
        for one in releases_under(tag)
    }


def _row(found: Assessed, row: Candidate) -> dict[str, Any]:
    fix = found.fix(row)
    reference, stage, old = found.reference, found.stage, found.old
    if reference is None or stage is None or old is None:
        raise AssertionError("rows have a base")
    dockerfile = facts(found.subject).dockerfile
    needs = conditions(dockerfile, stage, old, row, found.subject.image)
    name = _name(reference, row)
    asked = found.asked.get(name)
    size = asked.size if asked is not None else None
    values = {
        "image": name,
        "risk": row.risk.label,
        "class": row.risk.name.lower(),
        "changes": list(row.changes),
        "gains": list(row.gains),
        "ends": _ends(row.tag),
        "source": row.source or f"list of official images of {as_of()}",
        "digest": asked.digest if asked is not None else None,
        "download_bytes": size,
        "download_source": "registry" if size is not None else None,
        **row_values_of(found.known, name),
        "local": name in found.local,
        "registry_note": asked.note if asked is not None else "",
        "safety": fix.safety.label if fix is not None else None,
        "fix": fix.name if fix is not None else None,
        "no_fix": found.why_not(row),
        "preconditions": [
            {"statement": one.statement, "verdict": one.verdict.value, "evidence": one.evidence}
            for one in (fix.preconditions if fix is not None else needs)
        ],
    }
    if values["size_bytes"] is None:
        values["size_bytes"] = found.local.get(name)
    if found.local and not values["local"] and name not in found.known.rows:
        values["vulnerabilities_note"] = f"not in the local engine: docker pull {name}, --compare"
    return values
