"""An image from a registry that the project does not allow."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from hardening.model import Finding, Severity, Span
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.rules.support_images import external_bases, parse_reference
from hardening.settings import Settings
from hardening.subject import Subject

rule = Rule(
    title="Take images from allowed registries only",
    severity=Severity.HIGH,
    why="drydock.toml says which registries are trusted. An image from elsewhere was built and "
    "published by somebody whom nobody checked.",
    references=(
        "https://docs.docker.com/build/building/best-practices/#choose-the-right-base-image",
    ),
    aliases=("hadolint:DL3026", "dockle:CIS-DI-0002", "cis-docker:4.2"),
    bad=(
        Example("FROM elsewhere.example/app:1\n", allowed_registries=("registry.example",)),
        Example("FROM debian:13\n", allowed_registries=("*.registry.example",)),
        Example(
            "FROM registry.example/a:1\nCOPY --from=elsewhere.example/tool:1 /t /t\n",
            allowed_registries=("registry.example",),
        ),
        Example(
            "FROM registry.example/a:1\n"
            "RUN --mount=type=bind,from=elsewhere.example/tool:1,target=/t true\n",
            allowed_registries=("registry.example",),
        ),
    ),
    good=(
        Example("FROM elsewhere.example/app:1\n", note="nothing is configured"),
        Example(
            "FROM registry.example/team/app:1\n", allowed_registries=("registry.example/team",)
        ),
        Example("FROM debian:13\nFROM docker.io/team/app:1\n", allowed_registries=("docker.io",)),
        Example("FROM a.registry.example/app:1\n", allowed_registries=("*.registry.example",)),
        Example(
            "FROM debian:13 AS build\nFROM build\nCOPY --from=build /a /b\n",
            allowed_registries=("docker.io",),
        ),
        Example("FROM scratch\n", allowed_registries=("registry.example",)),
    ),
)


def _allows(settings: Settings, text: str) -> bool:
    reference = parse_reference(text)
    if reference is None or settings.allows_registry(text):
        return True
    patterns = [one for one in settings.allowed_registries if "*" in one]
    return any(fnmatchcase(reference.registry, one) for one in patterns)


def _references(subject: Subject) -> Iterator[tuple[Span, str]]:
    known = facts(subject)
    for stage, _ in external_bases(subject):
        yield stage.base.span, stage.base_expanded or stage.base.value
    stages = known.dockerfile.stages
    names = {stage.name for stage in stages} | {str(stage.index) for stage in stages}
    for placed in known.all("COPY", "ADD", "RUN"):
        for flag in placed.instruction.flags:
            source = flag.value if flag.name == "from" else flag.options().get("from")
            if source and flag.name in ("from", "mount") and source.lower() not in names:
                yield flag.span, source


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    settings = subject.settings
    if settings is None or not settings.allowed_registries:
        return
    for span, text in _references(subject):
        if not _allows(settings, text):
            yield rule.finding(
                subject,
                f"{text} comes from a registry that drydock.toml does not allow",
                at=span,
                about=text,
                tip=f"Allowed: {', '.join(settings.allowed_registries)}",
            )
