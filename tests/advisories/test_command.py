"""`drydock db` as a person calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hardening.cli import main

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
