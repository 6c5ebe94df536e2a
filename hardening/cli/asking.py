"""What a registry says of rows: the digest each tag has now and how much there is to download."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

from hardening.errors import InputError
from hardening.image.registry import (
    Name,
    Registry,
    Tags,
    WrongDigest,
    parse_name,
    platform_digests,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """`digest` and compressed `size` in bytes are None where the registry gave none; `note` says
    why, or how many requests it has left. `missing`: the registry answered that it has no such
    tag."""

    digest: str | None
    size: int | None
    note: str
    sbom: Mapping[str, Any] | None = None
    """The SPDX document that its builder attached, where it was asked for and there is one."""
    missing: bool = False
    pinned_platform: str = ""
    """The platform whose own manifest the asked pin names, "" when it names the whole image."""


def ask_registries(
    names: Iterable[str],
    platform: str,
    *,
    sboms: bool = False,
    pins: Mapping[str, str] | None = None,
    local: Mapping[str, str] | None = None,
) -> dict[str, Asked]:
    """One answer for each image name; what fails for one is its note, not everybody's end. With
    `sboms` the attached lists of packages are fetched too. `pins` are digests that FROM has for a
    name, `local` those that the local engine has."""
    with ExitStack() as stack:
        open_ones: dict[str, Registry] = {}
        found = {}
        for text in names:
            name = parse_name(text)
            if name.registry not in open_ones:
                open_ones[name.registry] = stack.enter_context(Registry(name.registry))
            registry = open_ones[name.registry]
            answer = _ask(registry, name, platform)
            if answer.digest is not None:
                answer = _with_pin(registry, name, answer, (pins or {}).get(text, ""))
                answer = _with_local(text, answer, (local or {}).get(text, ""))
            if sboms and answer.digest is not None:
                answer = _with_sbom(registry, name, answer, platform)
            found[text] = answer
        return found


def listed_tags(text: str) -> Tags:
    """The tags beside an image in its registry. Raises InputError."""
    name = parse_name(text)
    with Registry(name.registry) as registry:
        return registry.tags(name)


def _ask(registry: Registry, name: Name, platform: str) -> Asked:
    digest = None
    try:
        digest = registry.digest(name)
        if digest is None:
            return Asked(None, None, "the registry does not have it", missing=True)
        pinned = Name(name.registry, name.repository, digest)
        if registry.manifest(pinned) is None:
            return Asked(None, None, "the registry does not have what its tag names")
        manifest = registry.for_platform(pinned, platform)
    except WrongDigest as error:
        return Asked(None, None, str(error))
    except InputError as error:
        return Asked(digest, None, str(error))
    if manifest is None:
        return Asked(digest, None, f"not built for {platform}")
    left = registry.rate_limit
    note = "" if left is None else f"{left.remaining} requests left"
    return Asked(digest, manifest.download_size, note)


def _with_pin(registry: Registry, name: Name, answer: Asked, pin: str) -> Asked:
    """Whether a pin is that of one platform of the very index that the tag names."""
    if not pin or pin == answer.digest or answer.digest is None:
        return answer
    try:
        index = registry.manifest(Name(name.registry, name.repository, answer.digest))
    except InputError:
        return answer
    known = platform_digests(index.content) if index is not None else ()
    platform = next((one for one, digest in known if digest == pin), "")
    return replace(answer, pinned_platform=platform)


def _with_local(text: str, answer: Asked, local: str) -> Asked:
    """Says so where the engine holds another image under that name."""
    held = local.rpartition("@")[2]
    if not held or held == answer.digest:
        return answer
    told = f"the local engine holds another one ({held[:19]}...): docker pull {text}"
    return replace(answer, note="; ".join(filter(None, (answer.note, told))))


def _with_sbom(registry: Registry, name: Name, answer: Asked, platform: str) -> Asked:
    from hardening.image.registry_attestations import attached_sbom

    pinned = Name(name.registry, name.repository, answer.digest or name.reference)
    try:
        return replace(answer, sbom=attached_sbom(registry, pinned, platform))
    except InputError as error:
        return replace(answer, note=str(error))
