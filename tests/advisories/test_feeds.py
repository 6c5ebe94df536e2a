"""Feeds from a server on this machine: conditional, resumed, and never half a store."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from hardening.advisories import feeds, writing
from hardening.advisories.feeds import sizes, update
from hardening.advisories.sources import Group, Source, groups
from hardening.advisories.store import open_store
from hardening.errors import Cancelled, InputError, UsageError
from hardening.progress import Silent
from tests.advisories.loopback import Server, serving

TODAY = date(2026, 11, 24)


def body(prefix: str, count: int = 50) -> bytes:
    lines = (
        {
            "id": f"{prefix}-{number}",
            "modified": "2026-01-01T00:00:00Z",
            "affected": [{"package": {"ecosystem": "PyPI", "name": "x"}, "versions": ["1"]}],
        }
        for number in range(count)
    )
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


BODY = body("CVE-2026")


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        running.files["/all.jsonl"] = BODY
        yield running


def group_of(server: Server, *paths: str) -> Group:
    paths = paths or ("/all.jsonl",)
    return Group(
        "PyPI",
        tuple(Source(f"PyPI {path}", server.url(path), path.strip("/")) for path in paths),
    )


def ids(store: Path) -> set[str]:
    opened = open_store(store)
    assert opened is not None
    with closing(opened):
        assert opened.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return {osv for (osv,) in opened.connection.execute("SELECT osv FROM adv")}


def test_fetched_once_and_again_only_when_it_changed(server: Server, tmp_path: Path) -> None:
    store = tmp_path / "advisories.sqlite"
    assert sizes((group_of(server),), store=store)[0].bytes == len(BODY)
    first = update(group_of(server), store=store)
    assert first.bytes == len(BODY)
    assert [one.records for one in first.imported] == [50]
    assert not list((tmp_path / "feeds").iterdir())
    assert sizes((group_of(server),), store=store)[0].bytes == 0
    second = update(group_of(server), store=store)
    assert (second.bytes, second.imported, second.unchanged) == (0, (), ("PyPI /all.jsonl",))
    assert server.headers_of("/all.jsonl")[1]["If-None-Match"] == '"one"'
    server.etag = '"two"'
    assert update(group_of(server), store=store).imported


def test_store_that_was_deleted_is_filled_again(server: Server, tmp_path: Path) -> None:
    store = tmp_path / "advisories.sqlite"
    update(group_of(server), store=store)
    store.unlink()
    assert update(group_of(server), store=store).imported
    assert len(ids(store)) == 50


def test_interrupted_download_goes_on(server: Server, tmp_path: Path) -> None:
    store = tmp_path / "advisories.sqlite"
    server.cut = 1000
    with pytest.raises(InputError) as caught:
        update(group_of(server), store=store)
    assert "PyPI" in caught.value.what
    assert open_store(store) is None
    server.cut = None
    done = update(group_of(server), store=store)
    assert server.headers_of("/all.jsonl")[1]["Range"] == "bytes=1000-"
    assert done.bytes == len(BODY) - 1000
    assert len(ids(store)) == 50


def test_changed_meanwhile_starts_again(server: Server, tmp_path: Path) -> None:
    store = tmp_path / "advisories.sqlite"
    server.cut = 1000
    with pytest.raises(InputError):
        update(group_of(server), store=store)
    server.cut, server.etag = None, '"two"'
    assert update(group_of(server), store=store).bytes == len(BODY)
    assert len(ids(store)) == 50


def test_whole_part_needs_no_more_bytes(server: Server, tmp_path: Path) -> None:
    folder = tmp_path / "feeds"
    folder.mkdir()
    (folder / "all.jsonl.part").write_bytes(BODY)
    (folder / "all.jsonl.part.state").write_text(json.dumps({"version": '"one"'}))
    done = update(group_of(server), store=tmp_path / "advisories.sqlite")
    assert done.bytes == 0
    assert [one.records for one in done.imported] == [50]


def test_fetched_file_is_imported_by_the_next_run(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "advisories.sqlite"
    with monkeypatch.context() as patch:
        patch.setattr(feeds, "replace_feeds", _cancelled)
        with pytest.raises(Cancelled):
            update(group_of(server), store=store)
    done = update(group_of(server), store=store)
    assert done.bytes == 0
    assert [one.records for one in done.imported] == [50]


def _cancelled(*args: object, **options: object) -> None:
    raise Cancelled("asked to stop")


def test_what_a_feed_no_longer_has_leaves_the_store(server: Server, tmp_path: Path) -> None:
    store = tmp_path / "advisories.sqlite"
    update(group_of(server), store=store)
    server.files["/all.jsonl"], server.etag = body("CVE-2026", 3), '"two"'
    update(group_of(server), store=store)
    assert ids(store) == {"CVE-2026-0", "CVE-2026-1", "CVE-2026-2"}
    opened = open_store(store)
    assert opened is not None
    with closing(opened):
        assert opened.connection.execute("SELECT count(*) FROM ver").fetchone() == (3,)


def test_one_bad_file_of_several(server: Server, tmp_path: Path) -> None:
    store = tmp_path / "advisories.sqlite"
    server.files["/bad.jsonl"] = b"\x00 not json"
    with pytest.raises(InputError):
        update(group_of(server, "/bad.jsonl", "/all.jsonl"), store=store)
    assert len(ids(store)) == 50


def test_file_that_is_not_there_is_named(server: Server, tmp_path: Path) -> None:
    store = tmp_path / "advisories.sqlite"
    done = update(group_of(server, "/none.jsonl", "/all.jsonl"), store=store)
    assert done.missing == ("PyPI /none.jsonl",)
    assert len(ids(store)) == 50
    with pytest.raises(InputError):
        update(group_of(server, "/none.jsonl"), store=store)


def test_no_answer_is_an_error_in_words(tmp_path: Path) -> None:
    group = Group("PyPI", (Source("PyPI", "http://127.0.0.1:1/x", "x"),))
    with pytest.raises(InputError) as caught:
        update(group, store=tmp_path / "s.sqlite")
    assert "import" in caught.value.next_step


def test_hostile_feed_leaves_the_store(server: Server, tmp_path: Path) -> None:
    store = tmp_path / "advisories.sqlite"
    update(group_of(server), store=store)
    before = store.read_bytes()
    server.files["/all.jsonl"], server.etag = b"\x00 not json", '"three"'
    with pytest.raises(InputError):
        update(group_of(server), store=store)
    assert store.read_bytes() == before
    assert not list((tmp_path / "feeds").iterdir())


def test_only_one_run_at_a_time(server: Server, tmp_path: Path) -> None:
    store = tmp_path / "advisories.sqlite"
    with writing.new_store(store), pytest.raises(InputError) as caught:
        update(group_of(server), store=store)
    assert "another drydock" in caught.value.why
    assert update(group_of(server), store=store).bytes == 0
    with writing.alone(store, "update.lock"), pytest.raises(InputError):
        update(group_of(server), store=store)


class Stops(Silent):
    """Asks to stop at the nth call of anything."""

    def __init__(self, after: int) -> None:
        self.left = after

    def advance(self, phase: str, amount: int) -> None:
        self.check()

    def check(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Cancelled("asked to stop")


@pytest.mark.parametrize("after", [0, 1, 2, 10, 40])
def test_stopped_anywhere_the_old_store_answers(server: Server, tmp_path: Path, after: int) -> None:
    store = tmp_path / "advisories.sqlite"
    update(group_of(server), store=store)
    server.files["/all.jsonl"], server.etag = body("GHSA", 60), '"two"'
    with pytest.raises(Cancelled):
        update(group_of(server), store=store, progress=Stops(after))
    assert ids(store) == {f"CVE-2026-{number}" for number in range(50)}
    assert not list(tmp_path.glob("*.new"))
    update(group_of(server), store=store)
    assert ids(store) == {f"GHSA-{number}" for number in range(60)}


RUN = """
import sys
from pathlib import Path
from hardening.advisories.feeds import update
from hardening.advisories.sources import Group, Source
print("ready", flush=True)
update(Group("x", (Source("x", sys.argv[1], "x.jsonl"),)), store=Path(sys.argv[2]))
print("done", flush=True)
"""


def test_killed_anywhere_the_store_is_the_old_or_the_new_one(
    server: Server, tmp_path: Path
) -> None:
    store = tmp_path / "advisories.sqlite"
    old = Group("x", (Source("x", server.url("/all.jsonl"), "x.jsonl"),))
    update(old, store=store)
    server.files["/all.jsonl"], server.etag = body("GHSA", 20_000), '"two"'
    wanted = ({f"CVE-2026-{n}" for n in range(50)}, {f"GHSA-{n}" for n in range(20_000)})
    for delay in (0.0, 0.1, 0.25, 0.4, 0.6, 0.9):
        arguments = [sys.executable, "-c", RUN, server.url("/all.jsonl"), str(store)]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE) as running:
            assert running.stdout is not None
            assert running.stdout.readline() == b"ready\n"
            time.sleep(delay)
            os.kill(running.pid, signal.SIGKILL)
        assert ids(store) in wanted
    update(old, store=store)
    assert ids(store) == wanted[1]
    assert not list(tmp_path.glob("*.new"))
    assert not list((tmp_path / "feeds").iterdir())


def test_names_of_feeds() -> None:
    chosen = groups(("pypi", "Red Hat", "kev", "alpine:V3.19"), today=TODAY)
    assert [one.name for one in chosen] == ["PyPI", "Red Hat", "kev", "Alpine:v3.19"]
    assert chosen[1].sources[0].url.endswith("/Red%20Hat/all.zip")
    whole, *secdb = chosen[3].sources
    assert (whole.name, whole.releases) == ("Alpine", ("Alpine:v3.19",))
    assert [one.url.rpartition("/v3.19/")[2] for one in secdb] == ["main.json", "community.json"]
    with pytest.raises(UsageError):
        groups(("nonsense",), today=TODAY)


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("Debian:12", "Debian:12"),
        ("debian:bookworm", "Debian:12"),
        ("Alpine:3.19", "Alpine:v3.19"),
        ("alpine:edge", "Alpine:edge"),
        ("Ubuntu:22.04", "Ubuntu:22.04:LTS"),
        ("ubuntu:24.04:lts", "Ubuntu:24.04:LTS"),
        ("Ubuntu:25.10", "Ubuntu:25.10"),
        ("rocky linux:9", "Rocky Linux:9"),
        ("Red Hat:9", "Red Hat:enterprise_linux:9"),
        ("SUSE:Linux Enterprise Server 15 SP7", "SUSE:Linux Enterprise Server 15 SP7"),
        ("openSUSE:Leap 15.6", "openSUSE:Leap 15.6"),
        ("Azure Linux:3", "Azure Linux:3"),
    ],
)
def test_names_of_releases(asked: str, kept: str) -> None:
    (group,) = groups((asked,), today=TODAY)
    assert (group.name, group.sources[0].releases) == (kept, (kept,))


@pytest.mark.parametrize(
    "asked", ["Debian:nonsense", "PyPI:3", "Alpine:3", "kev:1", "Ubuntu:", ":"]
)
def test_names_that_are_none(asked: str) -> None:
    with pytest.raises(UsageError):
        groups((asked,), today=TODAY)


def test_releases_of_one_ecosystem_are_fetched_once() -> None:
    first, whole = groups(("Debian:12", "Debian:11", "PyPI"), today=TODAY)
    assert first.sources[0].releases == ("Debian:12", "Debian:11")
    assert (whole.name, whole.sources[0].releases) == ("PyPI", ())
    (all_of,) = groups(("Debian:12", "Debian"), today=TODAY)
    assert all_of.sources[0].releases == ()
    assert groups(today=TODAY)[0].sources[0].releases is None


def test_alpine_brings_both_repositories_of_its_branches() -> None:
    (alpine,) = groups(("Alpine",), today=TODAY)
    files = {one.file for one in alpine.sources}
    assert {"alpine.zip", "alpine-v3.24-main.json", "alpine-v3.24-community.json"} <= files
    assert "alpine-edge-community.json" in files
    assert "alpine-v3.10-main.json" not in files
    assert len({one.name for one in alpine.sources}) == len(alpine.sources)


def test_every_group_has_files_of_its_own() -> None:
    files = [one.file for group in groups(today=TODAY) for one in group.sources]
    assert len(files) == len(set(files))
    assert all("/" not in one and not one.startswith(".") for one in files)
