"""What two tools say of one package or of one secret is one finding."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from hardening.analyse import analyse
from hardening.image.synthetic import ImageSketch, LayerSketch
from hardening.imports import read_import
from hardening.model import Finding, ImagePathPlace, Severity
from hardening.opening import memory_subject, scan_secrets

TOKEN = "ghp_" + "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8"[:36]
TEXT = "FROM debian:13\nCOPY . .\nUSER 1000\n"


def trivy(*flaws: tuple[str, str, str]) -> dict[str, Any]:
    """A Trivy report of (id, package, severity)."""
    rows = [
        {"VulnerabilityID": name, "PkgName": package, "InstalledVersion": "1", "Severity": severity}
        for name, package, severity in flaws
    ]
    group = {"Target": "debian 13", "Type": "debian", "Vulnerabilities": rows}
    return {"SchemaVersion": 2, "ArtifactName": "app", "Results": [group]}


def grype(*flaws: tuple[str, str, str, tuple[str, ...]]) -> dict[str, Any]:
    """A Grype report of (id, package, severity, related ids)."""
    rows = [
        {
            "vulnerability": {"id": name, "severity": severity},
            "relatedVulnerabilities": [{"id": one} for one in related],
            "artifact": {"type": "deb", "name": package, "version": "1"},
        }
        for name, package, severity, related in flaws
    ]
    return {"matches": rows, "descriptor": {"name": "grype"}}


def secrets_in_image(*rows: tuple[str, str, int]) -> dict[str, Any]:
    """A Trivy report of (path, rule, line) secrets in an image."""
    groups = [
        {
            "Target": path,
            "Class": "secret",
            "Secrets": [{"RuleID": rule, "Title": "a secret", "StartLine": line}],
        }
        for path, rule, line in rows
    ]
    kind = "container_image"
    return {"SchemaVersion": 2, "ArtifactName": "a", "ArtifactType": kind, "Results": groups}


def findings(tmp_path: Path, *reports: dict[str, Any], files: bool = False) -> tuple[Finding, ...]:
    imported = []
    for number, report in enumerate(reports):
        path = tmp_path / f"{number}.json"
        path.write_text(json.dumps(report))
        imported.append(read_import(path))
    image = ImageSketch(layers=(LayerSketch({"srv/.env": f"A=1\nGH={TOKEN}\n", "srv/a": "x"}),))
    subject = memory_subject(TEXT, image=image if files else None)
    return analyse(replace(scan_secrets(subject), imported=tuple(imported))).findings


def theirs(found: tuple[Finding, ...]) -> dict[str, Finding]:
    return {one.rule: one for one in found if ":" in one.rule}


def test_one_flaw_of_two_tools_is_one_finding_of_the_worse_severity(tmp_path: Path) -> None:
    found = findings(
        tmp_path, trivy(("CVE-1", "zlib", "LOW")), grype(("CVE-1", "zlib", "High", ()))
    )
    (one,) = theirs(found).values()
    assert one.sources == ("trivy", "grype") and one.severity is Severity.HIGH
    assert one.aliases == ("trivy:CVE-1", "grype:CVE-1")


def test_another_id_of_the_same_flaw_joins_it(tmp_path: Path) -> None:
    reports = (grype(("GHSA-1", "lodash", "High", ("CVE-1",))), trivy(("CVE-1", "lodash", "HIGH")))
    (one,) = theirs(findings(tmp_path, *reports)).values()
    assert one.sources == ("grype", "trivy")


def test_other_packages_and_advisories_about_several_flaws_stay_apart(tmp_path: Path) -> None:
    reports = (
        grype(("ELSA-1", "zlib", "High", ("CVE-1", "CVE-2")), ("CVE-3", "zlib", "High", ())),
        trivy(("CVE-1", "zlib", "HIGH"), ("CVE-2", "zlib", "HIGH"), ("CVE-3", "bash", "HIGH")),
    )
    found = theirs(findings(tmp_path, *reports))
    assert len(found) == 5 and all(len(one.sources) == 1 for one in found.values())


def test_a_secret_of_the_image_joins_ours_by_path_and_kind(tmp_path: Path) -> None:
    report = secrets_in_image(("/srv/.env", "github-pat", 2))
    found = findings(tmp_path, report, files=True)
    (ours,) = [one for one in found if one.rule == "secret-in-layer"]
    assert ours.sources == ("trivy",) and not theirs(found)


def test_a_secret_of_another_kind_or_file_stays(tmp_path: Path) -> None:
    report = secrets_in_image(("/srv/.env", "stripe-secret-token", 2), ("/srv/a", "github-pat", 1))
    found = theirs(findings(tmp_path, report, files=True))
    assert set(found) == {"trivy:stripe-secret-token", "trivy:github-pat"}
    assert found["trivy:github-pat"].places == (ImagePathPlace(0, "srv/a"),)
    assert "/srv/a" in found["trivy:github-pat"].message


def test_without_the_image_the_path_is_told(tmp_path: Path) -> None:
    (one,) = theirs(findings(tmp_path, secrets_in_image(("/x/key", "private-key", 1)))).values()
    assert one.message == "a secret in /x/key"


def test_a_secret_of_the_dockerfile_joins_ours_by_line(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    row = {"RuleID": "github-pat", "Title": "GitHub", "StartLine": 2, "EndLine": 2}
    group = {"Target": "Dockerfile", "Class": "secret", "Secrets": [row]}
    path.write_text(json.dumps({"SchemaVersion": 2, "ArtifactName": ".", "Results": [group]}))
    subject = memory_subject(f"FROM debian:13\nENV GH_TOKEN={TOKEN}\nUSER 1000\n")
    found = analyse(replace(subject, imported=(read_import(path),))).findings
    (ours,) = [one for one in found if one.rule == "secret-in-env"]
    assert ours.sources == ("trivy",) and not theirs(found)
