"""A base image whose release gets no more security fixes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from hardening.dockerfile.model import Stage
from hardening.facts.eol import Ended, ended
from hardening.facts.official import Tag, read
from hardening.model import Finding, Safety, Severity
from hardening.rewrites.base_image import onward
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.rules.support_better_base import move
from hardening.rules.support_images import Reference, external_bases
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
            "FROM alpine:3.23.5 AS build\nFROM scratch\n",
            note="as precise as before",
        ),
        Example("FROM php:7-fpm\n", "FROM php:8.3-fpm\n", note="not to a floating tag"),
        Example(
            "FROM golang:1.19 AS a\nRUN make\nFROM golang:1.19 AS b\n",
            "FROM golang:1.26 AS a\nRUN make\nFROM golang:1.26 AS b\n",
            note="both stages or none",
            findings=1,
        ),
        Example("FROM postgres:12-alpine\n", note="the data must be migrated: by hand"),
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
        Example(
            "ARG V=3.8\nARG ON=buster\nFROM python:$V-slim-${ON} AS run\n",
            "ARG V=3.11\nARG ON=bookworm\nFROM python:$V-slim-${ON} AS run\n",
            note="two arguments",
        ),
        Example(
            "ARG V=3.8\nFROM python:$V AS a\nFROM python:$V-buster\nCOPY --from=a /a /a\n",
            "ARG V=3.11\nFROM python:$V AS a\nFROM python:$V-bookworm\nCOPY --from=a /a /a\n",
            note="one argument for two bases: python:3.11-buster does not exist",
        ),
    ),
    good=(
        Example("FROM python:3.14-slim-trixie\n"),
        Example("FROM python:3\n", note="floats to the newest release"),
        Example("FROM team/debian:10\n", note="not the official image"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    today = subject.today or date.today()
    found: dict[Reference, list[Stage]] = {}
    for stage, reference in external_bases(subject):
        found.setdefault(reference, []).append(stage)
    for reference, stages in found.items():
        name = reference.official
        over = ended(name, reference.tag, today) if name and reference.tag else None
        if over is not None:
            yield _finding(subject, reference, stages, over, today)


def _finding(
    subject: Subject, reference: Reference, stages: list[Stage], over: Ended, today: date
) -> Finding:
    """One for all stages that begin with the same base: they move together."""
    image, text = reference.official, reference.tag
    rows = onward(image, text, today)
    old = read(image, text) or Tag(image, text, "", "", frozenset())
    fixes = [fix for row in rows if (fix := move(subject, stages[0], reference, old, row))]
    fixes.sort(key=lambda fix: fix.safety is Safety.MANUAL)
    return rule.finding(
        subject,
        f"{reference.shown} gets no more security fixes: "
        + ", ".join(one.said for one in over.releases),
        at=stages[0].base.span,
        also=[facts(subject).dockerfile.place(one.base.span) for one in stages[1:]],
        about=image,
        fixes=fixes,
        tip=f"Move to {reference.name}:{rows[0].tag.text} and pin it by its digest"
        if rows
        else "Move to a release that is still maintained",
    )
