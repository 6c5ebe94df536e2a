"""A base image that is named by tag only."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.model import Stage
from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support_images import Reference, external_bases, pin_fixes
from hardening.rules.support_versions import version_of_base
from hardening.subject import Subject

DIGEST = "sha256:" + "5ac4de0f" * 8

rule = Rule(
    title="Pin the base image by digest",
    severity=Severity.LOW,
    why="A tag can be moved to another image at any time: whoever controls the registry account or"
    " the connection decides what the next build contains.",
    references=("https://docs.docker.com/build/building/best-practices/#pin-base-image-versions",),
    aliases=("cis-docker:4.2",),
    bad=(
        Example(
            "FROM debian:13-slim\nUSER 1000\n",
            f"FROM debian:13-slim@{DIGEST}\nUSER 1000\n",
            base_digests={"debian:13-slim": DIGEST},
        ),
        Example(
            "FROM docker.io/library/golang:1.27 AS build\nFROM scratch\nCOPY --from=build /a /a\n",
            f"FROM docker.io/library/golang:1.27@{DIGEST} AS build\nFROM scratch\n"
            "COPY --from=build /a /a\n",
            base_digests={"golang:1.27": f"golang@{DIGEST}"},
        ),
        Example("FROM debian:13-slim\n", note="no local copy, so no digest is known"),
    ),
    good=(
        Example(f"FROM debian:13-slim@{DIGEST}\n"),
        Example("FROM scratch\n"),
        Example("FROM debian:13-slim@sha256:" + "0" * 64 + " AS base\nFROM base\n", note="a stage"),
        Example("ARG BASE\nFROM $BASE\n", note="not known before the build"),
        Example("FROM debian:%%SUITE%%\n", note="a template: something else writes the tag"),
        Example("FROM debian\n", note="what is missing first is the version"),
        Example("FROM debian:latest\n", note="the same"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for stage, reference in external_bases(subject):
        if reference.digest or _is_anothers(subject, stage, reference):
            continue
        yield rule.finding(
            subject,
            f"{reference.shown} is named without a digest and can become another image",
            at=stage.base.span,
            about=reference.name,
            fixes=tuple(pin_fixes(subject, stage, reference)),
            tip=f"Pull {reference.shown} and write its digest: {reference.shown}@sha256:...",
        )


def _is_anothers(subject: Subject, stage: Stage, reference: Reference) -> bool:
    """A base without a tag, or called latest, has a finding of its own that ends with a digest;
    where it can only end with a version, the digest remains to be said."""
    unnamed = reference.tag in ("", "latest")
    return unnamed and version_of_base(subject, stage, reference) is None
