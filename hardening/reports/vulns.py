"""Vulnerabilities as text and as JSON, with the dates of the data and what was not assessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hardening.advisories.model import Feed, Target, Vulnerability
from hardening.inventory.model import Package
from hardening.model import Skipped
from hardening.reports.plain import printable

SCHEMA = "drydock.vulns/1"


@dataclass(frozen=True)
class Assessed:
    """Everything that one look-up says. `packages` are those behind each target."""

    image: str
    vulnerabilities: Sequence[Vulnerability]
    packages: Mapping[Target, Package]
    feeds: Sequence[Feed]
    not_assessed: Sequence[Skipped]


def action_of(row: Vulnerability, package: Package) -> str:
    """What mends it: a newer base, an upgrade of the package, or nothing yet."""
    if not row.fixed:
        return "no fix"
    if package.base.value == "base":
        return "base bump"
    return f"{package.type} upgrade"


def vulns_values(assessed: Assessed) -> dict[str, Any]:
    """The JSON document."""
    return {
        "schema": SCHEMA,
        "image": assessed.image,
        "vulnerabilities": [_row(one, assessed) for one in assessed.vulnerabilities],
        "not_assessed": [
            {"what": one.what, "reason": one.reason, "next_step": one.next_step}
            for one in assessed.not_assessed
        ],
        "data": [
            {
                "name": one.name,
                "records": one.records,
                "imported": one.imported,
                "newest": one.newest,
            }
            for one in assessed.feeds
        ],
    }


def _package(row: Vulnerability, assessed: Assessed) -> Package:
    return assessed.packages[Target(row.ecosystem, row.package, row.installed)]


def _row(row: Vulnerability, assessed: Assessed) -> dict[str, Any]:
    package = _package(row, assessed)
    severity = row.rating.severity
    return {
        "id": row.id,
        "aliases": list(row.aliases),
        "package": package.name,
        "installed": package.version,
        "fixed": row.fixed or None,
        "severity": None if severity is None else severity.label,
        "severity_source": row.rating.source,
        "cvss": row.rating.score,
        "epss": row.epss,
        "kev": row.kev,
        "layer": package.layer,
        "base": package.base.value,
        "action": action_of(row, package),
        "path": package.path,
        "summary": row.summary,
        "hidden": row.hidden or None,
    }


def vulns_text(assessed: Assessed) -> str:
    """A line for each, what was hidden as a count, groups by action, and what was not assessed."""
    shown = [one for one in assessed.vulnerabilities if not one.hidden]
    lines = []
    groups: dict[str, int] = {}
    for row in shown:
        package = _package(row, assessed)
        severity = "unrated" if row.rating.severity is None else row.rating.severity.label
        mark = " exploited" if row.kev else ""
        fixed = f"fixed in {row.fixed}" if row.fixed else "no fix"
        lines.append(f"{row.id} {severity}{mark} {package.name} {package.version}, {fixed}")
        action = action_of(row, package)
        groups[action] = groups.get(action, 0) + 1
    hidden = len(assessed.vulnerabilities) - len(shown)
    parts = ", ".join(f"{action} {count}" for action, count in sorted(groups.items()))
    lines.append(
        f"{len(shown):,} {'vulnerability' if len(shown) == 1 else 'vulnerabilities'}"
        + (f": {parts}" if parts else "")
        + (f"; {hidden} hidden" if hidden else "")
    )
    lines += [
        f"not assessed: {one.what}: {one.reason}. {one.next_step}".rstrip()
        for one in assessed.not_assessed
    ]
    lines += [f"data: {one.name}, imported {one.imported[:10]}" for one in assessed.feeds]
    return "".join(printable(line) + "\n" for line in lines)
