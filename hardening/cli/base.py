"""`drydock base`: which base image would be better, as rows to choose from."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from hardening.cli import codes
from hardening.cli.base_numbers import (
    NOT_READ,
    UNKNOWN,
    Known,
    base_values_of,
    base_words,
    read_numbers,
    row_values_of,
    row_words,
)
from hardening.cli.opening import open_named
from hardening.dockerfile.model import Stage
from hardening.errors import InputError, UsageError
from hardening.facts.official import Tag, as_of, read
from hardening.model import Fix, Safety, Verdict
from hardening.opening.base_digests import with_base_digests
from hardening.replay import edited
from hardening.reports.layers import human_size
from hardening.reports.plain import printable
from hardening.rewrites.base_image import (
    Candidate,
    Risk,
    candidates,
    distroless,
    releases_under,
    worries,
)
from hardening.rewrites.base_image_conditions import conditions
from hardening.rules.support import facts
from hardening.rules.support_better_base import move, runtime_base
from hardening.rules.support_images import Reference
from hardening.subject import Subject
from hardening.workspace import Workspace

if TYPE_CHECKING:
    from hardening.cli.asking import Asked


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What only this command takes."""
    parser.add_argument("path", metavar="PATH", help="a Dockerfile, a Compose file or a folder")
    parser.add_argument(
        "--ask-registry", action="store_true", help="ask for the digest and size of every row"
    )
    parser.add_argument(
        "--compare",
        action="store_true",
        help="compare vulnerabilities: of rows that the local engine holds, and with "
        "--ask-registry of those whose builder attached a list of packages",
    )
    parser.add_argument(
        "--libc", action="store_true", help="also rows that change the C library (musl)"
    )
    parser.add_argument("--choose", metavar="FIX", help="print the patch of one row")
    parser.add_argument("--write", action="store_true", help="write the chosen patch")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.set_defaults(profile=None)


def base(options: argparse.Namespace) -> int:
    """Print the rows for the base of the image that ships. Raises UsageError and InputError."""
    if options.write and options.choose is None:
        raise UsageError("--write needs a row", "", "Name one with --choose FIX.")
    if options.ask_registry and options.offline:
        raise UsageError("--ask-registry needs the network", "--offline was given", "Drop one.")
    if options.compare and options.offline:
        raise UsageError("--compare asks the engine", "--offline was given", "Drop one.")
    subject = open_named(options.path, options)
    if subject.dockerfile is None:
        raise InputError(f"{options.path} has no Dockerfile", "", "Name one.")
    if not options.offline:
        subject = with_base_digests(subject)
    found = assess(subject, ask=options.ask_registry, libc=options.libc, compare=options.compare)
    if options.compare or subject.assessment is not None:
        found = replace(found, known=known_numbers(found, read=options.compare))
    if options.choose is not None:
        return _choose(found, options.choose, write=options.write)
    values = base_values(found)
    if options.format == "json":
        sys.stdout.write(json.dumps(values, indent=2) + "\n")
    else:
        for line in _lines(values):
            print(printable(line))
    return codes.CLEAN


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

    def fix(self, row: Candidate) -> Fix | None:
        if self.stage is None or self.reference is None or self.old is None:
            return None
        return move(self.subject, self.stage, self.reference, self.old, row)


def assess(subject: Subject, *, ask: bool, libc: bool, compare: bool = False) -> Assessed:
    """Rows for the base of the image that ships; `ask` asks registries, with `compare` for lists
    of packages too. Raises InputError."""
    found = runtime_base(subject)
    if found is None:
        return Assessed(subject, why="The base is scratch, or named by a variable without a value")
    stage, reference = found
    image = reference.official
    old = read(image, reference.tag) if image and "/" not in image else None
    if old is None:
        why = "Only tags with a release of Docker Official Images are compared"
        return Assessed(subject, stage, reference, why=why)
    rows = list(candidates(image, reference.tag, subject.today or date.today(), libc=libc))
    other = distroless(image, reference.tag)
    rows += [other] if other is not None else []
    asked: dict[str, Asked] = {}
    if ask:
        subject, rows, asked = _ask_all(subject, stage, reference, old, rows, sboms=compare)
    why = "" if rows else "No listed tag of the same kind is better"
    return Assessed(subject, stage, reference, old, tuple(rows), asked, why)


def base_values(found: Assessed) -> dict[str, Any]:
    """The base, what is wrong with it, and its rows; None stands for what nobody knows."""
    today = found.subject.today or date.today()
    return {
        "base": found.reference.shown if found.reference is not None else "",
        "worries": list(worries(found.old, today)) if found.old is not None else [],
        "ends": _ends(found.old) if found.old is not None else {},
        "vulnerabilities": base_values_of(found.known),
        "rows": [_row(found, row) for row in found.rows],
        "not_assessed": found.why,
    }


def _choose(found: Assessed, name: str, *, write: bool) -> int:
    """Print or write the patch of one row."""
    fixes = {fix.name: fix for row in found.rows if (fix := found.fix(row)) is not None}
    fix = fixes.get(name)
    if fix is None:
        known = ", ".join(fixes) or "none can be written down"
        raise UsageError(f"There is no patch called {name}", "", f"Choose from: {known}")
    if fix.safety is Safety.MANUAL:
        failed = next(one for one in fix.preconditions if one.verdict is Verdict.FAILS)
        raise UsageError(f"{name} is for people to make", failed.statement, failed.evidence)
    subject = found.subject
    after, _ = edited(subject.texts, {}, fix.edits)
    workspace = Workspace(subject.root, subject.texts, after)
    if not write:
        sys.stdout.write(workspace.diff())
        return codes.CLEAN
    from hardening.writing import write as write_files

    for file in write_files(workspace).files:
        print(printable(f"wrote {file}"))
    return codes.CLEAN


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

    platform = stage.platform or "linux/amd64"
    platform = "linux/amd64" if "$" in platform else platform
    if subject.image is not None:
        platform = subject.image.platform or platform
    names = [_name(reference, row) for row in rows]
    wanted = [*names, reference.shown] if reference.digest or sboms else names
    asked = ask_registries(wanted, platform, sboms=sboms)
    now = asked.get(reference.shown)
    if now is not None and now.digest and reference.digest not in ("", now.digest):
        change = f"{reference.digest[:19]}... → {now.digest[:19]}..."
        refresh = Candidate(old, Risk.REFRESH, (change,), ("what the tag names now",))
        rows = [replace(refresh, source="registry"), *rows]
    digests = {name: one.digest for name, one in asked.items() if one.digest}
    subject = replace(subject, base_digests={**subject.base_digests, **digests})
    return subject, rows, asked


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
    asked = found.asked.get(_name(reference, row))
    size = asked.size if asked is not None else None
    return {
        "image": _name(reference, row),
        "risk": row.risk.label,
        "class": row.risk.name.lower(),
        "changes": list(row.changes),
        "gains": list(row.gains),
        "ends": _ends(row.tag),
        "source": row.source or f"list of official images of {as_of()}",
        "digest": asked.digest if asked is not None else None,
        "download_bytes": size,
        "download_source": "registry" if size is not None else None,
        **row_values_of(found.known, _name(reference, row)),
        "registry_note": asked.note if asked is not None else "",
        "safety": fix.safety.label if fix is not None else None,
        "fix": fix.name if fix is not None else None,
        "preconditions": [
            {"statement": one.statement, "verdict": one.verdict.value, "evidence": one.evidence}
            for one in needs
        ],
    }


def _lines(values: dict[str, Any]) -> list[str]:
    lines = [f"{values['base'] or 'No base image'}: ends {_dates(values['ends'])}"]
    lines += [f"  vulnerabilities: {base_words(values['vulnerabilities'])}"]
    lines += [f"  ! {one}" for one in values["worries"]]
    for row in values["rows"]:
        size = UNKNOWN if row["download_bytes"] is None else human_size(row["download_bytes"])
        patch = f"{row['safety']} fix {row['fix']}" if row["fix"] else "no patch"
        lines += [
            "",
            f"{row['risk']} {row['image']} ({row['class']}, {patch})",
            f"   changes: {'; '.join(row['changes'])}",
            f"   gains: {'; '.join(row['gains'])}",
            f"   ends: {_dates(row['ends'])}",
            f"   download: {size}; vulnerabilities: {row_words(row)}",
            f"   source: {row['source']}",
        ]
        lines += [f"   digest: {row['digest']}"] if row["digest"] else []
        lines += [f"   registry: {row['registry_note']}"] if row["registry_note"] else []
        lines += [
            f"   {one['verdict']}: {one['statement']} ({one['evidence']})"
            for one in row["preconditions"]
        ]
    if values["not_assessed"]:
        lines.append(values["not_assessed"])
    return lines


def _dates(ends: dict[str, str | None]) -> str:
    return ", ".join(f"{name} {day or UNKNOWN}" for name, day in ends.items()) or UNKNOWN
