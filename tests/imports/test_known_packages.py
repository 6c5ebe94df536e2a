"""Another tool's vulnerability joins our finding of the same one."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from hardening.advisories.model import Rating, Vulnerability
from hardening.analyse import analyse
from hardening.image.synthetic import ImageSketch, LayerSketch
from hardening.imports import read_import
from hardening.model import Severity
from hardening.opening import memory_subject
from hardening.subject import Subject

STATUS = "Package: libssl3\nStatus: install ok installed\nSource: openssl\nVersion: 3.0.11-1\n"
FOUND = Vulnerability(
    "CVE-2099-1", "openssl", "Debian:13", "3.0.11-1", "3.0.13-1", Rating(Severity.HIGH), "D-1",
    aliases=("GHSA-1",),
)  # fmt: skip


def subject_with(tmp_path: Path, *rows: tuple[str, str]) -> Subject:
    """With a Grype report of (id, package) rows."""
    matches = [
        {
            "vulnerability": {"id": name, "severity": "High"},
            "artifact": {"type": "deb", "name": package, "version": "3.0.11-1"},
        }
        for name, package in rows
    ]
    file = tmp_path / "grype.json"
    file.write_text(json.dumps({"matches": matches, "descriptor": {"name": "grype"}}))
    files = {"etc/os-release": 'ID=debian\nVERSION_ID="13"\n', "var/lib/dpkg/status": STATUS}
    image = ImageSketch(
        base_layers=1,
        layers=(LayerSketch(files), LayerSketch({"app": "x"}, command="COPY . . # buildkit")),
    )
    subject = memory_subject("FROM debian:13\nCOPY . .\n", image=image, assessment=(FOUND,))
    return replace(subject, imported=(read_import(file),))


def test_it_joins_by_binary_source_and_alias(tmp_path: Path) -> None:
    for name, package in (("CVE-2099-1", "libssl3"), ("GHSA-1", "openssl"), ("D-1", "libssl3")):
        report = analyse(subject_with(tmp_path, (name, package)))
        [ours] = [one for one in report.findings if one.rule == "vulnerable-base"]
        assert ours.sources == ("grype",)
        assert not [one for one in report.findings if one.rule.startswith("grype:")]


def test_what_we_do_not_know_stays_a_finding_of_its_own(tmp_path: Path) -> None:
    rows = (("CVE-2099-1", "zlib1g"), ("CVE-2099-7", "libssl3"))
    report = analyse(subject_with(tmp_path, *rows))
    theirs = {one.rule for one in report.findings if one.sources}
    assert theirs == {"grype:CVE-2099-1", "grype:CVE-2099-7"}


def test_what_the_changed_text_mends_does_not_come_back(tmp_path: Path) -> None:
    subject = subject_with(tmp_path, ("CVE-2099-1", "libssl3"))
    changed = subject.with_texts({"Dockerfile": "FROM debian:trixie\nCOPY . .\n"})
    assert not [one for one in analyse(changed).findings if "CVE" in one.rule or one.sources]
