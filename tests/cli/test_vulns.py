"""`drydock vulns`: what the store knows of an image's packages; nothing unknown shown as clean."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hardening.advisories.importing import import_path
from hardening.cli import main

IMAGE = Path(__file__).resolve().parents[2] / "sample_dockerfiles" / "python-flask" / "image.tar.gz"


def record(identifier: str, ecosystem: str, name: str, fixed: str) -> dict[str, Any]:
    events = [{"introduced": "0"}, {"fixed": fixed}]
    package = {"ecosystem": ecosystem, "name": name}
    affected = [{"package": package, "ranges": [{"type": "ECOSYSTEM", "events": events}]}]
    return {"id": identifier, "modified": "2026-01-01T00:00:00Z", "affected": affected}


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
