"""A base image called latest."""

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
    title="Name a version instead of latest",
    severity=Severity.MEDIUM,
    why="latest is whatever was pushed last: the image changes from one build to the next without "
    "a change of the Dockerfile, and nobody can say which version is running.",
    references=("https://docs.docker.com/build/building/best-practices/#from",),
    aliases=(
        "hadolint:DL3007",
        "trivy:DS-0001",
        "dockle:DKL-DI-0006",
        "checkov:CKV_DOCKER_7",
        "kics:image_version_using_latest",
        "slim:ID.20006",
    ),
    bad=(
        Example(
            "FROM debian:latest\nUSER 1000\n",
            f"FROM debian:latest@{DIGEST}\nUSER 1000\n",
            base_digests={"debian:latest": DIGEST},
        ),
        Example(
            "FROM debian:latest\nUSER 1000\n",
            "FROM debian:13\nUSER 1000\n",
            image=ImageSketch(layers=(LayerSketch({"etc/os-release": OS_RELEASE}),)),
            note="the built image tells its release",
        ),
        Example("FROM registry.example:5000/team/base:latest\n"),
        Example(
            "ARG BASE=debian:latest\nFROM $BASE\n",
            note="low: the default, which a build may replace",
        ),
    ),
    good=(
        Example("FROM debian:13\n"),
        Example(f"FROM debian:latest@{DIGEST}\n"),
        Example("FROM scratch\n"),
        Example("FROM debian\n", note="left to the rule about missing tags"),
        Example("FROM debian:13 AS build\nFROM build\n", note="an earlier stage"),
        Example("FROM debian:13 AS Build\nFROM build\n", note="stage names ignore case"),
        Example("ARG BASE=debian:13\nFROM ${BASE}\n", note="the default has a tag"),
        Example("ARG BASE\nFROM $BASE\n", note="not known before the build"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for stage, reference in external_bases(subject):
        if reference.tag != "latest" or reference.digest:
            continue
        yield rule.finding(
            subject,
            f"{reference.shown} is whatever was pushed last",
            at=stage.base.span,
            about=reference.name,
            severity=None if is_literal(stage) else Severity.LOW,
            fixes=tuple(version_fixes(subject, stage, reference)),
            tip=f"Write the version you tested, such as {reference.name}:1.2",
        )
