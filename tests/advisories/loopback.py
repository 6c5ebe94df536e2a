"""A server on this machine that serves feeds as real ones do: validators, ranges, HEAD."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server(ThreadingHTTPServer):
    """Serves `files` by path; `cut` breaks every answer off after so many bytes, `pause` waits so
    many seconds after each piece of 4,096; of `unsized` it does not tell the size."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {}
        self.etag = '"one"'
        self.cut: int | None = None
        self.pause = 0.0
        self.unsized: set[str] = set()
        self.asked: list[tuple[str, dict[str, str]]] = []

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is no error here."""

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"

    def headers_of(self, path: str) -> list[dict[str, str]]:
        return [headers for asked, headers in self.asked if asked == path]


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_HEAD(self) -> None:
        body = self.server.files.get(self.path)
        if body is None:
            self._head(404, 0)
        elif self.headers.get("If-None-Match") == self.server.etag:
            self._head(304, 0)
        else:
            self._head(200, len(body))

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        body = self.server.files.get(self.path)
        if body is None:
            self._head(404, 0)
            return
        if self.headers.get("If-None-Match") == self.server.etag:
            self._head(304, 0)
            return
        start = 0
        ranged = self.headers.get("Range")
        if ranged and self.headers.get("If-Range") == self.server.etag:
            start = int(ranged.removeprefix("bytes=").rstrip("-"))
            if start >= len(body):
                self._head(416, 0, f"bytes */{len(body)}")
                return
        data = body[start:]
        self._head(206 if start else 200, len(data), f"bytes {start}-{len(body) - 1}/{len(body)}")
        data = data if self.server.cut is None else data[: self.server.cut]
        if not self.server.pause:
            self.wfile.write(data)
            return
        for start in range(0, len(data), 4096):
            self.wfile.write(data[start : start + 4096])
            time.sleep(self.server.pause)

    def _head(self, status: int, length: int, ranged: str = "") -> None:
        self.send_response(status)
        if self.path not in self.server.unsized:
            self.send_header("Content-Length", str(length))
        self.send_header("ETag", self.server.etag)
        if ranged and status in (206, 416):
            self.send_header("Content-Range", ranged)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        return


@contextmanager
def serving() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield running
        finally:
            running.shutdown()
            thread.join()
