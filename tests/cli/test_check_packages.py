"""`drydock check --image` and `fix --image` with advisories: findings, places, patches."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from hardening.advisories.importing import import_path
from tests.cli.conftest import Run, run
from tests.cli.test_vulns import record

__all__ = ["run"]

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "sample_dockerfiles" / "python-flask"
SCHEMA = json.loads((ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the Flask sample, and an empty data folder."""
    monkeypatch.setenv("DRYDOCK_DATA_DIR", str(tmp_path / "data"))
    folder = tmp_path / "shop"
    shutil.copytree(SAMPLE, folder)
    monkeypatch.chdir(folder)
    return folder


def advise(folder: Path, *rows: dict[str, Any]) -> None:
    feed = folder.parent / "feed.jsonl"
    feed.write_text("\n".join(map(json.dumps, rows)))
    import_path(feed)


def report_of(run: Run) -> Any:
    done = run("check", ".", "--image", "image.tar.gz", "--format", "json")
    assert done.code == 1, done.err
    document = json.loads(done.out)
    jsonschema.validate(document, SCHEMA)
    return document["reports"][0]


def found(report: Any, rule: str) -> list[Any]:
    return [one for one in report["findings"] if one["rule"] == rule]


def test_without_advisories_packages_are_not_assessed(run: Run, sample: Path) -> None:
    report = report_of(run)
    assert not found(report, "vulnerable-package") and not found(report, "vulnerable-base")
    told = [one for one in report["skipped"] if "no advisory data" in one["reason"]]
    assert told and "drydock db update" in told[0]["next_step"]
    shown = run("check", ".", "--image", "image.tar.gz").out
    assert "not assessed" in shown
    assert "  packages:" not in shown


def test_a_dockerfile_alone_says_nothing_of_packages(run: Run, sample: Path) -> None:
    report = json.loads(run("check", ".", "--format", "json").out)["reports"][0]
    assert not [one for one in report["skipped"] if "advisory" in one["reason"]]


def test_findings_carry_packages_layers_and_lines(run: Run, sample: Path) -> None:
    advise(
        sample,
        record("CVE-2026-1", "PyPI", "flask", "2.3.2"),
        record("CVE-2026-2", "Debian:12", "glibc", "99"),
    )
    report = report_of(run)
    [flask] = found(report, "vulnerable-package")[-1:]
    assert flask["packages"] == [{"type": "pypi", "name": "Flask", "version": "2.2.5", "layer": 7}]
    assert (flask["path"], flask["start_line"], flask["layer"]) == ("Dockerfile", 17, 7)
    assert flask["evidence"][0]["text"].startswith("CVE-2026-1 ")
    [fix] = flask["fixes"]
    assert "-flask==2.2.5\n+flask==2.3.2\n" in fix["diff"]
    [base] = found(report, "vulnerable-base")
    assert base["start_line"] == 2
    assert {one["name"] for one in base["packages"]} == {"libc-bin", "libc6"}
    assert "only-upgrade" in base["fixes"][0]["diff"]


def test_fix_writes_manifest_and_upgrade(run: Run, sample: Path) -> None:
    advise(
        sample,
        record("CVE-2026-1", "PyPI", "flask", "2.3.2"),
        record("CVE-2026-2", "Debian:12", "glibc", "99"),
    )
    rules = ("--rule", "vulnerable-package", "--rule", "vulnerable-base")
    options = ("--image", "image.tar.gz", "--safety", "review", *rules)
    done = run("fix", ".", *options, "--write")
    assert done.code in (0, 1), done.err
    assert (sample / "requirements.txt").read_text().startswith("flask==2.3.2\n")
    text = (sample / "Dockerfile").read_text()
    assert "FROM python:3.9\nRUN apt-get update \\\n" in text
    assert "--only-upgrade libc-bin libc6" in text


def test_the_text_is_not_drowned(run: Run, sample: Path) -> None:
    rows = [record(f"CVE-2026-{one}", "Debian:12", "glibc", "99") for one in range(300)]
    advise(sample, rows[0])
    few = run("check", ".", "--image", "image.tar.gz").out
    advise(sample, *rows)
    many = run("check", ".", "--image", "image.tar.gz").out
    assert many.count("\n") == few.count("\n")
    assert many.count("vulnerable-") == few.count("vulnerable-") == 2
    assert "300 vulnerabilities (300 unrated)" in many
    assert "  packages: 300 vulnerabilities in " in many
    assert "data: feed.jsonl of 2026-01-01" in many
