"""Hostile feeds: whatever a file holds, it is left out or refused in words, and the store stays."""

from __future__ import annotations

import gzip
import json
import lzma
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardening.advisories import documents
from hardening.advisories.importing import import_path
from hardening.advisories.lifecycle import life_rows
from hardening.errors import InputError
from tests.advisories.building import fixes, matched, record, store_of, until

X = {"ecosystem": "PyPI", "name": "x"}
GOOD = record("CVE-2026-1", "PyPI", "x", *until("2"))


def refused(folder: Path, name: str, data: bytes) -> InputError:
    """Import a file that must not change the store."""
    store = store_of(folder, GOOD)
    before = store.read_bytes()
    (folder / name).write_bytes(data)
    with pytest.raises(InputError) as caught:
        import_path(folder / name, store=store)
    assert store.read_bytes() == before
    assert not list(folder.glob("*.new"))
    return caught.value


def zipped(folder: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    path = folder / "made.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path.read_bytes()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MAX_RECORD", 10_000)
    monkeypatch.setattr(documents, "MAX_DOCUMENT", 20_000)
    monkeypatch.setattr(documents, "MAX_TOTAL", 40_000)
    monkeypatch.setattr(documents, "MAX_MEMBERS", 20)
    monkeypatch.setattr(documents, "MAX_FILES", 20)


@pytest.mark.usefixtures("small")
def test_bombs(tmp_path: Path) -> None:
    zeros = b" " * 100_000
    one = json.dumps(GOOD).encode()
    bombs = {
        "one.zip": zipped(tmp_path, {"a.json": zeros}),
        "many.zip": zipped(tmp_path, {f"{n}.json": b" " * 9_000 for n in range(10)}),
        "members.zip": zipped(tmp_path, {f"{n}.json": one for n in range(30)}),
        "a.json.xz": lzma.compress(zeros),
        "a.json.gz": gzip.compress(zeros),
        "a.jsonl.gz": gzip.compress(one + b"\n" + zeros),
        "lines.jsonl": (b"{" + b" " * 5_000 + b"}\n") * 20,
        "scores.csv.gz": gzip.compress(b"cve,epss,percentile\n" + b"CVE-2026-0001,1,1\n" * 9_999),
    }  # fmt: skip
    for name, data in bombs.items():
        error = refused(tmp_path, name, data)
        assert "large" in error.what or "bomb" in error.what, name


def test_member_that_claims_to_unpack_without_end(tmp_path: Path) -> None:
    data = bytearray(zipped(tmp_path, {"a.json": b"{}"}, zipfile.ZIP_STORED))
    central = data.index(b"PK\x01\x02")
    data[central + 24 : central + 28] = (2**31).to_bytes(4, "little")
    assert "bomb" in refused(tmp_path, "a.zip", bytes(data)).what


def test_damaged_archives(tmp_path: Path) -> None:
    good = zipped(tmp_path, {"a.json": json.dumps(GOOD).encode() * 50})
    corrupt = bytearray(good)
    corrupt[60] ^= 0xFF
    encrypted = bytearray(good)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        encrypted[encrypted.index(mark) + at] |= 1
    strange = bytearray(good)
    for mark, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        strange[strange.index(mark) + at] = 77
    packed = lzma.compress(json.dumps(GOOD).encode() * 50)
    for name, data in {
        "corrupt.zip": bytes(corrupt),
        "encrypted.zip": bytes(encrypted),
        "strange.zip": bytes(strange),
        "cut.zip": good[: len(good) // 2],
        "cut.json.xz": packed[: len(packed) // 2],
        "cut.json.gz": gzip.compress(json.dumps(GOOD).encode() * 50)[:-20],
        "no.xz": b"\xfd7zXZ\x00" + b"x" * 50,
    }.items():
        refused(tmp_path, name, data)


def test_names_in_archives_are_no_paths(tmp_path: Path) -> None:
    one = json.dumps(GOOD).encode()
    data = zipped(tmp_path, {"../../escape.json": one, "/etc/absolute.json": one, "a\\b.json": one})
    (tmp_path / "inner").mkdir()
    file = tmp_path / "inner" / "feed.zip"
    file.write_bytes(data)
    before = set(tmp_path.rglob("*"))
    import_path(file, store=tmp_path / "inner" / "advisories.sqlite")
    after = {path.name for path in set(tmp_path.rglob("*")) - before}
    assert after == {"advisories.sqlite", "advisories.sqlite.lock"}


def test_links_in_folders_are_not_followed(tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside.json", tmp_path / "folder"
    outside.write_text(json.dumps(GOOD))
    folder.mkdir()
    (folder / "link.json").symlink_to(outside)
    (folder / "loop").symlink_to(folder)
    with pytest.raises(InputError):
        import_path(folder, store=tmp_path / "advisories.sqlite")


@pytest.mark.parametrize(
    "text",
    [
        '{"id": ' + "[" * 100_000,
        '{"id": "' + "x" * 1_000_000 + '"',
        '{"id": NaN}',
        '{"id": ' + "9" * 10_000 + "}",
        '{"id": ["CVE-2026-1"]}',
        '{"id": ""}',
        '{"id": "\\u0000"}',
    ],
)
def test_broken_record_is_left_out_and_the_next_is_read(tmp_path: Path, text: str) -> None:
    source = tmp_path / "feed.jsonl"
    source.write_text(text + "\n" + json.dumps(GOOD))
    store = tmp_path / "advisories.sqlite"
    done = import_path(source, store=store)
    assert done.records >= 1
    assert ("CVE-2026-1", "2") in fixes(matched(store, ("PyPI", "x", "1")))


@pytest.mark.parametrize(
    "change",
    [
        {"id": "\ud800"},
        {"summary": "\udfff" * 10},
        {"aliases": ["\ud800", 7, None, ["x"], "x" * 1_000_000]},
        {"aliases": [f"GHSA-{number}" for number in range(100_000)]},
        {"modified": {"a": 1}},
        {"severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/" + "AV:N/" * 100_000}]},
        {"severity": {"type": []}},
        {"database_specific": {"severity": ["HIGH"]}},
        {
            "affected": [
                {"package": {"ecosystem": "\ud800", "name": "\udfff"}, "versions": ["\ud800"]}
            ]
        },
        {"affected": [{"package": {"ecosystem": [], "name": {}}}, 7, None, "x"]},
        {"affected": [{"package": X, "ranges": [{"events": "x"}, 7]}]},
        {"affected": [{"package": X, "ecosystem_specific": [1]}]},
        {
            "affected": [
                {"package": {"ecosystem": "Nowhere", "name": "x"}, "versions": ["1"] * 100_000}
            ]
        },
    ],
)
def test_wrong_types_and_sizes_take_nothing_along(tmp_path: Path, change: dict[str, Any]) -> None:
    store = store_of(tmp_path, GOOD, GOOD | {"id": "CVE-2026-2"} | change)
    found = matched(store, ("PyPI", "x", "1"), ("Nowhere", "x", "1"))
    assert "CVE-2026-1" in {one.id for one in found.vulnerabilities}


def test_repeated_ids_add_up_and_stay_linear(tmp_path: Path) -> None:
    many = [record("CVE-2026-1", "PyPI", f"p{number}", *until("2")) for number in range(3_000)]
    store = store_of(tmp_path, *many)
    found = matched(store, *(("PyPI", f"p{number}", "1") for number in (0, 1_234, 2_999)))
    assert len(found.vulnerabilities) == 3


def test_older_record_does_not_replace_a_newer_one(tmp_path: Path) -> None:
    store_of(tmp_path, GOOD)
    older = record("CVE-2026-1", "PyPI", "x", *until("1")) | {"modified": "2020-01-01T00:00:00Z"}
    with pytest.raises(InputError):
        store_of(tmp_path, older, name="older.jsonl")
    assert fixes(matched(tmp_path / "advisories.sqlite", ("PyPI", "x", "1"))) == [
        ("CVE-2026-1", "2")
    ]


def test_kev_and_epss_of_any_shape(tmp_path: Path) -> None:
    store = store_of(tmp_path, record("CVE-2026-0001", "PyPI", "x", *until("2")))
    kev = {
        "catalogVersion": 1,
        "vulnerabilities": [
            7, None, {"cveID": 7}, {"cveID": "\ud800"}, {"cveID": "CVE-x"},
            {"cveID": "CVE-2026-0001", "dateAdded": ["\ud800"], "knownRansomwareCampaignUse": {}},
        ],
    }  # fmt: skip
    (tmp_path / "kev.json").write_text(json.dumps(kev))
    import_path(tmp_path / "kev.json", store=store)
    scores = (
        b"#model_version:v1\ncve,epss,percentile\nCVE-2026-0001,nan,0.5\nCVE-2026-0001,inf,1\n"
        b'CVE-2026-0001,0.5,nan\nCVE-2026-0001\n"\n\x00,\xff,1\nCVE-2026-0001,-1,0.5\n'
        + b"x" * 300_000
        + b"\nCVE-2026-0001,0.25,0.5\n"
    )
    (tmp_path / "epss.csv").write_bytes(scores)
    import_path(tmp_path / "epss.csv", store=store)
    (row,) = matched(store, ("PyPI", "x", "1")).vulnerabilities
    assert (row.kev, row.ransomware, row.epss) == (True, False, 0.25)


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("2026-01-01"),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "result",
                    "releases",
                    "name",
                    "codename",
                    "releaseCycle",
                    "eol",
                    "eoes",
                    "isEol",
                    "x",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=30,
)


@given(ANY)
@settings(max_examples=200, deadline=None)
def test_any_end_of_life_table(document: Any) -> None:
    for row in life_rows(document) or ():
        assert all(isinstance(value, str) for value in row)


@given(
    st.binary(max_size=300), st.sampled_from(["a.json", "a.jsonl", "a.zip", "a.csv", "a.json.xz"])
)
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str
) -> None:
    folder = tmp_path_factory.getbasetemp()
    (folder / name).write_bytes(data)
    with pytest.raises(InputError):
        import_path(folder / name, store=folder / "any.sqlite")
