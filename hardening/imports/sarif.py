"""SARIF 2.1.0 (OASIS): `runs[].results[]`, as hadolint, Trivy, Grype, Dockle and checkov write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hardening.imports.model import Result, line_of, mapping_of, rows_of, severity_of, text_of
from hardening.model import Severity


def matches(document: object) -> bool:
    found = mapping_of(document)
    return "runs" in found and text_of(found.get("version")).startswith("2.1")


def results(document: object) -> Iterator[Result]:
    for run in rows_of(mapping_of(document).get("runs")):
        driver = mapping_of(mapping_of(run.get("tool")).get("driver"))
        tool = text_of(driver.get("name")).lower().split(" ")[0] or "sarif"
        rules = rows_of(driver.get("rules"))
        for one in rows_of(run.get("results")):
            if one.get("suppressions") or text_of(one.get("kind")) in ("pass", "notApplicable"):
                continue
            yield _result(tool, one, rules)


def _result(tool: str, one: Mapping[str, Any], rules: list[Mapping[str, Any]]) -> Result:
    place = next(iter(rows_of(one.get("locations"))), {})
    physical = mapping_of(place.get("physicalLocation"))
    region = mapping_of(physical.get("region"))
    start = line_of(region.get("startLine"))
    name = text_of(one.get("ruleId"))
    rule = _rule(name, one.get("ruleIndex"), rules)
    return Result(
        tool,
        name or text_of(rule.get("id")) or "unnamed",
        text_of(mapping_of(one.get("message")).get("text")),
        _severity(one, rule),
        text_of(mapping_of(physical.get("artifactLocation")).get("uri")),
        start,
        line_of(region.get("endLine")) or start,
    )


def _rule(name: str, index: object, rules: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    if type(index) is int and 0 <= index < len(rules):
        return rules[index]
    return next((rule for rule in rules if rule.get("id") == name), {})


def _severity(one: Mapping[str, Any], rule: Mapping[str, Any]) -> Severity:
    """`security-severity` is a CVSS score; without one the level counts, `warning` by default."""
    score = text_of(mapping_of(rule.get("properties")).get("security-severity"))
    try:
        number = float(score)
    except ValueError:
        default = mapping_of(rule.get("defaultConfiguration")).get("level")
        return severity_of(one.get("level") or default or "warning")
    for floor, severity in ((9, Severity.CRITICAL), (7, Severity.HIGH), (4, Severity.MEDIUM)):
        if number >= floor:
            return severity
    return Severity.LOW if number > 0 else Severity.INFO
