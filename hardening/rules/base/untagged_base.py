"""A base image without a tag."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.image.synthetic import ImageSketch, LayerSketch
from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support_images import external_bases, is_literal
from hardening.rules.support_versions import version_fixes
from hardening.subject import Subject

DIGEST = "sha256:" + "5ac4de0f" * 8
OS_RELEASE = 'ID=debian\nVERSION_ID="13"\n'

rule = Rule(
    title="Name the version of the base image",
    severity=Severity.MEDIUM,
    why="Without a tag the builder takes whatever is called latest that day: the image changes "
    "under your feet, and nobody can say which version a running container has.",
    references=("https://docs.docker.com/build/building/best-practices/#from",),
    aliases=(
        "hadolint:DL3006",
        "trivy:DS-0001",
        "dockle:DKL-DI-0006",
        "checkov:CKV_DOCKER_7",
        "kics:image_version_not_explicit",
        "slim:ID.20006",
    ),
    bad=(
        Example(
            "FROM debian\nUSER 1000\n",
            f"FROM debian:latest@{DIGEST}\nUSER 1000\n",
            base_digests={"debian:latest": DIGEST},
        ),
        Example(
            "FROM debian\nUSER 1000\n",
            "FROM debian:13\nUSER 1000\n",
            image=ImageSketch(layers=(LayerSketch({"etc/os-release": OS_RELEASE}),)),
            note="the built image tells its release",
        ),
        Example("FROM registry.example:5000/team/base\n", note="a port is not a tag"),
        Example(
            "ARG BASE=debian\nFROM $BASE\n",
            note="low: the default, which a build may replace",
        ),
    ),
    good=(
        Example("FROM debian:13\n"),
        Example(f"FROM debian@{DIGEST}\n"),
        Example("FROM scratch\n"),
        Example("FROM debian:13 AS build\nFROM build\n", note="an earlier stage"),
        Example("FROM debian:13 AS Build\nFROM build\n", note="stage names ignore case"),
        Example("ARG BASE=debian:13\nFROM ${BASE}\n", note="the default has a tag"),
        Example("ARG BASE\nFROM $BASE\n", note="not known before the build"),
        Example("FROM %%FROM%%\n", note="a template: something else writes the name"),
        Example("FROM PLACEHOLDER\nRUN true\n", note="the same; no repository has capitals"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for stage, reference in external_bases(subject):
        if reference.tag or reference.digest:
            continue
        yield rule.finding(
            subject,
            f"{reference.name} has no tag: the build takes whatever is latest that day",
            at=stage.base.span,
            about=reference.name,
            severity=None if is_literal(stage) else Severity.LOW,
            fixes=tuple(version_fixes(subject, stage, reference)),
            tip=f"Write the version you tested, such as {reference.name}:1.2",
        )
