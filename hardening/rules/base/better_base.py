"""A base that is still maintained, while a better one of the same kind is there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from hardening.facts.eol import ended
from hardening.image.synthetic import ImageSketch, LayerSketch
from hardening.model import Finding, Safety, Severity
from hardening.rewrites.base_image import Candidate, Risk, candidates, worries
from hardening.rules.frame import Example, Rule
from hardening.rules.support_better_base import Known, known_base, slimmer
from hardening.subject import Subject

OLD = "sha256:" + "0" * 64
NEW = "sha256:" + "1" * 64

rule = Rule(
    title="Leave a base before its fixes stop",
    severity=Severity.LOW,
    why="A tag that is no longer rebuilt keeps every hole found in its packages since; a release "
    "near its end leaves little time to move.",
    references=("https://github.com/docker-library/official-images", "https://endoflife.date/"),
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
            f"FROM php:8.2-fpm@{OLD}\nUSER 33\n",
            f"FROM php:8.3-fpm@{NEW}\nUSER 33\n",
            base_digests={"php:8.3-fpm": NEW},
        ),
        Example(
            "ARG A=3\nARG B=22\nFROM alpine:$A.$B\n",
            "ARG A=3\nARG B=23\nFROM alpine:$A.$B\n",
            note="two arguments",
        ),
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
    today = subject.today or date.today()
    known = known_base(subject)
    if known is None or ended(known.old.image, known.old.text, today) is not None:
        return
    rows = candidates(known.old.image, known.old.text, today)
    reasons = worries(known.old, today)
    if reasons:
        better = [one for one in rows if one.risk is not Risk.FLAVOUR]
        better = [one for one in better if not worries(one.tag, today)]
        if better:
            yield _leave(subject, known, better, reasons)
        return
    row = slimmer(subject, known, rows)
    if row is not None:
        yield _slim(subject, known, row)


def _leave(
    subject: Subject, known: Known, better: list[Candidate], reasons: tuple[str, ...]
) -> Finding:
    fixes = [fix for row in better if (fix := known.move(subject, row))]
    fixes.sort(key=lambda fix: fix.safety is Safety.MANUAL)
    return rule.finding(
        subject,
        f"{known.reference.shown} should be left soon: {'; '.join(reasons)}",
        at=known.stage.base.span,
        about=known.old.image,
        fixes=fixes,
        tip=f"Move to {known.reference.name}:{better[0].tag.text} and pin it by its digest",
    )


def _slim(subject: Subject, known: Known, row: Candidate) -> Finding:
    fix = known.move(subject, row)
    wanted = f"{known.reference.name}:{row.tag.text}"
    return rule.finding(
        subject,
        f"{wanted} would do: nothing uses what it leaves out",
        at=known.stage.base.span,
        about=f"{known.old.image} slim",
        fixes=() if fix is None else (fix,),
        severity=Severity.INFO,
        tip=f"Move to {wanted}",
    )
