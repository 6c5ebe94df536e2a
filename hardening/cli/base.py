"""`drydock base`: which base image would be better, as rows to choose from."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from hardening.cli import codes
from hardening.cli.opening import open_named
from hardening.errors import InputError, UsageError
from hardening.facts.official import Tag, read
from hardening.model import Fix, Precondition
from hardening.opening.base_digests import with_base_digests
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

if TYPE_CHECKING:
    from hardening.cli.asking import Asked

UNKNOWN = "unknown"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What only this command takes."""
    parser.add_argument("path", metavar="PATH", help="a Dockerfile, a Compose file or a folder")
    parser.add_argument(
        "--ask-registry", action="store_true", help="ask for the digest and size of every row"
    )
    parser.add_argument(
        "--libc", action="store_true", help="also rows that change the C library (musl)"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.set_defaults(profile=None)


def base(options: argparse.Namespace) -> int:
    """Print the rows for the base of the image that ships. Raises UsageError and InputError."""
    if options.ask_registry and options.offline:
        raise UsageError("--ask-registry needs the network", "--offline was given", "Drop one.")
    subject = open_named(options.path, options)
    if subject.dockerfile is None:
        raise InputError(f"{options.path} has no Dockerfile", "", "Name one.")
    if not options.offline:
        subject = with_base_digests(subject)
    values = base_values(subject, ask=options.ask_registry, libc=options.libc)
    if options.format == "json":
        sys.stdout.write(json.dumps(values, indent=2) + "\n")
    else:
        for line in _lines(values):
            print(printable(line))
    return codes.CLEAN


def base_values(subject: Subject, *, ask: bool, libc: bool) -> dict[str, Any]:
    """The base, what is wrong with it, and its rows; None stands for what nobody knows."""
    found = runtime_base(subject)
    if found is None:
        return _nothing("", "The base is another stage, scratch, or named by a variable")
    _, reference = found
    image = reference.official
    old = read(image, reference.tag) if image and "/" not in image else None
    if old is None:
        why = "Only tags with a release of Docker Official Images are compared"
        return _nothing(reference.shown, why)
    today = subject.today or date.today()
    rows = list(candidates(image, reference.tag, today, libc=libc))
    other = distroless(image, reference.tag)
    rows += [other] if other is not None else []
    asked: dict[str, Asked] = {}
    if ask:
        subject, rows, asked = _ask_all(subject, reference, old, rows)
    return {
        "base": reference.shown,
        "worries": list(worries(old, today)),
        "ends": _ends(old),
        "rows": [
            _row(subject, reference, old, row, asked.get(_name(reference, row))) for row in rows
        ],
        "not_assessed": "" if rows else "No listed tag of the same kind is better",
    }


def _nothing(shown: str, why: str) -> dict[str, Any]:
    return {"base": shown, "worries": [], "ends": {}, "rows": [], "not_assessed": why}


def _ask_all(
    subject: Subject, reference: Reference, old: Tag, rows: list[Candidate]
) -> tuple[Subject, list[Candidate], dict[str, Asked]]:
    """The subject that knows the digests, the rows with a refresh where the pin is behind its tag,
    and what was said of each image."""
    from hardening.cli.asking import ask_registries

    found = runtime_base(subject)
    platform = (found[0].platform if found else None) or "linux/amd64"
    platform = "linux/amd64" if "$" in platform else platform
    if subject.image is not None:
        platform = subject.image.platform or platform
    names = [_name(reference, row) for row in rows]
    asked = ask_registries([*names, reference.shown] if reference.digest else names, platform)
    now = asked.get(reference.shown)
    if now is not None and now.digest and now.digest != reference.digest:
        change = f"{reference.digest[:19]}... → {now.digest[:19]}..."
        refresh = Candidate(old, Risk.REFRESH, (change,), ("what the tag names now",))
        rows = [replace(refresh, source="registry"), *rows]
    digests = {name: one.digest for name, one in asked.items() if one.digest}
    subject = replace(subject, base_digests={**subject.base_digests, **digests})
    return subject, rows, asked


def _name(reference: Reference, row: Candidate) -> str:
    return f"{row.name or reference.name}:{row.tag.text}"


def _ends(tag: Tag) -> dict[str, str | None]:
    return {
        f"{one.image} {one.cycle}": one.ends.isoformat() if one.ends else None
        for one in releases_under(tag)
    }


def _row(
    subject: Subject, reference: Reference, old: Tag, row: Candidate, asked: Asked | None
) -> dict[str, Any]:
    found = runtime_base(subject)
    stage = found[0] if found is not None else None
    fix: Fix | None = None
    needs: tuple[Precondition, ...] = ()
    if stage is not None:
        dockerfile = facts(subject).dockerfile
        needs = conditions(dockerfile, stage, old, row, subject.image)
        fix = move(subject, stage, reference, old, row)
    size = asked.size if asked is not None else None
    return {
        "image": _name(reference, row),
        "risk": row.risk.label,
        "class": row.risk.name.lower(),
        "changes": list(row.changes),
        "gains": list(row.gains),
        "ends": _ends(row.tag),
        "source": row.source,
        "digest": asked.digest if asked is not None else None,
        "download_bytes": size,
        "download_source": "registry" if size is not None else None,
        "vulnerabilities": None,
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
    lines += [f"  ! {one}" for one in values["worries"]]
    for row in values["rows"]:
        size = UNKNOWN if row["download_bytes"] is None else human_size(row["download_bytes"])
        patch = f"patch {row['safety']}" if row["fix"] else "no patch"
        lines += [
            "",
            f"{row['risk']} {row['image']} ({row['class']}, {patch})",
            f"   changes: {'; '.join(row['changes'])}",
            f"   gains: {'; '.join(row['gains'])}",
            f"   ends: {_dates(row['ends'])}",
            f"   download: {size}; vulnerabilities: {UNKNOWN}",
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
