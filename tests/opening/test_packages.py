"""The packages of the image on the subject, and what happens to them when the files change."""

from __future__ import annotations

from pathlib import Path

import pytest

from hardening.advisories.model import Rating, Vulnerability
from hardening.analyse import analyse
from hardening.image.synthetic import ImageSketch, LayerSketch
from hardening.model import Severity
from hardening.opening import memory_subject
from hardening.opening.packages import assess_or_say
from hardening.subject import Subject

TEXT = "FROM debian:12\nRUN pip install -r requirements.txt\nCOPY app /app\n"
RELEASE = 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n'
STATUS = "Package: libssl3\nStatus: install ok installed\nSource: openssl\nVersion: 3.0.11-1\n"
FLASK = "usr/lib/python3/site-packages/flask-2.0.0.dist-info/METADATA"
SKETCH = ImageSketch(
    base_layers=1,
    layers=(
        LayerSketch({"etc/os-release": RELEASE, "var/lib/dpkg/status": STATUS}, command="base"),
        LayerSketch(
            {FLASK: "Name: Flask\nVersion: 2.0.0\n"},
            command="RUN /bin/sh -c pip install -r requirements.txt # buildkit",
        ),
        LayerSketch({"app": "x"}, command="COPY app /app # buildkit"),
    ),
)
FOUND = Vulnerability(
    "CVE-2023-1", "flask", "PyPI", "2.0.0", "2.2.5", Rating(Severity.HIGH), "PYSEC-1"
)


def subject() -> Subject:
    files = {"requirements.txt": "Flask==2.0.0\n", "app": "x", "docs/notes.txt": "flask"}
    return memory_subject(TEXT, files=files, image=SKETCH, assessment=(FOUND,))


def test_the_inventory_and_the_assessment_are_there() -> None:
    opened = subject()
    assert opened.inventory is not None
    assert {one.name: one.instruction for one in opened.inventory.packages} == {
        "libssl3": None,
        "Flask": 1,
    }
    assert opened.assessment is not None
    [row] = opened.assessment.rows
    assert [one.name for one in row.packages] == ["Flask"]


def test_the_manifest_that_names_the_package_can_be_edited() -> None:
    opened = subject()
    assert opened.texts["requirements.txt"] == "Flask==2.0.0\n"
    assert "docs/notes.txt" not in opened.texts
    assert opened.built_from is not None
    assert opened.built_from.texts == opened.texts
    changed = opened.with_texts({**opened.texts, "requirements.txt": "Flask==2.2.5\n"})
    assert changed.context is not None
    assert changed.context.read("requirements.txt") == b"Flask==2.2.5\n"
    assert changed.built_from is opened.built_from


def test_packages_follow_their_instruction() -> None:
    opened = subject()
    text = TEXT.replace("RUN pip", "ENV A=1\nRUN pip")
    changed = opened.with_texts({**opened.texts, "Dockerfile": text})
    assert changed.inventory is not None
    assert changed.assessment is not None
    [flask] = [one for one in changed.inventory.packages if one.name == "Flask"]
    assert flask.instruction == 2
    assert changed.assessment.rows[0].packages == (flask,)
    gone = opened.with_texts({**opened.texts, "Dockerfile": "FROM debian:12\nCOPY app /app\n"})
    assert gone.inventory is not None
    assert [one.instruction for one in gone.inventory.packages] == [None, None]


def test_without_a_store_nothing_is_called_clean() -> None:
    report = analyse(assess_or_say(memory_subject(TEXT, image=SKETCH)))
    assert any("no advisory data" in one.reason for one in report.skipped)


def test_a_damaged_store_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRYDOCK_DATA_DIR", str(tmp_path))
    (tmp_path / "advisories.sqlite").write_bytes(b"no database" * 100)
    report = analyse(assess_or_say(memory_subject(TEXT, image=SKETCH)))
    said = [one for one in report.skipped if one.what == "vulnerabilities"]
    assert said
    assert "advisories.sqlite" in said[0].reason
