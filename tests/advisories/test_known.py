"""Well-known vulnerabilities, by real data, where it is known what must and must not be found."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from hardening.advisories.importing import import_path
from hardening.advisories.matching import match
from hardening.advisories.model import Target, Vulnerability
from hardening.advisories.store import open_store
from tests.shared import shared_data

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("known") / "advisories.sqlite"
    for name in ("alpine", "debian", "go", "npm", "pypi"):
        import_path(shared_data(f"advisories-{name}") / "osv.jsonl.xz", store=path, name=name)
    import_path(shared_data("kev"), store=path)
    return path


def rows_of(store: Path, ecosystem: str, name: str, version: str) -> dict[str, Vulnerability]:
    opened = open_store(store)
    assert opened is not None
    with closing(opened):
        found = match(opened, [Target(ecosystem, name, version)])
    assert len({one.id for one in found.vulnerabilities}) == len(found.vulnerabilities)
    return {one.id: one for one in found.vulnerabilities}


@pytest.mark.parametrize(
    ("ecosystem", "name", "version", "identifier", "fixed"),
    [
        ("Debian:11", "openssl", "1.1.1k-1", "CVE-2021-3711", "1.1.1k-1+deb11u1"),
        ("Debian:11", "openssl", "1.1.1k-1+deb11u1", "CVE-2022-0778", "1.1.1k-1+deb11u2"),
        ("Debian:11", "openssl", "1.1.1n-0+deb11u3", "CVE-2023-0286", "1.1.1n-0+deb11u4"),
        ("Debian:11", "util-linux", "2.36.1-8", "CVE-2021-3995", "2.36.1-8+deb11u1"),
        ("Debian:11", "apache-log4j2", "2.13.3-1", "CVE-2021-44228", "2.15.0-1~deb11u1"),
        ("Debian:10", "sudo", "1.8.27-1+deb10u2", "CVE-2021-3156", "1.8.27-1+deb10u3"),
        ("Alpine:v3.11", "openssl", "1.1.1d-r0", "CVE-2019-1547", "1.1.1d-r1"),
        ("Alpine:v3.9", "ansible", "2.7.2-r0", "CVE-2018-16859", "2.7.3-r0"),
        ("PyPI", "jinja2", "2.10", "CVE-2019-10906", "2.10.1"),
        ("PyPI", "pyyaml", "5.3", "CVE-2020-14343", "5.4"),
        ("PyPI", "requests", "2.19.1", "CVE-2018-18074", "2.20.0"),
        ("Go", "golang.org/x/crypto", "v0.16.0", "CVE-2023-48795", "0.17.0"),
        ("Go", "stdlib", "1.21.2", "CVE-2023-39325", "1.21.3"),
        ("Go", "stdlib", "1.20.9", "CVE-2023-39325", "1.20.10"),
        ("Go", "k8s.io/ingress-nginx", "v1.8.0", "CVE-2023-5044", "1.9.0"),
        ("npm", "lodash", "4.17.4", "CVE-2018-3721", "4.17.5"),
    ],
)
def test_found_and_gone_with_the_fix(
    store: Path, ecosystem: str, name: str, version: str, identifier: str, fixed: str
) -> None:
    row = rows_of(store, ecosystem, name, version)[identifier]
    assert row.fixed == fixed
    assert identifier not in rows_of(store, ecosystem, name, fixed)


@pytest.mark.parametrize(
    ("ecosystem", "name", "version", "identifiers"),
    [
        ("Debian:11", "openssl", "1.1.1n-0+deb11u4", set()),
        ("Debian:11", "openssl", "1.1.1n-0+deb11u3",
         {"CVE-2022-2097", "CVE-2022-4304", "CVE-2022-4450", "CVE-2023-0215", "CVE-2023-0286"}),
        ("Debian:11", "policykit-1", "0.105-31", {"CVE-2021-4034"}),
        ("PyPI", "requests", "2.19.1", {"CVE-2018-18074", "CVE-2023-32681"}),
        ("Alpine:v3.8", "db", "5.3.28-r0", set()),
        ("PyPI", "openssl", "1.1.1", set()),
    ],
)  # fmt: skip
def test_exactly_these(
    store: Path, ecosystem: str, name: str, version: str, identifiers: set[str]
) -> None:
    assert set(rows_of(store, ecosystem, name, version)) == identifiers


def test_exploited_are_marked(store: Path) -> None:
    for name, version, identifier in (
        ("apache-log4j2", "2.13.3-1", "CVE-2021-44228"),
        ("policykit-1", "0.105-31", "CVE-2021-4034"),
    ):
        assert rows_of(store, "Debian:11", name, version)[identifier].kev
    log4j = list(rows_of(store, "Debian:11", "apache-log4j2", "2.13.3-1").values())
    assert [one.kev for one in log4j] == [True, True, False]
    assert log4j[0].ransomware


def test_go_and_github_ids_are_one_row(store: Path) -> None:
    row = rows_of(store, "Go", "golang.org/x/crypto", "v0.16.0")["CVE-2023-48795"]
    assert {"GO-2023-2402", "GHSA-45x7-px36-x8w8"} <= set(row.aliases)
