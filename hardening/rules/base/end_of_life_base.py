"""A base image whose release gets no more security fixes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from hardening.dockerfile.edits import replace_span
from hardening.dockerfile.model import Stage
from hardening.facts.eol import Ended, ended
from hardening.model import Finding, Fix, Precondition, Severity, Span, holds, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.rules.support_images import (
    Reference,
    argument_edit,
    external_bases,
    local_digest,
    tag_span,
)
from hardening.subject import Subject

OLD = "sha256:" + "0" * 64
NEW = "sha256:" + "1" * 64

rule = Rule(
    title="Build on a release that still gets security fixes",
    severity=Severity.HIGH,
    why="Holes found after the end of maintenance stay open for good: attackers know them, and no "
    "rebuild closes them.",
    references=("https://endoflife.date/",),
    aliases=("tally:eol-ruby-version",),
    bad=(
        Example("FROM debian:buster-slim\n", "FROM debian:bookworm-slim\n"),
        Example(
            "FROM python:3.8-slim-buster\n",
            "FROM python:3.11-slim-bookworm\n",
            note="runtime and distribution",
        ),
        Example("FROM node:14-alpine3.14\n", "FROM node:24-alpine3.23\n", note="still Alpine"),
        Example(
            "FROM alpine:3.14.2 AS build\nFROM scratch\n",
            "FROM alpine:3.23 AS build\nFROM scratch\n",
        ),
        Example(
            f"FROM debian:10@{OLD}\n",
            f"FROM debian:12@{NEW}\n",
            base_digests={"debian:12": NEW},
            note="pinned before, pinned after",
        ),
        Example(f"FROM debian:10@{OLD}\n", note="the new digest is not known"),
        Example("FROM centos:7\n", note="there is no later release"),
        Example(
            "ARG V=3.8\nFROM python:$V-slim\n",
            "ARG V=3.11\nFROM python:$V-slim\n",
            note="by argument",
        ),
        Example('ARG BASE="node:16"\nFROM ${BASE}\n', 'ARG BASE="node:24"\nFROM ${BASE}\n'),
        Example("ARG A=3\nARG B=8\nFROM python:$A.$B\n", note="two variables: no fix"),
    ),
    good=(
        Example("FROM python:3.14-slim-trixie\n"),
        Example("FROM python:3\n", note="floats to the newest release"),
        Example("FROM team/debian:10\n", note="not the official image"),
    ),
)


def _risk(reference: Reference, found: Ended, tag: str) -> Iterator[Precondition]:
    yield holds("The flavour stays the same", f"{found.candidate} has the parts that {tag} has")
    yield holds("The C library stays the same", "The kind of distribution does not change")
    if (
        len(found.changed) == 1
        and "→" in found.changed[0]
        and " " not in found.changed[0].partition("→")[0].strip()
    ):
        yield unknown("Packages of the new distribution release fit", "; ".join(found.changed))
        return
    yield unknown(
        f"The application runs on the newer {reference.official}", "; ".join(found.changed)
    )


def _fixes(subject: Subject, stage: Stage, reference: Reference, found: Ended) -> Iterator[Fix]:
    dockerfile = facts(subject).dockerfile
    if not found.candidate:
        return
    conditions = [*_risk(reference, found, reference.tag)]
    span = tag_span(stage)
    if span is None:
        changed = argument_edit(dockerfile, stage, f"{reference.name}:{found.candidate}")
        if changed is None or reference.digest:
            return
        edit, name = changed
        conditions.append(unknown("The argument is used for this base only", f"ARG {name}"))
    else:
        text = found.candidate
        if reference.digest:
            digest = local_digest(subject, replace(reference, tag=found.candidate, digest=""))
            if digest is None:
                return
            text = f"{found.candidate}@{digest}"
        edit = replace_span(dockerfile, Span(span.start, stage.base.span.end), text)
    yield Fix(
        "bump",
        f"Move to {reference.name}:{found.candidate}",
        (edit,),
        tuple(conditions),
        f"The base gets security fixes again ({'; '.join(found.changed)}).",
    )


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    today = subject.today or date.today()
    for stage, reference in external_bases(subject):
        name = reference.official
        found = ended(name, reference.tag, today) if name and reference.tag else None
        if found is None:
            continue
        yield rule.finding(
            subject,
            f"{reference.shown} gets no more security fixes: "
            + ", ".join(one.said for one in found.releases),
            at=stage.base.span,
            about=name,
            fixes=tuple(_fixes(subject, stage, reference, found)),
            tip=f"Move to {reference.name}:{found.candidate} and pin it by its digest"
            if found.candidate
            else "Move to a release that is still maintained",
        )
