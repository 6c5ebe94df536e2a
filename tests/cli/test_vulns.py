"""`drydock vulns`: what the store knows of an image's packages; nothing unknown shown as clean."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hardening.advisories.assessment import assess
from hardening.advisories.importing import import_path
from hardening.cli import main
from hardening.image.model import Origin
from hardening.image.release import release_named
from hardening.inventory.model import Inventory
from hardening.reports.sheet import Look
from hardening.reports.vulns import vulns_text, vulns_values
from tests.advisories.building import package, store_of, until
from tests.advisories.building import record as known

NOT_MENDED = ("introduced", "0")

IMAGE = Path(__file__).resolve().parents[2] / "sample_dockerfiles" / "python-flask" / "image.tar.gz"


def record(identifier: str, ecosystem: str, name: str, fixed: str) -> dict[str, Any]:
    events = [{"introduced": "0"}, {"fixed": fixed}]
    package = {"ecosystem": ecosystem, "name": name}
    affected = [{"package": package, "ranges": [{"type": "ECOSYSTEM", "events": events}]}]
    return {"id": identifier, "modified": "2026-01-01T00:00:00Z", "affected": affected}


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("DRYDOCK_DATA_DIR", str(tmp_path / "data"))


def test_without_data_nothing_is_called_clean(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["vulns", str(IMAGE)]) == 2
    shown = capsys.readouterr().out
    assert "not assessed" in shown
    assert "drydock db update" in shown


def test_rows_name_package_layer_and_action(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    feed = tmp_path / "feed.jsonl"
    rows = (
        record("CVE-2026-1", "PyPI", "flask", "99"),
        record("CVE-2026-2", "PyPI", "flask", "1"),
        record("CVE-2026-3", "Debian:12", "glibc", "99"),
    )
    feed.write_text("\n".join(map(json.dumps, rows)))
    import_path(feed)
    assert main(["vulns", str(IMAGE), "--format", "json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "drydock.vulns/1"
    found = {one["id"]: one for one in document["vulnerabilities"]}
    assert set(found) == {"CVE-2026-1", "CVE-2026-3"}
    flask = found["CVE-2026-1"]
    assert (flask["package"], flask["installed"], flask["fixed"]) == ("Flask", "2.2.5", "99")
    assert flask["layer"] == 7
    assert flask["severity"] is None
    assert document["data"][0]["records"] == 3


@pytest.mark.parametrize("width", [80, 120])
def test_rows_stand_under_what_mends_them_and_fit(tmp_path: Path, width: int) -> None:
    debian = release_named("debian", "13")
    store_of(
        tmp_path / "data",
        known("CVE-2026-1", "Debian:13", "a-source-package-with-a-rather-long-name", *until("2:1")),
        known("CVE-2026-2", "Debian:13", "a-source-package-with-a-rather-long-name", NOT_MENDED),
        known("CVE-2026-3", "PyPI", "x", *until("2")),
        known("CVE-2026-4", "Debian:13", "b", *until("9")),
    )
    long = "a-source-package-with-a-rather-long-name"
    packages = (
        package("deb", f"lib{long}", "1:1", source=(long, "1:1")),
        package("deb", f"{long}-dev", "1:1", source=(long, "1:1")),
        package("deb", "b", "1", base=Origin.BASE),
        package("pypi", "x", "1"),
    )
    found = assess(Inventory(packages, debian))
    text = vulns_text(found, look=Look(width=width))
    lines = text.splitlines()
    assert max(map(len, lines)) <= width
    heads = [line for line in lines if not line.startswith((" ", "not assessed", "data"))]
    assert heads[:4] == ["apt upgrade: 1", "base bump: 1", "pip upgrade: 1", "no fix: 1"]
    assert heads[4].startswith("4 vulnerabilities in 4 packages: apt upgrade 1, base bump 1, pip")
    assert f"lib{long} 1:1 (and 1 more)" in " ".join(text.split())
    assert [one["packages"] for one in vulns_values("x", found)["vulnerabilities"]] == [
        [f"lib{long}", f"{long}-dev"], ["b"], ["x"], [f"lib{long}", f"{long}-dev"],
    ]  # fmt: skip


NAMED = {
    "id", "aliases", "package", "installed", "fixed", "severity", "severity_source", "cvss", "epss",
    "kev", "layer", "base", "action",
}  # fmt: skip


def test_a_row_has_every_field_that_pipelines_were_promised(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
    rated = {"severity": [{"type": "CVSS_V3", "score": vector}], "aliases": ["GHSA-1"]}
    store_of(tmp_path / "data", known("CVE-2026-1", "PyPI", "flask", *until("99"), **rated))
    assert main(["vulns", str(IMAGE), "--format", "json"]) == 1
    document = json.loads(capsys.readouterr().out)
    (row,) = document["vulnerabilities"]
    assert row.keys() >= NAMED
    assert (row["severity"], row["severity_source"], row["cvss"]) == ("critical", "CVSS v3", 9.8)
    assert (row["aliases"], row["epss"], row["kev"]) == (["GHSA-1"], None, False)
    assert row["base"] in ("base", "own", "unknown")
    assert all(one["what"] and one["reason"] for one in document["not_assessed"])
    assert all(one["imported"] for one in document["data"])


def test_a_dockerfile_tells_what_the_base_brought(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    feed = tmp_path / "feed.jsonl"
    feed.write_text(json.dumps(record("CVE-2026-1", "PyPI", "flask", "99")))
    import_path(feed)
    dockerfile = IMAGE.with_name("Dockerfile")
    assert main(["vulns", str(IMAGE), "--format", "json", "--dockerfile", str(dockerfile)]) == 1
    (row,) = json.loads(capsys.readouterr().out)["vulnerabilities"]
    assert row["base"] == "own"


def test_a_list_of_packages_takes_no_dockerfile(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = tmp_path / "sbom.json"
    assert main(["sbom", str(IMAGE), "--format", "cyclonedx", "--output", str(listed)]) == 0
    assert main(["vulns", str(listed), "--dockerfile", "Dockerfile"]) == 2
    assert "--dockerfile belongs to an image" in capsys.readouterr().err
