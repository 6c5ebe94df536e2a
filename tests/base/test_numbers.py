"""What a move to another base does to the known vulnerabilities, and what is unknown."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hardening.advisories.assessment import Assessment
from hardening.advisories.importing import import_path
from hardening.advisories.model import Rating, Vulnerability
from hardening.image.synthetic import ImageSketch, LayerSketch
from hardening.model import Severity
from hardening.opening import memory_subject
from hardening.opening.base_packages import LocalBase
from hardening.rewrites.base_delta import base_numbers, delta, whole_numbers
from tests.cli.conftest import Run, run
from tests.cli.test_vulns import record
from tests.registry.real import push, push_attested, registry

__all__ = ["run"]

SAMPLE = Path(__file__).resolve().parents[2] / "sample_dockerfiles" / "python-flask"


def found(
    number: int, package: str, ecosystem: str = "Debian:12", fixed: str = ""
) -> Vulnerability:
    name = f"CVE-2099-{number}"
    rating = Rating(Severity.HIGH if number % 2 else None)
    return Vulnerability(name, package, ecosystem, "1-1", fixed, rating, name)


def assessed(*rows: Vulnerability, release: str = "12", base_layers: int | None = 1) -> Assessment:
    names = sorted({one.package for one in rows})
    status = "".join(
        f"Package: {name}\nStatus: install ok installed\nVersion: 1-1\n\n" for name in names
    )
    files = {
        "etc/os-release": f'ID=debian\nVERSION_ID="{release}"\n',
        "var/lib/dpkg/status": status,
    }
    image = ImageSketch((LayerSketch(files), LayerSketch({"app": "x"})), base_layers=base_layers)
    subject = memory_subject("FROM debian:12\nCOPY app /app\n", image=image, assessment=rows)
    assert subject.assessment is not None
    return subject.assessment


def test_fixed_brought_and_remaining() -> None:
    old = base_numbers(assessed(found(1, "a", fixed="2"), found(2, "b"), found(3, "c")))
    other = (found(2, "b", "Debian:13"), found(4, "d", "Debian:13"))
    new = whole_numbers(assessed(*other, release="13"))
    assert old is not None
    assert new is not None
    assert (old.total, old.fixable, new.total) == (3, 1, 2)
    assert old.by_severity()["high"] == 2
    assert old.by_severity()["unrated"] == 1
    change = delta(old, new)
    assert [one.id for one in change.fixed] == ["CVE-2099-1", "CVE-2099-3"]
    assert [one.id for one in change.brought] == ["CVE-2099-4"]
    assert [one.ecosystem for one in change.remaining] == ["Debian:13"]


def test_what_was_not_looked_up_is_none_and_not_zero() -> None:
    assert base_numbers(None) is None
    assert base_numbers(Assessment()) is None
    assert base_numbers(assessed(found(1, "a"), base_layers=None)) is None
    clean = base_numbers(replace(assessed(found(1, "a")), rows=()))
    assert clean is not None
    assert clean.total == 0


def test_hidden_ones_are_counted_apart() -> None:
    numbers = base_numbers(assessed(found(1, "a"), replace(found(2, "b"), hidden="kernel headers")))
    assert numbers is not None
    assert (numbers.total, numbers.hidden) == (1, 1)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The Flask sample without an engine, and advisories about its base."""
    monkeypatch.setenv("DRYDOCK_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    folder = tmp_path / "shop"
    shutil.copytree(SAMPLE, folder)
    monkeypatch.chdir(folder)
    feed = tmp_path / "feed.jsonl"
    feed.write_text(json.dumps(record("CVE-2026-2", "Debian:12", "glibc", "99")))
    import_path(feed)
    return folder


def values(run: Run, *options: str) -> Any:
    done = run("base", ".", "--image", "image.tar.gz", "--format", "json", *options)
    assert done.code == 0, done.err
    return json.loads(done.out)


def test_the_image_at_hand_tells_of_its_base(run: Run, shop: Path) -> None:
    told = values(run)
    numbers = told["vulnerabilities"]
    assert (numbers["total"], numbers["with_fix"]) == (1, 1)
    assert numbers["by_severity"]["unrated"] == 1
    assert numbers["source"] == "the image at hand"
    assert numbers["data"]
    assert all(row["vulnerabilities"] is None for row in told["rows"])
    assert all("--compare" in row["vulnerabilities_note"] for row in told["rows"])
    shown = " ".join(run("base", ".", "--image", "image.tar.gz").out.split())
    assert "vulnerabilities 1 unrated, 1 with a fix (the image at hand)" in shown
    assert "vulnerabilities unknown (not read" in shown


def test_a_row_that_the_engine_holds_is_compared(
    run: Run, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def local(name: str, **_: object) -> LocalBase:
        if name != "python:3.11":
            return LocalBase(why=f"There is no image {name}")
        return LocalBase(assessed(found(1, "a"), base_layers=None), 1234)

    monkeypatch.setattr("hardening.opening.base_packages.local_base_packages", local)
    rows = {row["image"]: row for row in values(run, "--compare")["rows"]}
    row = rows["python:3.11"]
    assert row["size_bytes"] == 1234
    assert row["vulnerabilities"]["fixed"]["unrated"] == 1
    assert row["vulnerabilities"]["brought"]["high"] == 1
    assert sum(row["vulnerabilities"]["remaining"].values()) == 0
    other = rows["python:3.14"]
    assert other["vulnerabilities"] is None
    assert "no image python:3.14" in other["vulnerabilities_note"]
    shown = run("base", ".", "--image", "image.tar.gz", "--compare").out
    assert "mends 1 unrated; brings 1 high; leaves none (python:3.11 of the local engine)" in shown


def test_without_an_engine_the_reason_is_told(run: Run, shop: Path) -> None:
    rows = values(run, "--compare")["rows"]
    assert rows
    assert all(row["vulnerabilities"] is None for row in rows)
    assert all(row["vulnerabilities_note"] for row in rows)


def test_compare_and_offline_exclude_each_other(run: Run, shop: Path) -> None:
    done = run("base", ".", "--offline", "--compare")
    assert done.code == 2
    assert "--offline was given" in done.err


def test_the_list_that_a_builder_attached_is_compared(
    run: Run, shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = {
        "name": "libc6",
        "versionInfo": "100-1",
        "externalRefs": [
            {
                "referenceType": "purl",
                "referenceLocator": "pkg:deb/debian/libc6@100-1?distro=debian-12&upstream=glibc",
            }
        ],
    }
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "none"))
    monkeypatch.delenv("REGISTRY_AUTH_FILE", raising=False)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    with registry(tmp_path) as running:
        sbom = {"spdxVersion": "SPDX-2.3", "packages": [package]}
        push_attested(f"http://{running.host}", "library/python", "3.11", sbom)
        push(f"http://{running.host}", "library/python", ("3.14",))
        monkeypatch.setattr("hardening.image.registry_http.HUB", running.host)
        told = values(run, "--ask-registry", "--compare")
    rows = {row["image"]: row for row in told["rows"]}
    found = rows["python:3.11"]["vulnerabilities"]
    assert found["source"] == "the list that its builder attached"
    assert found["total"] == 0
    assert found["fixed"]["unrated"] == 1
    assert rows["python:3.14"]["vulnerabilities"] is None
