"""Fetches one file: only when it changed, going on where an interrupted download stopped.

Beside the file `NAME` stand `NAME.part`, which grows, and `NAME.state` or `NAME.part.state` with
what the server calls the version (its ETag, else its Last-Modified). RFC 9110 sections 8.8, 13, 14.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from hardening.advisories.sources import Source
from hardening.errors import InputError
from hardening.progress import SILENT, Progress

if TYPE_CHECKING:
    import httpx

MAX_BYTES = 4 << 30
_TIMEOUT = 60.0
_TAG = re.compile(r'(?:W/)?"')
_RANGE = re.compile(r"bytes (\d+)-")


class NotThere(InputError):
    """The server has no such file."""


def client_for(source: Source) -> httpx.Client:
    """A client that follows redirects, from https to https only."""
    import httpx

    secure = source.url.startswith("https:")

    def checked(request: httpx.Request) -> None:
        if secure and request.url.scheme != "https":
            raise httpx.UnsupportedProtocol("it leads away from https")

    encoding = "gzip" if source.file.endswith(".json") else "identity"
    return httpx.Client(
        follow_redirects=True,
        timeout=_TIMEOUT,
        max_redirects=5,
        headers={"accept-encoding": encoding},
        event_hooks={"request": [checked]},
    )


def size_of(source: Source, version: str, file: Path) -> int | None:
    """Bytes that fetching it takes: 0 when it is still this version or the file's, less what an
    interrupted download left; None when the server does not say. Raises InputError."""
    waiting = read_state(file) if file.exists() else ""
    with client_for(source) as client, said(source):
        response = client.head(source.url, headers=_condition(waiting or version))
        if response.status_code == 304:
            return 0
        response.raise_for_status()
        length = response.headers.get("content-length", "")
    if not (length.isascii() and length.isdecimal()):
        return None
    return max(int(length) - _begun(file, _version_of(response)), 0)


def _begun(file: Path, now: str) -> int:
    """Bytes of this version that an interrupted download left."""
    part = file.with_name(file.name + ".part")
    same = now and not now.startswith("W/") and part.exists() and read_state(part) == now
    return part.stat().st_size if same else 0


def _version_of(answer: httpx.Response) -> str:
    tag: str = answer.headers.get("etag", "") or answer.headers.get("last-modified", "")
    return tag


def fetch(source: Source, file: Path, version: str, progress: Progress = SILENT) -> tuple[int, str]:
    """Bytes fetched now, into the file, and what the server calls the version, which is `version`
    when it still is what the store holds. A complete file of an earlier run is used. Raises
    InputError, Cancelled."""
    waiting = read_state(file) if file.exists() else ""
    if not waiting:
        file.unlink(missing_ok=True)
    part = file.with_name(file.name + ".part")
    begun = read_state(part) if part.exists() else ""
    headers = _condition(waiting or version)
    if begun and not begun.startswith("W/"):
        headers = {"Range": f"bytes={part.stat().st_size}-", "If-Range": begun}
    with (
        client_for(source) as client,
        said(source),
        client.stream("GET", source.url, headers=headers) as answer,
    ):
        if answer.status_code == 304:
            return 0, waiting or version
        if answer.status_code == 416:
            count, now = _whole(source, answer, part), begun
        else:
            answer.raise_for_status()
            now = _version_of(answer)
            write_state(part, now)
            count = _receive(source, answer, part, progress)
    file.unlink(missing_ok=True)
    write_state(file, now)
    part.replace(file)
    part.with_name(part.name + ".state").unlink(missing_ok=True)
    return count, now


def _whole(source: Source, answer: httpx.Response, part: Path) -> int:
    """There was nothing left to fetch: 0 when the part is as long as the server's file."""
    size = part.stat().st_size if part.exists() else 0
    if answer.headers.get("content-range", "") == f"bytes */{size}":
        return 0
    part.unlink(missing_ok=True)
    raise InputError(
        f"Cannot go on fetching the feed {source.name}",
        "what was fetched before does not fit the server's file; it was dropped",
        "Run the same again",
    )


def _receive(source: Source, answer: httpx.Response, part: Path, progress: Progress) -> int:
    length = answer.headers.get("content-length", "")
    phase = f"fetching {source.name}"
    known = length.isascii() and length.isdecimal()
    progress.start(phase, int(length) if known else None)
    count = 0
    with part.open("ab" if _goes_on(answer, part) else "wb") as stream:
        for chunk in answer.iter_raw():
            progress.check()
            count += len(chunk)
            if stream.tell() + len(chunk) > MAX_BYTES:
                raise InputError(f"The feed {source.name} is too large", f"over {MAX_BYTES} bytes")
            stream.write(chunk)
            progress.advance(phase, len(chunk))
    progress.finish(phase)
    return count


def _goes_on(answer: httpx.Response, part: Path) -> bool:
    """Whether the answer is the rest of what is there."""
    if answer.status_code != 206:
        return False
    start = _RANGE.match(answer.headers.get("content-range", ""))
    size = part.stat().st_size if part.exists() else 0
    if start is None or int(start[1]) != size:
        part.unlink(missing_ok=True)
        raise InputError("A server sent another part than was asked for", "", "Run the same again")
    return True


def _condition(version: str) -> dict[str, str]:
    if not version:
        return {}
    return {"If-None-Match" if _TAG.match(version) else "If-Modified-Since": version}


def read_state(file: Path) -> str:
    """What the server called the version in this file, "" when nobody knows."""
    try:
        found = json.loads(file.with_name(file.name + ".state").read_text()).get("version", "")
    except (OSError, ValueError, AttributeError):
        return ""
    return found if isinstance(found, str) else ""


def write_state(file: Path, version: str) -> None:
    file.with_name(file.name + ".state").write_text(json.dumps({"version": version}))


def forget(file: Path) -> None:
    """Remove a file and what belongs to it."""
    for ending in ("", ".state", ".part", ".part.state"):
        file.with_name(file.name + ending).unlink(missing_ok=True)


@contextmanager
def said(source: Source) -> Iterator[None]:
    """Turns what httpx raises into an InputError that names the feed."""
    import httpx

    try:
        yield
    except httpx.HTTPStatusError as error:
        kind = NotThere if error.response.status_code in (404, 410) else InputError
        raise kind(
            f"Cannot fetch the feed {source.name}",
            f"the server answered {error.response.status_code}",
            "Try again later, or import a file with `drydock db import`",
        ) from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise InputError(
            f"Cannot fetch the feed {source.name}",
            str(error) or type(error).__name__,
            "Try again later, or import a file with `drydock db import`",
        ) from error
