"""Image references in FROM lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hardening.dockerfile.edits import replace_span
from hardening.dockerfile.model import Dockerfile, Stage
from hardening.model import Edit, Fix, Span, holds, unknown
from hardening.rules.support import facts
from hardening.runtime.base_facts import is_placeholder
from hardening.subject import Subject

OFFICIAL_HOSTS = ("docker.io", "index.docker.io", "registry-1.docker.io")


@dataclass(frozen=True, slots=True)
class Reference:
    """`[registry/]repository[:tag][@digest]`. `registry` is "docker.io" where none is written;
    `name` is everything before tag and digest as written."""

    registry: str
    repository: str
    tag: str
    digest: str
    name: str

    @property
    def official(self) -> str:
        """The name of an official image (`python`), "" for any other."""
        if self.registry not in OFFICIAL_HOSTS:
            return ""
        return self.repository.removeprefix("library/")

    @property
    def shown(self) -> str:
        return f"{self.name}:{self.tag}" if self.tag else self.name


def parse_reference(text: str) -> Reference | None:
    """None for an empty text, `scratch`, or a text that still holds a variable or is a
    template's placeholder, in name or tag."""
    if not text or text == "scratch" or "$" in text or any(one.isspace() for one in text):
        return None
    rest, _, digest = text.partition("@")
    slash = rest.rfind("/")
    colon = rest.find(":", slash + 1)
    name, tag = (rest, "") if colon < 0 else (rest[:colon], rest[colon + 1 :])
    if is_placeholder(text) or is_placeholder(name):
        return None
    first, _, tail = name.partition("/")
    if tail and ("." in first or ":" in first or first == "localhost"):
        return Reference(first, tail, tag, digest, name)
    return Reference("docker.io", name, tag, digest, name)


def external_bases(subject: Subject) -> Iterator[tuple[Stage, Reference]]:
    """Stages that begin from an image (not from another stage, not scratch), once for each FROM;
    those whose name holds a variable without a value are left out."""
    for stage in facts(subject).dockerfile.stages:
        if stage.parent is not None:
            continue
        text = stage.base_expanded if stage.base_expanded is not None else stage.base.value
        reference = parse_reference(text)
        if reference is not None:
            yield stage, reference


def is_literal(stage: Stage) -> bool:
    """True when the base is written without variables, quotes or escapes."""
    return "$" not in stage.base.text and stage.base.text == stage.base.value


def tag_span(stage: Stage) -> Span | None:
    """Where the tag stands in a literal base, without its colon."""
    reference = parse_reference(stage.base.value)
    if reference is None or not reference.tag or not is_literal(stage):
        return None
    start = stage.base.span.start + len(reference.name) + 1
    return Span(start, start + len(reference.tag))


_VARIABLE = re.compile(r"\A([^$]*)\$(?:(\w+)|\{(\w+)\})([^$]*)\Z")


def argument_edit(dockerfile: Dockerfile, stage: Stage, wanted: str) -> tuple[Edit, str] | None:
    """The edit of a global ARG's default that makes a base such as `python:${V}-slim` become
    `wanted`, and the argument's name. None when the base is written in any other way."""
    match = _VARIABLE.match(stage.base.text)
    if match is None:
        return None
    before, name, after = match[1], match[2] or match[3], match[4]
    pairs = [
        pair
        for one in dockerfile.instructions
        if one.stage < 0 and one.keyword == "ARG"
        for pair in one.pairs
        if pair.key == name
    ]
    if len(pairs) != 1 or not wanted.startswith(before) or not wanted.endswith(after):
        return None
    value = pairs[0].value
    if value is None or value.text.strip("\"'") != value.value or "$" in value.value:
        return None
    middle = wanted[len(before) : len(wanted) - len(after)]
    return replace_span(dockerfile, value.span, value.text.replace(value.value, middle)), name


def pin_text(reference: Reference, digest: str) -> str:
    """`name:tag@digest`; the tag stays for people to read."""
    return f"{reference.name}:{reference.tag or 'latest'}@{digest}"


def local_digest(subject: Subject, reference: Reference) -> str | None:
    """The digest under which a local engine knows this very reference."""
    tag = reference.tag or "latest"
    short = reference.repository.removeprefix("library/")
    names = [f"{reference.name}:{tag}"]
    if reference.registry in OFFICIAL_HOSTS:
        names += [f"{short}:{tag}", f"docker.io/{reference.repository}:{tag}"]
    for name in names:
        digest = subject.base_digests.get(name)
        if digest:
            return digest.rpartition("@")[2]
    return None


def pin_fixes(subject: Subject, stage: Stage, reference: Reference) -> Iterator[Fix]:
    """Pin to the digest that the local engine holds for the base itself."""
    digest = local_digest(subject, reference)
    if digest is None or not is_literal(stage):
        return
    statement = "The digest covers every platform that is built"
    everywhere = (
        holds(statement, "Official images are published as an index of all platforms")
        if reference.official and "/" not in reference.official
        else unknown(statement, "It is not known whether the digest is that of an index")
    )
    yield Fix(
        "pin-digest",
        f"Pin {reference.shown} to the digest of the local copy",
        (replace_span(facts(subject).dockerfile, stage.base.span, pin_text(reference, digest)),),
        (
            holds(
                "The digest is that of the base itself",
                "The local engine pulled it under this name",
            ),
            everywhere,
        ),
        "Every build starts from the same base until somebody changes the line; "
        "let a bot or a calendar renew it.",
    )
