"""Asking the OSV service, played by a server on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from hardening.advisories import online
from hardening.advisories.online import assess_online
from hardening.cli import main
from hardening.errors import InputError
from hardening.image.release import release_named
from hardening.inventory.model import Inventory
from tests.advisories.building import package, record, until


class Service(ThreadingHTTPServer):
    """Answers as the documentation says: ids in the order of the queries, pages for each query."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.records: dict[str, dict[str, Any]] = {}
        self.pages: dict[str, list[list[str]]] = {}
        self.batches: list[list[dict[str, Any]]] = []
        self.answer: bytes | None = None
        self.busy = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Service
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.server.busy:
            self.server.busy -= 1
            self._send(b"{}", 429)
            return
        self.server.batches.append(body["queries"])
        results = [self._result(query) for query in body["queries"]]
        self._send(json.dumps({"results": results}).encode())

    def _result(self, query: dict[str, Any]) -> dict[str, Any]:
        pages = self.server.pages.get(query["package"]["name"], [])
        number = int(query.get("page_token", "0"))
        if number >= len(pages):
            return {}
        found: dict[str, Any] = {"vulns": [{"id": one, "modified": ""} for one in pages[number]]}
        if number + 1 < len(pages):
            found["next_page_token"] = str(number + 1)
        return found

    def do_GET(self) -> None:
        name = self.path.removeprefix("/v1/vulns/")
        one = self.server.records.get(name)
        self._send(json.dumps(one).encode(), 200 if one else 404)

    def _send(self, data: bytes, status: int = 200) -> None:
        data = self.server.answer or data
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setattr(online, "WAITS", (0.0, 0.0))
    with Service() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def inventory(*names: str) -> Inventory:
    packages = tuple(package("deb", name, "1", source=(f"src-{name}", "1")) for name in names)
    return Inventory((*packages, package("pypi", "Flask", "2.0")), release_named("debian", "13"))


def test_the_answer_is_the_stores(service: Service) -> None:
    one = record("DEBIAN-CVE-2026-1", "Debian:13", "src-x", *until("2"), upstream=["CVE-2026-1"])
    service.records = {
        "DEBIAN-CVE-2026-1": one,
        "GHSA-1": record("GHSA-1", "PyPI", "flask", *until("3"), aliases=["CVE-2026-2"]),
        "GHSA-2": record("GHSA-2", "PyPI", "flask", *until("1")),
    }
    service.pages = {"src-x": [["DEBIAN-CVE-2026-1"]], "flask": [["GHSA-1"], ["GHSA-2"]]}
    found = assess_online(inventory("x", "y"), api=service.url)
    assert {row.vulnerability.id: row.vulnerability.fixed for row in found.rows} == {
        "CVE-2026-1": "2",
        "CVE-2026-2": "3",
    }
    assert found.assessed == 3
    assert [(one.name, one.records) for one in found.feeds] == [("api.osv.dev", 3)]
    first = service.batches[0]
    assert {"package": {"ecosystem": "Debian:13", "name": "src-y"}, "version": "1"} in first
    assert service.batches[1] == [
        {"package": {"ecosystem": "PyPI", "name": "flask"}, "version": "2.0", "page_token": "1"}
    ]


def test_nuget_is_asked_in_its_own_writing(service: Service) -> None:
    service.records = {"GHSA-1": record("GHSA-1", "NuGet", "Newtonsoft.Json", *until("13.0.1"))}
    service.pages = {"Newtonsoft.Json": [["GHSA-1"]]}
    one = package("nuget", "Newtonsoft.Json", "12.0.3")
    found = assess_online(Inventory((one,), None), api=service.url)
    assert [row.vulnerability.fixed for row in found.rows] == ["13.0.1"]


def test_repositories_of_red_hat_and_suse_are_asked_by_name(service: Service) -> None:
    rpm = (package("rpm", "x", "1-1"),)
    for release, wanted in (
        (release_named("rhel", "9.4"), "Red Hat:enterprise_linux:9::appstream"),
        (release_named("sles", "15.5"), "SUSE:Linux Enterprise Module for Basesystem 15 SP5"),
    ):
        one = record("A-1", wanted, "x", *until("2-1"), upstream=["CVE-2026-1"])
        service.records, service.pages = {"A-1": one}, {"x": [["A-1"]]}
        found = assess_online(Inventory(rpm, release), api=service.url)
        asked = {query["package"]["ecosystem"] for query in service.batches[-1]}
        assert wanted in asked
        assert [row.vulnerability.id for row in found.rows] == ["CVE-2026-1"]


def test_batches_are_bounded(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(online, "MAX_QUERIES", 4)
    assess_online(inventory(*(f"p{number}" for number in range(9))), api=service.url)
    assert [len(one) for one in service.batches] == [4, 4, 2]


def test_busy_service_is_asked_again(service: Service) -> None:
    service.busy = 2
    assert assess_online(inventory("x"), api=service.url).assessed == 2
    service.busy = 9
    with pytest.raises(InputError):
        assess_online(inventory("x"), api=service.url)


def test_unknown_distribution_is_not_asked_and_not_clean(service: Service) -> None:
    one = Inventory((package("deb", "x", "1"),), release_named("fedora", "44"))
    found = assess_online(one, api=service.url)
    assert found.assessed == 0
    assert any("fedora" in skipped.what for skipped in found.not_assessed)
    assert not service.batches


@pytest.mark.parametrize(
    "answer", [b"[]", b"nonsense", b"{}", b'{"results": [1]}', b"[" * 100_000, b'{"results": {}}']
)
def test_hostile_answers_end_in_words(service: Service, answer: bytes) -> None:
    service.answer = answer
    with pytest.raises(InputError) as caught:
        assess_online(inventory("x"), api=service.url)
    assert "api.osv.dev" in caught.value.what


def test_pages_without_end(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(online, "MAX_PAGES", 3)
    service.pages = {"flask": [["A"]] * 50}
    with pytest.raises(InputError) as caught:
        assess_online(inventory("x"), api=service.url)
    assert "do not end" in caught.value.why


def test_too_large_an_answer(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(online, "MAX_ANSWER", 1_000)
    service.answer = b'{"results": [' + b" " * 5_000
    with pytest.raises(InputError) as caught:
        assess_online(inventory("x"), api=service.url)
    assert "too large" in caught.value.why


def test_nobody_there() -> None:
    with pytest.raises(InputError) as caught:
        assess_online(inventory("x"), api="http://127.0.0.1:1")
    assert "db import" in caught.value.next_step


def test_command_asks_only_when_told(
    tmp_path: Path,
    service: Service,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DRYDOCK_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(online, "API", service.url)
    path = tmp_path / "sbom.json"
    components = [{"type": "library", "purl": "pkg:pypi/flask@2.0"}]
    path.write_text(json.dumps({"bomFormat": "CycloneDX", "components": components}))
    service.records = {"GHSA-1": record("GHSA-1", "PyPI", "flask", *until("3"))}
    service.pages = {"flask": [["GHSA-1"]]}
    assert main(["vulns", str(path)]) == 2
    assert main(["vulns", str(path), "--offline"]) == 2
    assert "nothing was assessed" in capsys.readouterr().out
    assert not service.batches
    assert main(["vulns", str(path), "--online"]) == 1
    assert "GHSA-1" in capsys.readouterr().out
    assert main(["vulns", str(path), "--online", "--offline"]) == 2
