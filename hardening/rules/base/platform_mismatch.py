"""An image of another platform than FROM says."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.image.synthetic import ImageSketch
from hardening.model import ConfigPlace, Finding, Severity
from hardening.rules.frame import Example, Need, Rule
from hardening.rules.support import facts
from hardening.subject import Subject

NAMES = {"x86_64": "amd64", "x86-64": "amd64", "aarch64": "arm64", "armhf": "arm", "armel": "arm"}

rule = Rule(
    title="Build the image for the platform that FROM names",
    severity=Severity.MEDIUM,
    why="The image at hand is of another platform than its Dockerfile asks for: the base was taken"
    " for the wrong machine, or the image comes from another file.",
    references=("https://docs.docker.com/build/building/multi-platform/",),
    aliases=("buildkit:InvalidBaseImagePlatform", "tally:platform-mismatch"),
    needs=frozenset({Need.DOCKERFILE, Need.IMAGE}),
    bad=(
        Example("FROM --platform=linux/arm64 debian:13\n", image=ImageSketch(architecture="amd64")),
    ),
    good=(
        Example("FROM --platform=linux/amd64 debian:13\n", image=ImageSketch(architecture="amd64")),
        Example(
            "FROM --platform=linux/x86_64 debian:13\n", image=ImageSketch(architecture="amd64")
        ),
        Example("FROM debian:13\n", image=ImageSketch(architecture="arm64")),
        Example(
            "FROM --platform=$BUILDPLATFORM debian:13\n", image=ImageSketch(architecture="arm64")
        ),
        Example(
            "FROM --platform=linux/arm64 golang:1.27 AS b\nFROM debian:13\n",
            image=ImageSketch(architecture="amd64"),
            note="a build stage",
        ),
    ),
)


def _machine(platform: str) -> str:
    parts = platform.lower().split("/")
    word = parts[1] if len(parts) > 1 else parts[0]
    return NAMES.get(word, word)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    dockerfile = facts(subject).dockerfile
    stage = dockerfile.final_stage
    image = subject.image
    if stage is None or image is None:
        return
    root = dockerfile.chain(stage)[0]
    flag = root.origin.flag("platform")
    asked = (flag.value or "").strip("\"'") if flag is not None else ""
    if "/" not in asked or "$" in asked or not image.config.architecture:
        return
    if _machine(asked) != NAMES.get(image.config.architecture, image.config.architecture):
        yield rule.finding(
            subject,
            f"FROM asks for {asked}, the image is {image.platform}",
            at=root,
            about=asked,
            also=(ConfigPlace("architecture"),),
            tip="Build it again for the platform that is meant",
        )
