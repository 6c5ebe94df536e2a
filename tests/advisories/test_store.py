"""Importing and matching: only what is affected, each once, and nothing unknown shown as clean."""

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

from hardening.advisories.importing import import_path
from hardening.advisories.matching import match
from hardening.advisories.model import Matched, Target
from hardening.advisories.records import read_record
from hardening.advisories.store import open_store
from hardening.errors import InputError
from hardening.model import Severity
from tests.shared import shared_data

WORST = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"


def record(
    identifier: str, ecosystem: str, name: str, events: list[dict[str, str]], **more: Any
) -> dict[str, Any]:
    affected = {
        "package": {"ecosystem": ecosystem, "name": name},
        "ranges": [{"type": "ECOSYSTEM", "events": events}],
        **more.pop("affected", {}),
    }
    return {"id": identifier, "modified": "2026-01-01T00:00:00Z", "affected": [affected], **more}


def stored(folder: Path, *records: dict[str, Any]) -> Path:
    source, store = folder / "feed.jsonl", folder / "advisories.sqlite"
    source.write_text("\n".join(json.dumps(one) for one in records))
    import_path(source, store=store)
    return store


def matched(store: Path, *targets: tuple[str, str, str]) -> Matched:
    opened = open_store(store)
    assert opened is not None
    try:
        return match(opened, [Target(*one) for one in targets])
    finally:
        opened.close()


def ids(found: Matched) -> list[tuple[str, str]]:
    return [(one.id, one.fixed) for one in found.vulnerabilities]


def test_intervals_with_reintroduction(tmp_path: Path) -> None:
    events = [{"introduced": "0"}, {"fixed": "1.5"}, {"introduced": "2.0"}, {"fixed": "2.3"}]
    store = stored(tmp_path, record("PYSEC-1", "PyPI", "x", events, aliases=["CVE-2026-0001"]))
    assert ids(matched(store, ("PyPI", "x", "1.4"))) == [("CVE-2026-0001", "1.5")]
    assert ids(matched(store, ("PyPI", "x", "1.5"))) == []
    assert ids(matched(store, ("PyPI", "x", "2.2.9"))) == [("CVE-2026-0001", "2.3")]
    assert ids(matched(store, ("PyPI", "x", "2.3"))) == []


def test_last_affected_is_affected_and_has_no_fix(tmp_path: Path) -> None:
    events = [{"introduced": "1.0.0"}, {"last_affected": "1.2.0"}]
    store = stored(tmp_path, record("GHSA-1", "npm", "x", events))
    assert ids(matched(store, ("npm", "x", "1.2.0"))) == [("GHSA-1", "")]
    assert ids(matched(store, ("npm", "x", "0.9.0"), ("npm", "x", "1.2.1"))) == []


def test_a_git_range_before_does_not_hide_the_next(tmp_path: Path) -> None:
    one = record("GO-1", "Go", "m", [{"introduced": "0"}, {"fixed": "1.2.0"}])
    one["affected"][0]["ranges"].insert(0, {"type": "GIT", "events": [{"introduced": "0"}]})
    store = stored(tmp_path, one)
    assert ids(matched(store, ("Go", "m", "v1.1.0"))) == [("GO-1", "1.2.0")]


def test_bundle_becomes_a_row_for_each_cve(tmp_path: Path) -> None:
    events = [{"introduced": "0"}, {"fixed": "3.0.2-1"}]
    bundle = record(
        "DSA-1-1", "Debian:12", "openssl", events, upstream=["CVE-2026-1", "CVE-2026-2"]
    )
    store = stored(tmp_path, bundle)
    assert ids(matched(store, ("Debian:12", "openssl", "3.0.1-1"))) == [
        ("CVE-2026-1", "3.0.2-1"),
        ("CVE-2026-2", "3.0.2-1"),
    ]


def test_aliases_are_one_row_and_the_fix_is_kept(tmp_path: Path) -> None:
    open_end, closed = [{"introduced": "0"}], [{"introduced": "0"}, {"fixed": "2"}]
    store = stored(
        tmp_path,
        record("PYSEC-1", "PyPI", "x", open_end, aliases=["CVE-2026-9"]),
        record("GHSA-1", "PyPI", "x", closed, aliases=["CVE-2026-9"]),
    )
    assert ids(matched(store, ("PyPI", "x", "1"))) == [("CVE-2026-9", "2")]


def test_unknown_ecosystem_is_said_not_clean(tmp_path: Path) -> None:
    store = stored(tmp_path, record("A", "Debian:11", "x", [{"introduced": "0"}]))
    found = matched(store, ("Debian:12", "x", "1"), ("Fedora:40", "x", "1"))
    assert found.unknown_ecosystems == ("Debian:12", "Fedora:40")
    assert not found.vulnerabilities


def test_incomparable_version_is_said(tmp_path: Path) -> None:
    store = stored(tmp_path, record("A", "PyPI", "x", [{"introduced": "0"}, {"fixed": "2"}]))
    found = matched(store, ("PyPI", "x", "not a version"))
    assert found.incomparable == (Target("PyPI", "x", "not a version"),)


def test_withdrawn_is_left_out_and_an_update_replaces(tmp_path: Path) -> None:
    events = [{"introduced": "0"}, {"fixed": "2"}]
    gone = record("B", "PyPI", "x", events, withdrawn="2026-02-01T00:00:00Z")
    store = stored(tmp_path, record("A", "PyPI", "x", events), gone)
    assert ids(matched(store, ("PyPI", "x", "1"))) == [("A", "2")]
    stored(tmp_path, record("A", "PyPI", "x", [{"introduced": "0"}, {"fixed": "1"}]))
    assert ids(matched(store, ("PyPI", "x", "1"))) == []


@pytest.mark.parametrize(
    ("more", "severity", "source"),
    [
        ({"severity": [{"type": "CVSS_V3", "score": WORST}]}, Severity.CRITICAL, "CVSS v3"),
        ({"severity": [{"type": "Ubuntu", "score": "low"}]}, Severity.LOW, "Ubuntu"),
        ({"database_specific": {"severity": "MODERATE"}}, Severity.MEDIUM, "GHSA"),
        ({"affected": {"ecosystem_specific": {"urgency": "unimportant"}}}, Severity.INFO, "Debian"),
        ({"severity": [{"type": "CVSS_V3", "score": "nonsense"}]}, None, "nobody rated it"),
    ],
)  # fmt: skip
def test_severity_with_its_source(
    tmp_path: Path, more: dict[str, Any], severity: Severity | None, source: str
) -> None:
    store = stored(tmp_path, record("GHSA-x", "PyPI", "x", [{"introduced": "0"}], **more))
    (row,) = matched(store, ("PyPI", "x", "1")).vulnerabilities
    assert (row.rating.severity, row.rating.source) == (severity, source)


def test_exploited_and_likely(tmp_path: Path) -> None:
    store = stored(tmp_path, record("CVE-2026-5", "PyPI", "x", [{"introduced": "0"}]))
    kev = tmp_path / "kev.json"
    entry = {
        "cveID": "CVE-2026-5",
        "dateAdded": "2026-01-01",
        "knownRansomwareCampaignUse": "Known",
    }
    kev.write_text(json.dumps({"catalogVersion": "1", "vulnerabilities": [entry]}))
    import_path(kev, store=store)
    epss = tmp_path / "epss.csv.gz"
    epss.write_bytes(
        gzip.compress(b"#model_version:v1\ncve,epss,percentile\nCVE-2026-5,0.5,0.9\nx,y\n")
    )
    import_path(epss, store=store)
    (row,) = matched(store, ("PyPI", "x", "1")).vulnerabilities
    assert row.kev
    assert row.epss == 0.5


def test_every_container_of_records(tmp_path: Path) -> None:
    text = json.dumps(record("A", "PyPI", "x", [{"introduced": "0"}])).encode()
    files = {
        "a.json": text,
        "a.jsonl": text + b"\n",
        "a.jsonl.xz": lzma.compress(text),
        "a.json.gz": gzip.compress(text),
        "list.json": b"[" + text + b"]",
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("A.json", text)
    for name in (*files, "all.zip"):
        store = tmp_path / f"{name}.sqlite"
        assert import_path(tmp_path / name, store=store).records == 1
        assert ids(matched(store, ("PyPI", "x", "1"))) == [("A", "")]


@pytest.mark.parametrize("data", [b"", b"nonsense", b"{}", b"PK\x03\x04broken", b"[" * 100_000])
def test_what_is_no_feed_is_refused_and_the_store_stays(tmp_path: Path, data: bytes) -> None:
    store = stored(tmp_path, record("A", "PyPI", "x", [{"introduced": "0"}]))
    before = store.read_bytes()
    (tmp_path / "bad.json").write_bytes(data)
    with pytest.raises(InputError):
        import_path(tmp_path / "bad.json", store=store)
    assert store.read_bytes() == before
    assert not list(tmp_path.glob("*.new"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(["id", "affected", "package", "ecosystem", "name", "ranges", "events",
                         "introduced", "fixed", "severity", "aliases", "type", "score"]),
        inner, max_size=6,
    ),
    max_leaves=40,
)  # fmt: skip


@given(JSON)
@settings(max_examples=300, deadline=None)
def test_any_json_is_a_record_or_none(document: Any) -> None:
    found = read_record(document)
    assert found is None or found.id


@pytest.mark.shared
def test_real_feeds(tmp_path: Path) -> None:
    store = tmp_path / "advisories.sqlite"
    for name in ("alpine", "debian", "go", "npm", "pypi"):
        import_path(shared_data(f"advisories-{name}") / "osv.jsonl.xz", store=store, name=name)
    opened = open_store(store)
    assert opened is not None
    counts = {feed.name: feed.records for feed in opened.feeds()}
    opened.close()
    assert counts == {"alpine": 2561, "debian": 8905, "go": 4274, "npm": 461, "pypi": 2651}
    found = matched(
        store,
        ("Debian:11", "openssl", "1.1.1k-1"),
        ("PyPI", "flask", "0.12"),
        ("Alpine:v3.11", "vte", "0.28.2-r12"),
    )
    names = {one.id for one in found.vulnerabilities}
    assert {"CVE-2021-3711", "CVE-2018-1000656"} <= names
    assert "CVE-2012-2738" not in names
