"""What an inventory's assessment holds, hides and lacks."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from hardening.advisories.assessment import HEADERS, Assessment, assess
from hardening.advisories.importing import import_path
from hardening.advisories.third_party import is_third_party
from hardening.image.model import Origin
from hardening.image.release import OsRelease, release_named
from hardening.inventory.catalogers import apk, dpkg
from hardening.inventory.model import Inventory, Package
from tests.advisories.building import package, record, store_of, until
from tests.shared import shared_data

DEBIAN = release_named("debian", "13")
TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRYDOCK_DATA_DIR", str(tmp_path))


def assessed(
    *packages: Package, release: OsRelease | None = DEBIAN, today: date = TODAY
) -> Assessment:
    return assess(Inventory(packages, release), today=today)


def lacks(found: Assessment) -> str:
    return "\n".join(f"{one.what}: {one.reason}" for one in found.not_assessed)


def test_without_a_store_the_end_of_life_is_said_all_the_same() -> None:
    found = assessed(package("deb", "x", "1"), release=release_named("debian", "10"))
    assert "debian 10 ended on 2024-06-30" in lacks(found)
    assert "1 package: there is no advisory data" in lacks(found)
    assert found.assessed == 0


def test_the_next_step_names_what_is_missing_and_no_more(tmp_path: Path) -> None:
    packages = package("deb", "x", "1"), package("pypi", "y", "1"), package("conda", "z", "1")
    steps = [one.next_step for one in assessed(*packages).not_assessed]
    assert any("Run `drydock db update Debian:13 PyPI`" in one for one in steps)
    store_of(tmp_path, record("A", "PyPI", "y", *until("2")))
    steps = [one.next_step for one in assessed(*packages).not_assessed]
    assert "Run `drydock db update Debian:13`." in steps
    red_hat = assessed(package("rpm", "x", "1-1"), release=release_named("rhel", "9.4"))
    steps = [one.next_step for one in red_hat.not_assessed]
    assert "Run `drydock db update 'Red Hat:enterprise_linux:9'`." in steps
    photon = assessed(package("rpm", "x", "1-1"), release=release_named("photon", "5.0"))
    steps = [one.next_step for one in photon.not_assessed]
    assert "Import its records: `drydock db import PATH`." in steps


def test_long_term_support_alone_is_said(tmp_path: Path) -> None:
    store_of(tmp_path, record("A", "Debian:12", "x", *until("2")))
    found = assessed(package("deb", "x", "1"), release=release_named("debian", "12"))
    assert "its security team stopped on 2026-07-11" in lacks(found)
    assert "until 2028-06-30" in lacks(found)
    earlier = assessed(
        package("deb", "x", "1"), release=release_named("debian", "12"), today=date(2026, 7, 1)
    )
    assert "long-term" not in lacks(earlier)


@pytest.mark.shared
def test_imported_end_of_life_counts_over_the_own_table(tmp_path: Path) -> None:
    store = store_of(tmp_path, record("A", "Debian:12", "x", *until("2")))
    import_path(shared_data("endoflife"), store=store)
    for name, version, said in (
        ("alpine", "3.19.1", "alpine 3.19 ended on 2025-11-01"),
        ("amzn", "2018.03", "amzn 2018.03 ended on"),
        ("ubuntu", "20.04", "its security team stopped on 2025-05-31"),
        ("debian", "11", "debian 11 ended on 2026-08-31"),
        ("rocky", "8.9", ""),
    ):
        text = lacks(assessed(release=release_named(name, version)))
        assert said in text
        assert ("(endoflife.date, " in text) == bool(said)


@pytest.mark.parametrize(
    ("release", "said"),
    [
        (release_named("fedora", "44"), "1 deb package of fedora 44: no advisory source covers"),
        (release_named("debian", "sid"), "1 deb package of debian sid: no advisory source covers"),
        (None, "1 deb package of an unknown distribution: the image does not say which"),
        (release_named("debian", "13"), "1 package of Debian:13: no advisory data for Debian:13"),
    ],
)
def test_unknown_distribution_is_no_clean_one(
    tmp_path: Path, release: OsRelease | None, said: str
) -> None:
    store_of(tmp_path, record("A", "PyPI", "x", *until("2")))
    found = assessed(package("deb", "x", "1"), release=release)
    assert said in lacks(found)
    assert (found.rows, found.assessed) == ((), 0)


def test_kernel_headers_are_hidden_by_the_binary_package(tmp_path: Path) -> None:
    store_of(tmp_path, record("CVE-2026-1", "Debian:13", "linux", *until("7")))
    headers = package("deb", "linux-libc-dev", "6", source=("linux", "6"))
    kernel = package("deb", "linux-image-amd64", "6", source=("linux", "6"))
    assert [one.vulnerability.hidden for one in assessed(headers).rows] == [HEADERS]
    assert [one.vulnerability.hidden for one in assessed(headers, kernel).rows] == [""]


def test_libraries_of_system_packages_are_left_to_them(tmp_path: Path) -> None:
    store_of(
        tmp_path,
        record("CVE-2026-1", "PyPI", "x", *until("2")),
        record("CVE-2026-2", "npm", "y", *until("2.0.0")),
        record("CVE-2026-3", "Debian:13", "nodejs", *until("99")),
    )
    found = assessed(
        package("pypi", "x", "1", owned_by="python3-x"),
        package("npm", "y", "1.0.0", owned_by="nodejs"),
        package("deb", "python3-x", "1"),
        package("deb", "nodejs", "22.1.0-1nodesource1", vendor="N <support@nodesource.com>"),
    )
    assert [one.vulnerability.id for one in found.rows] == ["CVE-2026-2"]
    assert "third-party packages: nodejs" in lacks(found)
    assert found.assessed == 2


@pytest.mark.parametrize(
    ("kind", "release", "vendor", "version", "foreign"),
    [
        ("deb", "debian", "Docker <support@docker.com>", "5:27", True),
        ("deb", "debian", "cudatools <cudatools@nvidia.com>", "1", True),
        ("deb", "debian", "NGINX Packaging <nginx-packaging@f5.com>", "1", True),
        ("deb", "debian", "GitHub", "2", True),
        ("deb", "debian", "Debian PostgreSQL <x@tracker.debian.org>", "17.2-1.pgdg13+1", True),
        ("deb", "debian", "Somebody <me@mit.edu>", "1", False),
        ("deb", "debian", "", "1", False),
        ("deb", "ubuntu", "Ubuntu Developers <ubuntu-devel-discuss@lists.ubuntu.com>", "1", False),
        ("deb", "ubuntu", "Somebody <me@mit.edu>", "1", True),
        ("rpm", "almalinux", "AlmaLinux", "1", False),
        ("rpm", "almalinux", "Fedora Project", "1", True),
        ("rpm", "rocky", "", "1", False),
        ("rpm", "opensuse-leap", "SUSE LLC <https://www.suse.com/>", "1", False),
        ("apk", "alpine", "NGINX Packaging <nginx-packaging@f5.com>", "1", True),
        ("apk", "alpine", "Natanael Copa <ncopa@alpinelinux.org>", "1", False),
        ("pypi", "debian", "GitHub", "1", False),
    ],
)  # fmt: skip
def test_third_party(kind: str, release: str, vendor: str, version: str, foreign: bool) -> None:
    one = package(kind, "x", version, vendor=vendor)
    assert is_third_party(one, release_named(release, "9")) == foreign
    assert not is_third_party(one, None)


def test_alpine_says_what_its_data_lacks(tmp_path: Path) -> None:
    store_of(tmp_path, record("A", "Alpine:v3.24", "x", *until("2-r0")))
    release = release_named("alpine", "3.24.1")
    text = lacks(assessed(package("apk", "x", "1-r0"), release=release))
    assert "community packages of Alpine v3.24: the store has no data" in text
    assert "unfixed vulnerabilities of Alpine v3.24" in text
    community: dict[str, Any] = {"distroversion": "v3.24", "reponame": "community"}
    fixes = {"name": "y", "secfixes": {"2-r0": ["CVE-2026-1001"]}}
    store_of(tmp_path, community | {"packages": [{"pkg": fixes}]}, name="community.json")
    text = lacks(assessed(package("apk", "x", "1-r0"), release=release))
    assert "community packages" not in text


def test_old_data_is_said(tmp_path: Path) -> None:
    store_of(tmp_path, record("A", "Debian:13", "x", *until("2")))
    imported = date.today()
    fresh = lacks(assessed(package("deb", "x", "1"), today=imported))
    assert "days ago" not in fresh
    later = lacks(assessed(package("deb", "x", "1"), today=imported + timedelta(days=9)))
    assert f"published since {imported}: advisory data was imported over 7 days ago" in later


def test_silent_data_is_said(tmp_path: Path) -> None:
    old = record("A", "Debian:13", "x", *until("2")) | {"modified": "2020-01-01T00:00:00Z"}
    store_of(tmp_path, old)
    text = lacks(assessed(package("deb", "x", "1"), today=date.today()))
    assert "published since 2020-01-01: the newest record is over 90 days old" in text


def test_wolfi_is_looked_up_by_package_and_origin(tmp_path: Path) -> None:
    store_of(
        tmp_path,
        record("CGA-1", "Wolfi", "openssl", *until("3.2-r0"), upstream=["CVE-2026-1"]),
        record("CGA-2", "Wolfi", "libssl3", *until("3.2-r0"), upstream=["CVE-2026-1"]),
        record("CGA-3", "Wolfi", "libssl3", *until("3.2-r0"), upstream=["CVE-2026-2"]),
    )
    one = package("apk", "libssl3", "3.1-r0", source=("openssl", "3.1-r0"))
    found = assessed(one, release=release_named("wolfi", "20230201"))
    assert sorted(row.vulnerability.id for row in found.rows) == ["CVE-2026-1", "CVE-2026-2"]
    assert found.assessed == 1


def test_actions(tmp_path: Path) -> None:
    store_of(
        tmp_path,
        record("CVE-2026-1", "Debian:13", "x", *until("2")),
        record("CVE-2026-2", "Debian:13", "y", ("introduced", "0")),
        record("CVE-2026-3", "PyPI", "z", *until("2")),
    )
    found = assessed(
        package("deb", "x", "1", base=Origin.BASE),
        package("deb", "y", "1", base=Origin.BASE),
        package("pypi", "z", "1", base=Origin.OWN),
    )
    assert {one.vulnerability.package: one.action for one in found.rows} == {
        "x": "base bump",
        "y": "no fix",
        "z": "pip upgrade",
    }


def test_jars_without_a_group_are_said(tmp_path: Path) -> None:
    store_of(tmp_path, record("CVE-2026-1", "Maven", "g:x", *until("2")))
    found = assessed(package("maven", "x", "1"), package("maven", "g:x", "1"))
    assert [one.vulnerability.id for one in found.rows] == ["CVE-2026-1"]
    assert "1 maven package: x: their files name no group" in lacks(found)


def test_databases_say_who_made_a_package() -> None:
    status = b"Package: x\nStatus: install ok installed\nMaintainer: D <a@docker.com>\nVersion: 1\n"
    installed = b"P:x\nV:1-r0\nm:N <nginx-packaging@f5.com>\n\n"
    assert [one.vendor for one in dpkg.read("", status)] == ["D <a@docker.com>"]
    assert [one.vendor for one in apk.read("", installed)] == ["N <nginx-packaging@f5.com>"]
