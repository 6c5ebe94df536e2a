"""`drydock db` as a person calls it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from hardening.advisories import sources
from hardening.cli import main
from hardening.cli.database import status_values
from tests.advisories.loopback import serving

RECORD = {
    "id": "CVE-2026-1",
    "modified": "2026-01-01T00:00:00Z",
    "affected": [{"package": {"ecosystem": "PyPI", "name": "x"}, "versions": ["1"]}],
}


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRYDOCK_DATA_DIR", str(tmp_path / "data"))


def test_import_and_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["db", "status"]) == 0
    assert "No advisories" in capsys.readouterr().out
    feed = tmp_path / "feed.json"
    feed.write_text(json.dumps(RECORD))
    assert main(["db", "import", str(feed)]) == 0
    assert capsys.readouterr().out == "feed.json: 1 record\n"
    assert main(["db", "status", "--format", "json"]) == 0
    values = json.loads(capsys.readouterr().out)
    assert values["bytes"] > 0
    assert [(one["name"], one["records"]) for one in values["feeds"]] == [("feed.json", 1)]


@pytest.mark.parametrize(
    "arguments",
    [
        ["db", "import"],
        ["db", "import", "/nonexistent"],
        ["db", "update", "nonsense"],
        ["db", "update", "--offline"],
        ["db", "frobnicate"],
    ],
)
def test_mistakes_are_told(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("drydock: ")


def test_damaged_store_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "advisories.sqlite").write_bytes(b"not a database" * 100)
    assert main(["db", "status"]) == 2
    assert "Delete it and import again" in capsys.readouterr().err


def test_update_shows_the_size_first(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = {"cveID": "CVE-2026-0001", "dateAdded": "2026-11-01"}
    body = json.dumps({"catalogVersion": "1", "vulnerabilities": [entry]}).encode()
    with serving() as server:
        server.files["/kev.json"] = body
        monkeypatch.setitem(sources.TABLES, "kev", server.url("/kev.json"))
        assert main(["db", "update", "kev"]) == 0
        told = capsys.readouterr()
        assert told.err == f"kev: {len(body)} B in 1 file\n"
        assert told.out == "kev: 1 record\n"
        assert main(["db", "update", "kev"]) == 0
        told = capsys.readouterr()
        assert told.err == "kev: nothing new in 1 file\n"
        assert told.out == "kev: unchanged\n"
        monkeypatch.setitem(sources.TABLES, "epss", server.url("/none.csv.gz"))
        assert main(["db", "update", "epss", "kev"]) == 2
    told = capsys.readouterr()
    assert told.out == "kev: unchanged\n"
    assert "1 feed could not be updated" in told.err


def test_status_says_what_is_old_and_missing(tmp_path: Path) -> None:
    feed = tmp_path / "ghsa.json"
    feed.write_text(json.dumps(RECORD | {"id": "GHSA-1"}))
    assert main(["db", "import", str(feed)]) == 0
    today = date.today()
    ages = [status_values(today + timedelta(days=days))["feeds"][0]["age"] for days in (0, 3, 10)]
    assert ages[0] == ""
    assert ages[1].startswith("stale: ")
    assert ages[2].startswith("old: ")
    values = status_values(today)
    assert values["missing"] == ["kev", "epss", "endoflife"]
    assert values["feeds"][0]["licence"] == "CC-BY-4.0 (GitHub)"
    assert values["feeds"][0]["newest"] == "2026-01-01T00:00:00Z"
