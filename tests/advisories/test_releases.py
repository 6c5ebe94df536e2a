"""One release of an ecosystem: what the store keeps, and what the next update does with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from hardening.advisories.feeds import Size, sizes, update
from hardening.advisories.model import Feed
from hardening.advisories.sources import Group, Source
from hardening.advisories.store import open_store
from hardening.errors import InputError
from tests.advisories.building import fixes, matched, record, until
from tests.advisories.loopback import Server, serving

PATH = "/Debian/all.jsonl"


def debian(number: int, **releases: str) -> dict[str, Any]:
    """A record of one CVE, by release the version that mends it."""
    made = record(f"DEBIAN-CVE-2026-{number}", "", "", upstream=[f"CVE-2026-{number}"])
    made["affected"] = [
        record("", f"Debian:{release.removeprefix('r')}", "x", *until(version))["affected"][0]
        for release, version in releases.items()
    ]
    return made


BODY = [debian(1, r11="2", r12="3"), debian(2, r11="2"), debian(3, r12="3", r13="4")]


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        put(running, BODY)
        yield running


def put(server: Server, records: list[dict[str, Any]]) -> None:
    server.files[PATH] = "".join(json.dumps(one) + "\n" for one in records).encode()


def asked(server: Server, *releases: str, held: bool = False) -> Group:
    kept = None if held else tuple(f"Debian:{one}" for one in releases)
    return Group("Debian", (Source("Debian", server.url(PATH), "debian.jsonl", kept),))


def feed_of(store: Path) -> Feed:
    opened = open_store(store)
    assert opened is not None
    with closing(opened):
        (feed,) = opened.feeds()
        return feed


def known(store: Path) -> set[str]:
    opened = open_store(store)
    assert opened is not None
    with closing(opened):
        return set(opened.ecosystems())


def test_only_the_release_that_was_asked_for(server: Server, tmp_path: Path) -> None:
    store = tmp_path / "advisories.sqlite"
    done = update(asked(server, "12"), store=store)
    assert [(one.records, one.elsewhere, one.left_out) for one in done.imported] == [(2, 1, 0)]
    assert (feed_of(store).releases, feed_of(store).records) == (("Debian:12",), 2)
    assert known(store) == {"Debian:12"}
    found = matched(store, ("Debian:12", "x", "1"), ("Debian:11", "x", "1"))
    assert fixes(found) == [("CVE-2026-1", "3"), ("CVE-2026-3", "3")]
    assert found.unknown_ecosystems == ("Debian:11",)


def test_again_it_is_unchanged_and_keeps_its_release(server: Server, tmp_path: Path) -> None:
    store = tmp_path / "advisories.sqlite"
    update(asked(server, "12"), store=store)
    for group in (asked(server, "12"), asked(server, held=True)):
        assert sizes((group,), store=store) == (Size("Debian", 1, 0),)
        assert update(group, store=store).unchanged == ("Debian",)
    put(server, [*BODY, debian(4, r11="9", r12="9")])
    server.etag = '"two"'
    update(asked(server, held=True), store=store)
    assert (feed_of(store).releases, feed_of(store).records) == (("Debian:12",), 3)


def test_another_release_is_added(server: Server, tmp_path: Path) -> None:
    store = tmp_path / "advisories.sqlite"
    update(asked(server, "12"), store=store)
    assert sizes((asked(server, "11"),), store=store)[0].bytes == len(server.files[PATH])
    update(asked(server, "11"), store=store)
    assert feed_of(store).releases == ("Debian:11", "Debian:12")
    found = matched(store, ("Debian:11", "x", "1"), ("Debian:12", "x", "1"))
    assert sorted(fixes(found)) == [
        ("CVE-2026-1", "2"), ("CVE-2026-1", "3"), ("CVE-2026-2", "2"), ("CVE-2026-3", "3"),
    ]  # fmt: skip


def test_all_of_it_takes_the_place_of_one_and_stays(server: Server, tmp_path: Path) -> None:
    store = tmp_path / "advisories.sqlite"
    update(asked(server, "12"), store=store)
    update(asked(server), store=store)
    assert known(store) == {"Debian:11", "Debian:12", "Debian:13"}
    assert feed_of(store).releases == ()
    assert update(asked(server, "12"), store=store).unchanged == ("Debian",)
    put(server, BODY[:2])
    server.etag = '"two"'
    update(asked(server, "12"), store=store)
    assert (feed_of(store).releases, feed_of(store).records) == ((), 2)


def test_what_names_no_release_counts_for_each(server: Server, tmp_path: Path) -> None:
    store = tmp_path / "advisories.sqlite"
    put(server, [*BODY, record("DSA-1", "Debian", "x", *until("5"), upstream=["CVE-2026-9"])])
    update(asked(server, "13"), store=store)
    found = matched(store, ("Debian:13", "x", "1"))
    assert sorted(fixes(found)) == [("CVE-2026-3", "4"), ("CVE-2026-9", "5")]


def test_subscribers_records_come_along(server: Server, tmp_path: Path) -> None:
    store = tmp_path / "advisories.sqlite"
    names = ("Ubuntu:22.04:LTS", "Ubuntu:Pro:22.04:LTS", "Ubuntu:20.04:LTS")
    put(
        server,
        [record(f"UBUNTU-CVE-2026-{n}", one, "x", *until("2")) for n, one in enumerate(names)],
    )
    group = Group("u", (Source("Ubuntu", server.url(PATH), "u.jsonl", ("Ubuntu:22.04:LTS",)),))
    update(group, store=store)
    assert known(store) == set(names[:2])


def test_release_without_records_leaves_the_store(server: Server, tmp_path: Path) -> None:
    store = tmp_path / "advisories.sqlite"
    with pytest.raises(InputError) as caught:
        update(asked(server, "99"), store=store)
    assert "no records of Debian:99" in caught.value.what
    assert open_store(store) is None
    assert not list((tmp_path / "feeds").iterdir())


def test_the_size_counts_what_an_interruption_left(server: Server, tmp_path: Path) -> None:
    store = tmp_path / "advisories.sqlite"
    whole = len(server.files[PATH])
    server.cut = 100
    with pytest.raises(InputError):
        update(asked(server, "12"), store=store)
    assert sizes((asked(server, "12"),), store=store) == (Size("Debian", 1, whole - 100),)
    server.cut = None
    assert update(asked(server, "12"), store=store).bytes == whole - 100


def test_sizes_that_a_server_does_not_say_are_named(server: Server, tmp_path: Path) -> None:
    store = tmp_path / "advisories.sqlite"
    server.unsized.add(PATH)
    server.files["/b"] = b"12345"
    sources = (*asked(server).sources, Source("b", server.url("/b"), "b"),
               Source("c", server.url("/c"), "c"))  # fmt: skip
    assert sizes((Group("two", sources),), store=store) == (Size("two", 3, 5, ("Debian",)),)
