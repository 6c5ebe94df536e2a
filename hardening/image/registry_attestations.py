"""The list of packages that a builder attached to an image in a registry.

BuildKit's attestation storage: in an index, the child of the platform `unknown/unknown` whose
annotation `vnd.docker.reference.digest` names the image's manifest; its layers are in-toto
statements (in-toto.io/Statement), the one of the predicate type `https://spdx.dev/Document` holds
an SPDX 2 document. Nobody signed them: they say what the builder said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hardening.image.registry import Name, Registry, platform_digests
from hardening.image.registry_answers import json_object

MAX_STATEMENT = 40 << 20
"""Bytes; BuildKit's own limit for an attestation."""
_STATEMENT = "application/vnd.in-toto+json"
_SPDX = "https://spdx.dev/Document"
_MOST = 1000


def attached_sbom(registry: Registry, name: Name, platform: str) -> dict[str, Any] | None:
    """The SPDX document for `os/arch[/variant]`, None when there is none. Raises InputError."""
    index = registry.manifest(name)
    if index is None or not index.is_index:
        return None
    image = dict(reversed(platform_digests(index.content))).get(platform)
    for digest in _attestations(index.content, image) if image is not None else ():
        found = registry.manifest(Name(name.registry, name.repository, digest))
        for blob in _statements(found.content) if found is not None else ():
            data = registry.blob(name, blob, limit=MAX_STATEMENT)
            statement = json_object(data, f"the attestation of {name.shown}") if data else {}
            predicate = statement.get("predicate")
            if statement.get("predicateType") == _SPDX and isinstance(predicate, dict):
                return predicate
    return None


def _attestations(index: Mapping[str, Any], image: str) -> Iterator[str]:
    for child in _rows(index.get("manifests")):
        said, digest = _mapping(child.get("annotations")), child.get("digest")
        if said.get("vnd.docker.reference.type") != "attestation-manifest":
            continue
        if said.get("vnd.docker.reference.digest") == image and isinstance(digest, str):
            yield digest


def _statements(manifest: Mapping[str, Any]) -> Iterator[str]:
    for layer in _rows(manifest.get("layers")):
        said, digest = _mapping(layer.get("annotations")), layer.get("digest")
        kinds = layer.get("mediaType"), said.get("in-toto.io/predicate-type")
        if kinds == (_STATEMENT, _SPDX) and isinstance(digest, str):
            yield digest


def _rows(value: object) -> Iterator[Mapping[str, Any]]:
    for one in value[:_MOST] if isinstance(value, list) else ():
        if isinstance(one, dict):
            yield one


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
