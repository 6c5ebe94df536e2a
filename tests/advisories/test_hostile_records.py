"""Records with anything in every place: each is read, or left out and counted; the next is read."""

from __future__ import annotations

import copy
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardening.advisories.importing import import_path
from hardening.advisories.records import read_record
from hardening.cli import main
from hardening.errors import InputError
from tests.advisories.building import fixes, matched, record, until

FULL = record(
    "GHSA-full", "PyPI", "x", *until("2"),
    aliases=["CVE-2026-1"], upstream=["CVE-2026-2"], related=["CVE-2026-3"], summary="s",
    details="d", severity=[{"type": "CVSS_V2", "score": "AV:N/AC:L/Au:N/C:P/I:P/A:P"}],
    database_specific={"severity": "HIGH", "review_status": "UNREVIEWED"},
    affected={
        "versions": ["1"], "ecosystem_specific": {"urgency": "low", "custom_ranges": []},
        "database_specific": {"informational": "unsound"}, "severity": [],
    },
)  # fmt: skip
GOOD = record("CVE-2026-9", "PyPI", "x", *until("2"))
WRONG: list[Any] = [
    None, True, 0, -1, 1e308, 10**30, "", "x", "\u0000", "\ud800", [], {}, [[]], [{}], {"x": []},
    [None, 1, "x"], {"introduced": 1}, "2026-01-01T00:00:00Z", "x" * 100_000, float("nan"),
    float("inf"),
]  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document."""
    found = [path] if path else []
    pairs = list(value.items()) if isinstance(value, dict) else []
    pairs += list(enumerate(value)) if isinstance(value, list) else []
    for key, inner in pairs:
        found += places(inner, (*path, key))
    return found


def changed(path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    document = copy.deepcopy(FULL)
    at: Any = document
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return document


@pytest.mark.parametrize("place", places(FULL), ids=lambda path: ".".join(map(str, path)))
def test_anything_in_every_place(tmp_path: Path, place: tuple[Any, ...]) -> None:
    lines = [changed(place, value) | {"modified": "2026-01-01T00:00:00Z"} for value in WRONG]
    source, store = tmp_path / "feed.jsonl", tmp_path / "advisories.sqlite"
    source.write_text("".join(json.dumps(one) + "\n" for one in (*lines, GOOD)))
    import_path(source, store=store)
    found = matched(store, ("PyPI", "x", "1.5"))
    assert "CVE-2026-9" in {one.id for one in found.vulnerabilities}


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6)
    | st.sampled_from(["0", "1.0", "~", "1:2-3", "*", "CVE-2026-1", "Debian:12", "CVSS_V4"]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(["introduced", "fixed", "last_affected", "limit", "type",
                                       "score", "events", "urgency", "custom_ranges"]), inner,
                      max_size=4),
    max_leaves=16,
)  # fmt: skip


@given(st.sampled_from(places(FULL)), ANY, st.sampled_from(["PyPI", "Debian:12", "Go", "npm", "?"]))
@settings(max_examples=400, deadline=None)
def test_any_value_in_any_place(place: tuple[Any, ...], value: Any, ecosystem: str) -> None:
    document = changed(place, value)
    package = ecosystem_of(document)
    if package is not None:
        package["ecosystem"] = ecosystem
    found = read_record(document)
    assert found is None or (found.id and all(one.name for one in found.affected))


def ecosystem_of(document: Any) -> dict[str, Any] | None:
    try:
        package = document["affected"][0]["package"]
    except (TypeError, KeyError, IndexError):
        return None
    return package if isinstance(package, dict) else None


def events(count: int) -> dict[str, Any]:
    one = record("GHSA-many", "PyPI", "x")
    one["affected"][0]["ranges"][0]["events"] = [
        {"introduced" if number % 2 == 0 else "fixed": f"0.{number}"} for number in range(count)
    ]
    return one


def test_a_million_events_are_too_many_and_are_counted(tmp_path: Path) -> None:
    lines = [json.dumps(GOOD), json.dumps(events(500_000)), json.dumps(events(300))]
    ranged = record("GHSA-ranges", "PyPI", "x")
    ranged["affected"][0]["ranges"] *= 100_000
    several = record("GHSA-affected", "PyPI", "x")
    several["affected"] *= 50_000
    listed = record("GHSA-versions", "PyPI", "x", affected={"versions": ["1"] * 50_000})
    lines += [json.dumps(one) for one in (ranged, several, listed)]
    (tmp_path / "feed.jsonl").write_text("\n".join(lines))
    store = tmp_path / "advisories.sqlite"
    done = import_path(tmp_path / "feed.jsonl", store=store)
    assert (done.records, done.left_out) == (2, 4)
    assert ("GHSA-many", "0.3") in fixes(matched(store, ("PyPI", "x", "0.2")))


def test_one_line_of_a_million_events_is_past_the_size_of_a_record(tmp_path: Path) -> None:
    (tmp_path / "feed.jsonl").write_text(json.dumps(events(1_000_000)))
    with pytest.raises(InputError) as caught:
        import_path(tmp_path / "feed.jsonl", store=tmp_path / "advisories.sqlite")
    assert "too large" in caught.value.what


@pytest.mark.parametrize(
    "data",
    [
        json.dumps(GOOD).encode("utf-16"),
        b"\xef\xbb\xbf" + json.dumps(GOOD).encode(),
        json.dumps([GOOD, GOOD, GOOD]).encode(),
        b'{"id": "CVE-2026-9", "id": "CVE-2026-9",' + json.dumps(GOOD).encode()[1:],
    ],
)
def test_writings_of_json_that_are_fine(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "feed.json").write_bytes(data)
    store = tmp_path / "advisories.sqlite"
    import_path(tmp_path / "feed.json", store=store)
    assert fixes(matched(store, ("PyPI", "x", "1"))) == [("CVE-2026-9", "2")]


def test_not_utf_8_is_one_line_less(tmp_path: Path) -> None:
    bad = json.dumps(GOOD | {"id": "GHSA-bad"}).encode().replace(b"GHSA", b"\xff\xfeA")
    (tmp_path / "feed.jsonl").write_bytes(bad + b"\n" + json.dumps(GOOD).encode())
    done = import_path(tmp_path / "feed.jsonl", store=tmp_path / "advisories.sqlite")
    assert (done.records, done.left_out) == (1, 1)


def test_withdrawn_is_told_apart_from_what_has_no_form(tmp_path: Path) -> None:
    gone = record("GHSA-gone", "PyPI", "x", *until("2"), withdrawn="2026-01-01T00:00:00Z")
    (tmp_path / "feed.json").write_text(json.dumps([GOOD, gone, 7, {"withdrawn": True}]))
    done = import_path(tmp_path / "feed.json", store=tmp_path / "advisories.sqlite")
    assert (done.records, done.withdrawn, done.left_out) == (1, 1, 2)


def test_what_is_no_file_is_refused_and_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DRYDOCK_DATA_DIR", str(tmp_path / "data"))
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        assert main(["db", "import", str(path)]) == 2
        told = capsys.readouterr().err
        assert "is no file or folder" in told
        assert "Traceback" not in told
