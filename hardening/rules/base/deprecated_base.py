"""An official image that nobody maintains any more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from hardening.dockerfile.model import Stage
from hardening.model import Finding, Fix, Severity
from hardening.rewrites.base_successor import java, successor
from hardening.rules.frame import Example, Rule
from hardening.rules.support_better_base import move
from hardening.rules.support_images import Reference, external_bases
from hardening.subject import Subject

DEPRECATED = {
    "openjdk": "eclipse-temurin, amazoncorretto or another OpenJDK distribution",
    "java": "eclipse-temurin",
    "centos": "rockylinux, almalinux or a RHEL universal base image",
    "iojs": "node",
    "jenkins": "jenkins/jenkins",
    "rails": "ruby",
    "django": "python",
    "adoptopenjdk": "eclipse-temurin",
    "owncloud": "owncloud/server",
    "piwik": "matomo",
    "sentry": "getsentry's own image",
    "mono": "mcr.microsoft.com/dotnet images",
    "fsharp": "mcr.microsoft.com/dotnet images",
    "opensuse": "opensuse/leap",
    "ubuntu-debootstrap": "ubuntu",
    "swarm": "the engine's own swarm mode",
    "nats-streaming": "nats with JetStream",
    "sl": "rockylinux or almalinux",
    "consul": "hashicorp/consul",
    "vault": "hashicorp/vault",
}
"""Official images that Docker Hub marks as deprecated, and what takes their place."""

rule = Rule(
    title="Build on an image that is still published",
    severity=Severity.MEDIUM,
    why="Docker Hub marks the image as deprecated: it is not built again, so neither its packages "
    "nor what it was made for get security fixes.",
    references=("https://github.com/docker-library/official-images#deprecated-images",),
    aliases=(),
    bad=(
        Example("FROM openjdk:17-jdk-slim\n", "FROM eclipse-temurin:17-jdk\n"),
        Example(
            "FROM openjdk:14-jre-alpine AS run\n",
            "FROM eclipse-temurin:17-jre-alpine AS run\n",
            note="the next release that is maintained for long",
        ),
        Example("FROM docker.io/library/java:8\n", "FROM eclipse-temurin:8-jdk\n"),
        Example(
            "FROM openjdk:8\nENV JAVA_HOME=/usr/local/openjdk-8\n",
            note="by hand: Java lies elsewhere",
        ),
        Example("FROM openjdk\n", note="no release is named: no fix"),
        Example("FROM centos:7\n", note="several could take its place"),
    ),
    good=(
        Example("FROM eclipse-temurin:25-jre\n"),
        Example("FROM openjdk:27-ea-jdk-slim\n", note="early access is still built"),
        Example("FROM team/openjdk:17\n", note="not the official image"),
        Example("FROM registry.example/openjdk:17\n"),
        Example("FROM debian:13 AS java\nFROM java\n", note="a stage"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for stage, reference in external_bases(subject):
        instead = DEPRECATED.get(reference.official)
        early = any(one in reference.tag for one in ("-ea", "-rc", "-loom"))
        if instead is not None and not early:
            yield rule.finding(
                subject,
                f"The official image {reference.official} is deprecated and no longer built",
                at=stage.base.span,
                about=reference.official,
                fixes=_fixes(subject, stage, reference),
                tip=f"Use {instead}",
            )


def _fixes(subject: Subject, stage: Stage, reference: Reference) -> Iterator[Fix]:
    row = successor(reference.official, reference.tag, subject.today or date.today())
    old = java(reference.official, reference.tag)
    fix = move(subject, stage, reference, old, row) if row is not None and old is not None else None
    if fix is not None:
        yield fix
