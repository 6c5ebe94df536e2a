"""A base that is still maintained, while a better one of the same kind is there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from hardening.dockerfile.model import Stage
from hardening.facts.eol import ended
from hardening.facts.official import Tag, read
from hardening.image.synthetic import ImageSketch, LayerSketch
from hardening.model import Finding, Safety, Severity
from hardening.rewrites.base_image import Candidate, Risk, candidates, worries
from hardening.rewrites.base_image_conditions import PLAIN_SYSTEMS, all_hold, conditions
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.rules.support_better_base import move, runtime_base
from hardening.rules.support_images import Reference
from hardening.subject import Subject

OLD = "sha256:" + "0" * 64
NEW = "sha256:" + "1" * 64

rule = Rule(
    title="Leave a base before its fixes stop",
    severity=Severity.LOW,
    why="A tag that is no longer rebuilt keeps every hole found in its packages since; a release "
    "near its end leaves little time to move.",
    references=(
        "https://github.com/docker-library/official-images",
        "https://endoflife.date/",
    ),
    bad=(
        Example(
            "FROM python:3.12.4-slim-bookworm\nCOPY . /app\n",
            "FROM python:3.12.14-slim-bookworm\nCOPY . /app\n",
            note="a newer patch release is out",
        ),
        Example(
            "FROM node:22-bookworm-slim\nUSER node\n",
            f"FROM node:24-bookworm-slim@{NEW}\nUSER node\n",
            base_digests={"node:24-bookworm-slim": NEW},
            note="the release ends soon; the digest of the next one is known",
        ),
        Example(
            "FROM eclipse-temurin:21-jre-alpine-3.22 AS run\n",
            "FROM eclipse-temurin:21-jre-alpine-3.23 AS run\n",
            note="the distribution ends soon",
        ),
        Example(
            "FROM alpine:3.22 AS build\nRUN make\nFROM alpine:3.22\nCOPY --from=build /a /a\n",
            "FROM alpine:3.23 AS build\nRUN make\nFROM alpine:3.23\nCOPY --from=build /a /a\n",
            note="both stages or none",
        ),
        Example(
            "ARG V=3.22\nFROM alpine:$V AS build\nFROM alpine:${V}\nCOPY --from=build /a /a\n",
            "ARG V=3.23\nFROM alpine:$V AS build\nFROM alpine:${V}\nCOPY --from=build /a /a\n",
            note="by argument",
        ),
        Example(
            f"FROM php:8.2-fpm@{OLD}\nUSER 33\n", note="pinned, the digest of the next is not known"
        ),
        Example(
            f"FROM php:8.2-fpm@{OLD}\nUSER 33\n",
            f"FROM php:8.3-fpm@{NEW}\nUSER 33\n",
            base_digests={"php:8.3-fpm": NEW},
        ),
        Example("ARG A=3\nARG B=22\nFROM alpine:$A.$B\n", note="two variables: no fix"),
        Example(
            "FROM python:3.14\nRUN useradd app\nUSER app\n",
            "FROM python:3.14-slim\nRUN useradd app\nUSER app\n",
            note="nothing of what slim leaves out is used",
            image=ImageSketch(base_layers=1, layers=(LayerSketch(), LayerSketch())),
        ),
    ),
    good=(
        Example("FROM python:3.14-slim-trixie\n"),
        Example("FROM python:3.8-slim\n", note="over already: another rule"),
        Example("FROM python:3.99.1\n", note="newer than what is known"),
        Example("FROM python:3.14\nRUN pip install -r requirements.txt\n", note="may compile"),
        Example("FROM alpine:3.22 AS build\nFROM alpine:3.24\n", note="only the shipped base"),
        Example("FROM team/alpine:3.22\n", note="not the official image"),
        Example("FROM debian:bookworm-slim\n", note="maintained for years"),
        Example(
            "FROM python:3.14\nRUN git clone https://git.example/a.git\n",
            note="slim has no git",
            image=ImageSketch(base_layers=1, layers=(LayerSketch(), LayerSketch())),
        ),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    found = runtime_base(subject)
    if found is None:
        return
    stage, reference = found
    name, today = reference.official, subject.today or date.today()
    old = read(name, reference.tag) if name and "/" not in name else None
    if old is None or ended(name, reference.tag, today) is not None:
        return
    rows = candidates(name, reference.tag, today)
    reasons = worries(old, today)
    if reasons:
        yield from _leave(subject, stage, reference, old, rows, reasons, today)
        return
    # Without the image nobody can say that slim would do; Debian's lacks documentation only.
    if subject.image is None or not subject.image.files_read or name in PLAIN_SYSTEMS:
        return
    for row in rows:
        if row.risk is not Risk.FLAVOUR:
            continue
        if all_hold(conditions(facts(subject).dockerfile, stage, old, row, subject.image)):
            yield _slimmer(subject, stage, reference, old, row)
            return


def _leave(
    subject: Subject,
    stage: Stage,
    reference: Reference,
    old: Tag,
    rows: tuple[Candidate, ...],
    reasons: tuple[str, ...],
    today: date,
) -> Iterator[Finding]:
    better = [row for row in rows if row.risk is not Risk.FLAVOUR and not worries(row.tag, today)]
    if not better:
        return
    fixes = [fix for row in better if (fix := move(subject, stage, reference, old, row))]
    fixes.sort(key=lambda fix: fix.safety is Safety.MANUAL)
    yield rule.finding(
        subject,
        f"{reference.shown} should be left soon: {'; '.join(reasons)}",
        at=stage.base.span,
        about=reference.official,
        fixes=fixes,
        tip=f"Move to {reference.name}:{better[0].tag.text} and pin it by its digest",
    )


def _slimmer(
    subject: Subject, stage: Stage, reference: Reference, old: Tag, row: Candidate
) -> Finding:
    fix = move(subject, stage, reference, old, row)
    return rule.finding(
        subject,
        f"{reference.name}:{row.tag.text} would do: nothing uses what it leaves out",
        at=stage.base.span,
        about=f"{reference.official} slim",
        fixes=() if fix is None else (fix,),
        severity=Severity.INFO,
        tip=f"Move to {reference.name}:{row.tag.text}",
    )
