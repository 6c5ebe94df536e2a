"""`drydock base`: which base image would be better, as rows to choose from."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from datetime import date
from typing import Any

from hardening.cli import codes
from hardening.cli.opening import open_named
from hardening.errors import InputError, UsageError
from hardening.facts.official import Tag, read
from hardening.model import Fix, Precondition
from hardening.opening.base_digests import with_base_digests
from hardening.reports.layers import human_size
from hardening.reports.plain import printable
from hardening.rewrites.base_image import Candidate, candidates, distroless, releases_under, worries
from hardening.rewrites.base_image_conditions import conditions
from hardening.rules.support import facts
from hardening.rules.support_better_base import move, runtime_base
from hardening.rules.support_images import Reference, parse_reference
from hardening.subject import Subject

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
    asked = {row: _ask(subject, reference, row) for row in rows} if ask else {}
    pinned = {
        f"{reference.name}:{row.tag.text}": digest
        for row, (digest, _, _) in asked.items()
        if digest and not row.name
    }
    if pinned:
        subject = replace(subject, base_digests={**subject.base_digests, **pinned})
    return {
        "base": reference.shown,
        "worries": list(worries(old, today)),
        "ends": _ends(old),
        "rows": [_row(subject, reference, old, row, asked.get(row)) for row in rows],
        "not_assessed": "" if rows else "No listed tag of the same kind is better",
    }


def _nothing(shown: str, why: str) -> dict[str, Any]:
    return {"base": shown, "worries": [], "ends": {}, "rows": [], "not_assessed": why}


Asked = tuple[str | None, int | None, str]


def _ask(subject: Subject, reference: Reference, row: Candidate) -> Asked:
    """Digest, compressed size, and how many requests the registry has left."""
    from hardening.image.registry import Name, Registry, parse_name

    name = parse_name(f"{row.name or reference.name}:{row.tag.text}")
    found = runtime_base(subject)
    platform = (found[0].platform if found else None) or "linux/amd64"
    if subject.image is not None:
        platform = subject.image.platform or platform
    with Registry(name.registry) as registry:
        digest = registry.digest(name)
        if digest is None:
            return None, None, "the registry does not have it"
        pinned = Name(name.registry, name.repository, digest)
        manifest = registry.for_platform(pinned, platform)
        left = registry.rate_limit
    size = manifest.download_size if manifest is not None else None
    return digest, size, "" if left is None else f"{left.remaining} requests left"


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
    digest, size, note = asked if asked is not None else (None, None, "")
    known = parse_reference(f"{row.name or reference.name}:{row.tag.text}")
    return {
        "image": known.shown if known is not None else row.tag.text,
        "risk": row.risk.label,
        "class": row.risk.name.lower(),
        "changes": list(row.changes),
        "gains": list(row.gains),
        "ends": _ends(row.tag),
        "source": row.source,
        "digest": digest,
        "download_bytes": size,
        "download_source": "registry" if size is not None else None,
        "vulnerabilities": None,
        "registry_note": note,
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
