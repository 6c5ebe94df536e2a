"""`drydock db` as a person calls it."""

from __future__ import annotations

import json
import socket
from datetime import date, timedelta
from pathlib import Path

import pytest

from hardening.advisories import sources
from hardening.cli import main
from hardening.cli.database import status_values
from hardening.reports.layers import human_size
from tests.advisories.building import record, until
from tests.advisories.loopback import serving

IMAGE = Path(__file__).resolve().parents[2] / "sample_dockerfiles" / "python-flask" / "image.tar.gz"

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
        assert told.err == f"drydock: kev: {len(body)} B in 1 file\n"
        assert told.out == "kev: 1 record\n"
        assert main(["db", "update", "kev"]) == 0
        told = capsys.readouterr()
        assert told.err == "drydock: kev: nothing new in 1 file\n"
        assert told.out == "kev: unchanged\n"
        monkeypatch.setitem(sources.TABLES, "epss", server.url("/none.csv.gz"))
        assert main(["db", "update", "epss", "kev"]) == 2
    told = capsys.readouterr()
    assert told.out == "kev: unchanged\n"
    assert "epss: nothing new in 1 file" in told.err
    assert "in all: nothing new in 2 files" in told.err
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


def test_one_release_says_that_all_is_fetched(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [record(f"DEBIAN-CVE-2026-{n}", f"Debian:{n}", "x", *until("2")) for n in (11, 12, 13)]
    lines.append(
        record("DEBIAN-CVE-2026-9", "Debian:12", "x") | {"withdrawn": "2026-01-01T00:00:00Z"}
    )
    body = "".join(json.dumps(one) + "\n" for one in lines).encode()
    with serving() as server, monkeypatch.context() as patch:
        server.files["/Debian/all.zip"] = body
        feed = sources.Source("Debian", server.url("/Debian/all.zip"), "d.jsonl", ("Debian:12",))
        patch.setattr(sources, "groups", lambda *_, **__: (sources.Group("Debian:12", (feed,)),))
        assert main(["db", "update", "Debian:12"]) == 0
    told = capsys.readouterr()
    assert told.err == (
        f"drydock: Debian:12: {human_size(len(body))} in 1 file (Debian is published as a whole)\n"
    )
    assert told.out == "Debian:12: 1 record; left out: 1 withdrawn, 2 of other releases\n"
    assert main(["db", "status"]) == 0
    assert capsys.readouterr().out.startswith("Debian:12  1 record")
    (found,) = status_values()["feeds"]
    assert (found["name"], found["releases"]) == ("Debian", ["Debian:12"])


class Forbidden(RuntimeError):
    """A connection was opened."""


def test_offline_opens_no_connection_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened: list[object] = []

    def forbidden(self: socket.socket, address: object) -> None:
        opened.append(address)
        raise Forbidden(address)

    def resolved(*arguments: object, **options: object) -> None:
        opened.append(arguments)
        raise Forbidden(arguments)

    monkeypatch.setattr(socket.socket, "connect", forbidden)
    monkeypatch.setattr(socket.socket, "connect_ex", forbidden)
    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    with pytest.raises(Forbidden):
        socket.create_connection(("127.0.0.1", 9))
    opened.clear()
    feed = tmp_path / "feed.jsonl"
    feed.write_text(json.dumps(record("GHSA-1", "PyPI", "flask", *until("99"))))
    assert main(["db", "update", "--offline"]) == 2
    assert main(["db", "import", "--offline", str(feed)]) == 0
    assert main(["db", "status", "--offline"]) == 0
    assert main(["vulns", "--offline", str(IMAGE)]) == 1
    assert main(["vulns", str(IMAGE)]) == 1
    assert "GHSA-1" in capsys.readouterr().out
    assert not opened
