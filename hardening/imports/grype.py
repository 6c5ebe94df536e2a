"""Grype's JSON: `matches[]`, each with a vulnerability and the artifact it was found in."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.imports.model import Result, mapping_of, rows_of, severity_of, text_of


def matches(document: object) -> bool:
    found = mapping_of(document)
    return isinstance(found.get("matches"), list) and "descriptor" in found


def results(document: object) -> Iterator[Result]:
    for row in rows_of(mapping_of(document).get("matches")):
        flaw, artifact = mapping_of(row.get("vulnerability")), mapping_of(row.get("artifact"))
        name, version = text_of(artifact.get("name")), text_of(artifact.get("version"))
        related = [text_of(one.get("id")) for one in rows_of(row.get("relatedVulnerabilities"))]
        # an advisory of a distribution is about several
        aliases = tuple(related) if len(related) == 1 and related[0] else ()
        yield Result(
            "grype",
            text_of(flaw.get("id")) or "unnamed",
            f"{name} {version}: {text_of(flaw.get('description'))}",
            severity_of(flaw.get("severity")),
            package=(text_of(artifact.get("type")), name, version),
            aliases=aliases,
        )
