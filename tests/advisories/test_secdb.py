"""Alpine's own advisories: both repositories, and which record decides."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardening.advisories.importing import import_path
from hardening.advisories.secdb import secdb_records
from hardening.advisories.store import open_store
from hardening.errors import InputError
from tests.advisories.building import fixes, matched, only, record, store_of


def secdb(repository: str = "main", release: str = "v3.19", **fixes: Any) -> dict[str, Any]:
    """A document as the server has it; `fixes` maps package names to `secfixes`."""
    return {
        "apkurl": "{{urlprefix}}/{{distroversion}}/{{reponame}}/{{arch}}/{{pkg.name}}.apk",
        "archs": ["x86_64"],
        "reponame": repository,
        "urlprefix": "https://mirror.example/alpine",
        "distroversion": release,
        "packages": [{"pkg": {"name": name, "secfixes": some}} for name, some in fixes.items()],
    }


def test_versions_that_mend(tmp_path: Path) -> None:
    document = secdb(openssl={"3.1.4-r1": ["CVE-2023-5363"], "3.1.4-r3": ["CVE-2023-6129"]})
    store = store_of(tmp_path, document)
    found = matched(store, ("Alpine:v3.19", "openssl", "3.1.4-r1"))
    assert fixes(found) == [("CVE-2023-6129", "3.1.4-r3")]
    assert not matched(store, ("Alpine:v3.19", "openssl", "3.1.4-r3")).vulnerabilities
    other = matched(store, ("Alpine:v3.18", "openssl", "3.1.4-r1"))
    assert other.unknown_ecosystems == ("Alpine:v3.18",)


def test_version_0_means_never_affected(tmp_path: Path) -> None:
    document = secdb(curl={"0": ["CVE-2021-22897"], "7.74.0-r0": ["CVE-2020-8169"]})
    store = store_of(tmp_path, document)
    found = matched(store, ("Alpine:v3.19", "curl", "0.0.1-r0"))
    assert [one.id for one in found.vulnerabilities] == ["CVE-2020-8169"]


def test_community_stands_beside_main(tmp_path: Path) -> None:
    store_of(tmp_path, secdb("main", x={"2-r0": ["CVE-2026-1001"]}), name="main.json")
    store = store_of(tmp_path, secdb("community", y={"2-r0": ["CVE-2026-1002"]}), name="c.json")
    found = matched(store, ("Alpine:v3.19", "x", "1-r0"), ("Alpine:v3.19", "y", "1-r0"))
    assert fixes(found) == [("CVE-2026-1001", "2-r0"), ("CVE-2026-1002", "2-r0")]
    opened = open_store(store)
    assert opened is not None
    with closing(opened):
        names = {(one.name, one.records) for one in opened.feeds()}
    assert names == {("Alpine v3.19 main", 1), ("Alpine v3.19 community", 1)}


def test_newer_file_takes_the_older_ones_place(tmp_path: Path) -> None:
    store_of(tmp_path, secdb(x={"2-r0": ["CVE-2026-1001", "CVE-2026-1002"]}))
    store = store_of(tmp_path, secdb(x={"3-r0": ["CVE-2026-1001"]}))
    found = matched(store, ("Alpine:v3.19", "x", "1-r0"))
    assert fixes(found) == [("CVE-2026-1001", "3-r0")]


def test_osv_decides_where_it_knows_the_package(tmp_path: Path) -> None:
    osv = record(
        "ALPINE-CVE-2026-1001", "Alpine:v3.19", "x", ("introduced", "2-r0"), ("fixed", "3-r0"),
        upstream=["CVE-2026-1001"],
    )  # fmt: skip
    mended = {"3-r0": ["CVE-2026-1001"]}
    store = store_of(tmp_path, osv, secdb(x=mended, y=mended))
    assert not matched(store, ("Alpine:v3.19", "x", "1-r0")).vulnerabilities
    row = only(matched(store, ("Alpine:v3.19", "x", "2-r1")))
    assert (row.fixed, row.advisory) == ("3-r0", "ALPINE-CVE-2026-1001")
    assert fixes(matched(store, ("Alpine:v3.19", "y", "1-r0"))) == [("CVE-2026-1001", "3-r0")]


def test_other_ids_of_a_line_are_aliases(tmp_path: Path) -> None:
    document = secdb(xen={"4-r0": ["CVE-2019-17340 XSA-284", "XSA-300 ", "CVE 2019-17341 (?)"]})
    store = store_of(tmp_path, document)
    found = matched(store, ("Alpine:v3.19", "xen", "3-r0"))
    assert [one.id for one in found.vulnerabilities] == [
        "CVE-2019-17340",
        "CVE-2019-17341",
        "XSA-300",
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"distroversion": "../etc"},
        {"distroversion": None},
        {"reponame": "a/b"},
        {"packages": {}},
        {"packages": [{"pkg": {"name": "x", "secfixes": {"1": "CVE-2026-1001"}}}]},
        {"packages": [{"pkg": {"name": 1, "secfixes": {"1": ["CVE-2026-1001"]}}}]},
        {"packages": [{"pkg": {"name": "x", "secfixes": {"1": [{}, "nonsense", 7]}}}]},
    ],
)
def test_what_is_no_secdb_brings_nothing(tmp_path: Path, change: dict[str, Any]) -> None:
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(secdb(x={"1": ["CVE-2026-1001"]}) | change))
    with pytest.raises(InputError):
        import_path(path, store=tmp_path / "advisories.sqlite")


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["pkg", "name", "secfixes", "1-r0"]), inner, max_size=3)
    ),
    max_leaves=20,
)


@given(ANY)
@settings(max_examples=200, deadline=None)
def test_any_packages_are_read_or_left_out(packages: Any) -> None:
    found = secdb_records(secdb() | {"packages": packages})
    assert found is None or all(one.id for one in found)
