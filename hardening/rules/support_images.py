"""Image references in FROM lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hardening.dockerfile.edits import replace_span
from hardening.dockerfile.expansion import expand, global_scope
from hardening.dockerfile.model import Stage
from hardening.model import Fix, holds, unknown
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
        reference = parse_reference(_base_of(subject, stage))
        if reference is not None:
            yield stage, reference


def _base_of(subject: Subject, stage: Stage) -> str:
    """The image that FROM names, with the build arguments of the service that is built."""
    if subject.build_args and "$" in stage.base.text:
        dockerfile = facts(subject).dockerfile
        scope = global_scope(dockerfile.instructions, subject.build_args, dockerfile.escape)
        return expand(stage.base.raw, scope, dockerfile.escape) or stage.base.value
    return stage.base_expanded if stage.base_expanded is not None else stage.base.value


def is_literal(stage: Stage) -> bool:
    """True when the base is written without variables, quotes or escapes."""
    return "$" not in stage.base.text and stage.base.text == stage.base.value


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
