"""An official image that nobody maintains any more."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support_images import external_bases
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
    bad=(Example("FROM openjdk:17-jdk-slim\n"), Example("FROM docker.io/library/java:8\n")),
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
                tip=f"Use {instead}",
            )
