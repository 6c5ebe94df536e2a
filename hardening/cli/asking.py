"""What a registry says of rows: the digest each tag has now and how much there is to download."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

from hardening.errors import InputError
from hardening.image.registry import Name, Registry, parse_name


@dataclass(frozen=True, slots=True)
class Asked:
    """`digest` and compressed `size` in bytes are None where the registry gave none; `note` says
    why, or how many requests it has left."""

    digest: str | None
    size: int | None
    note: str
    sbom: Mapping[str, Any] | None = None
    """The SPDX document that its builder attached, where it was asked for and there is one."""


def ask_registries(names: Iterable[str], platform: str, *, sboms: bool = False) -> dict[str, Asked]:
    """One answer for each image name; what fails for one is its note, not everybody's end. With
    `sboms` the attached lists of packages are fetched too."""
    with ExitStack() as stack:
        open_ones: dict[str, Registry] = {}
        found = {}
        for text in names:
            name = parse_name(text)
            if name.registry not in open_ones:
                open_ones[name.registry] = stack.enter_context(Registry(name.registry))
            answer = _ask(open_ones[name.registry], name, platform)
            if sboms and answer.digest is not None:
                answer = _with_sbom(open_ones[name.registry], name, answer, platform)
            found[text] = answer
        return found


def _ask(registry: Registry, name: Name, platform: str) -> Asked:
    digest = None
    try:
        digest = registry.digest(name)
        if digest is None:
            return Asked(None, None, "the registry does not have it")
        pinned = Name(name.registry, name.repository, digest)
        manifest = registry.for_platform(pinned, platform)
    except InputError as error:
        return Asked(digest, None, str(error))
    if manifest is None:
        return Asked(digest, None, f"not built for {platform}")
    left = registry.rate_limit
    note = "" if left is None else f"{left.remaining} requests left"
    return Asked(digest, manifest.download_size, note)


def _with_sbom(registry: Registry, name: Name, answer: Asked, platform: str) -> Asked:
    from hardening.image.registry_attestations import attached_sbom

    pinned = Name(name.registry, name.repository, answer.digest or name.reference)
    try:
        return replace(answer, sbom=attached_sbom(registry, pinned, platform))
    except InputError as error:
        return replace(answer, note=str(error))
