"""Trivy's JSON: `Results[]` with `Vulnerabilities`, `Misconfigurations` and `Secrets`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from hardening.imports.model import (
    Result,
    line_of,
    mapping_of,
    rows_of,
    severity_of,
    text_of,
)


def matches(document: object) -> bool:
    return "SchemaVersion" in mapping_of(document) and "ArtifactName" in mapping_of(document)


def results(document: object) -> Iterator[Result]:
    in_image = mapping_of(document).get("ArtifactType") == "container_image"
    for group in rows_of(mapping_of(document).get("Results")):
        target, kind = text_of(group.get("Target")), text_of(group.get("Type"))
        for one in rows_of(group.get("Misconfigurations")):
            if text_of(one.get("Status")) in ("", "FAIL"):
                cause = mapping_of(one.get("CauseMetadata"))
                yield _result(one, "ID", "Message", target, cause)
        for one in rows_of(group.get("Secrets")):
            found = replace(_result(one, "RuleID", "Title", target, one), secret=True)
            yield _inside(found, target.lstrip("/")) if in_image else found
        for one in rows_of(group.get("Vulnerabilities")):
            package = text_of(one.get("PkgName"))
            version = text_of(one.get("InstalledVersion"))
            yield Result(
                "trivy",
                text_of(one.get("VulnerabilityID")) or "unnamed",
                f"{package} {version}: {text_of(one.get('Title'))}",
                severity_of(one.get("Severity")),
                package=(kind, package, version),
            )


def _result(
    one: Mapping[str, Any], name: str, message: str, target: str, place: Mapping[str, Any]
) -> Result:
    return Result(
        "trivy",
        text_of(one.get(name)) or "unnamed",
        text_of(one.get(message)) or text_of(one.get("Title")),
        severity_of(one.get("Severity")),
        target,
        line_of(place.get("StartLine")),
        line_of(place.get("EndLine")),
    )


def _inside(result: Result, path: str) -> Result:
    message = f"{result.message or result.id} in /{path}"
    return replace(result, message=message, path="", image_path=path)
