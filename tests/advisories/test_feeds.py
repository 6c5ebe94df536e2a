"""Feeds from a server on this machine: conditional, resumed, and never half a store."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from hardening.advisories.feeds import Source, size_of, sources, update
from hardening.advisories.store import open_store
from hardening.errors import InputError, UsageError

RECORD = {
    "id": "CVE-2026-1",
    "modified": "2026-01-01T00:00:00Z",
    "affected": [{"package": {"ecosystem": "PyPI", "name": "x"}, "versions": ["1"]}],
}
BODY = (json.dumps(RECORD) + "\n").encode() * 50


class Server(ThreadingHTTPServer):
    """Serves one body; `cut` breaks the connection after so many bytes."""

    body = BODY
    etag = '"one"'
    cut: int | None = None

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[dict[str, str]] = []


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_HEAD(self) -> None:
        self._head(200, len(self.server.body))

    def do_GET(self) -> None:
        self.server.asked.append(dict(self.headers))
        if self.headers.get("If-None-Match") == self.server.etag:
            self._head(304, 0)
            return
        start = 0
        ranged = self.headers.get("Range")
        if ranged and self.headers.get("If-Range") == self.server.etag:
            start = int(ranged.removeprefix("bytes=").rstrip("-"))
        data = self.server.body[start:]
        self._head(206 if start else 200, len(data))
        self.wfile.write(data if self.server.cut is None else data[: self.server.cut])

    def _head(self, status: int, length: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        self.send_header("ETag", self.server.etag)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def source_of(server: Server) -> Source:
    return Source("PyPI", f"http://127.0.0.1:{server.server_port}/all.jsonl", "pypi.jsonl")


def test_fetched_once_and_again_only_when_it_changed(server: Server, tmp_path: Path) -> None:
    store = tmp_path / "advisories.sqlite"
    first = update(source_of(server), store=store)
    assert first.bytes == len(BODY)
    assert first.imported is not None
    second = update(source_of(server), store=store)
    assert second.imported is None
    assert server.asked[1]["If-None-Match"] == '"one"'
    server.etag = '"two"'
    assert update(source_of(server), store=store).imported is not None


def test_interrupted_download_goes_on(server: Server, tmp_path: Path) -> None:
    store = tmp_path / "advisories.sqlite"
    server.cut = 1000
    with pytest.raises(InputError) as caught:
        update(source_of(server), store=store)
    assert "PyPI" in caught.value.what
    assert open_store(store) is None
    server.cut = None
    done = update(source_of(server), store=store)
    assert server.asked[1]["Range"] == "bytes=1000-"
    assert done.bytes == len(BODY) - 1000
    assert (tmp_path / "feeds" / "pypi.jsonl").read_bytes() == BODY


def test_changed_meanwhile_starts_again(server: Server, tmp_path: Path) -> None:
    store = tmp_path / "advisories.sqlite"
    server.cut = 1000
    with pytest.raises(InputError):
        update(source_of(server), store=store)
    server.cut, server.etag = None, '"two"'
    assert update(source_of(server), store=store).bytes == len(BODY)
    assert (tmp_path / "feeds" / "pypi.jsonl").read_bytes() == BODY


def test_size_is_told_first(server: Server) -> None:
    assert size_of(source_of(server)) == len(BODY)


def test_no_answer_is_an_error_in_words(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        update(Source("PyPI", "http://127.0.0.1:1/x", "x"), store=tmp_path / "s.sqlite")
    assert "import" in caught.value.next_step


def test_hostile_feed_leaves_the_store(server: Server, tmp_path: Path) -> None:
    store = tmp_path / "advisories.sqlite"
    update(source_of(server), store=store)
    before = store.read_bytes()
    server.body, server.etag = b"\x00 not json", '"three"'
    with pytest.raises(InputError):
        update(source_of(server), store=store)
    assert store.read_bytes() == before


def test_names_of_feeds() -> None:
    assert [one.name for one in sources(("pypi", "Red Hat", "kev"))] == ["PyPI", "Red Hat", "kev"]
    assert sources(("Red Hat",))[0].url.endswith("/Red%20Hat/all.zip")
    with pytest.raises(UsageError):
        sources(("nonsense",))
