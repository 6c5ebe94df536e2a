"""RPM distributions: names, epochs, modules and repositories. The records here are made by hand in
the form that the OSV schema and each distribution give them; none is real."""

from __future__ import annotations

from pathlib import Path

import pytest

from hardening.advisories.assessment import Assessment, assess
from hardening.advisories.ecosystems import distribution
from hardening.advisories.scopes import speaks_of
from hardening.image.release import OsRelease, parse_os_release, release_named
from hardening.inventory.model import Inventory, Package
from tests.advisories.building import package, record, store_of, until


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRYDOCK_DATA_DIR", str(tmp_path))


def rpm(name: str, version: str, source: str = "", stream: str = "") -> Package:
    """`source` is `name version`; `stream` a module as RPM labels it."""
    made = package("rpm", name, version, source=tuple(source.split()) if source else None)  # type: ignore[arg-type]
    if not stream:
        return made
    from dataclasses import replace

    return replace(made, purl=f"{made.purl}?rpmmod={stream}")


def assessed(release: OsRelease, *packages: Package) -> Assessment:
    return assess(Inventory(packages, release))


def rows(found: Assessment) -> list[tuple[str, str, tuple[str, ...]]]:
    return [
        (one.vulnerability.id, one.vulnerability.fixed, tuple(p.name for p in one.packages))
        for one in found.rows
    ]


def test_suse_is_known_by_source_packages(tmp_path: Path) -> None:
    module = "SUSE:Linux Enterprise Module for Basesystem 15 SP7"
    binaries = {"binaries": [{"libopenssl3": "3.1.4-150600.5.42.1"}]}
    one = record(
        "SUSE-SU-2026:1-1",
        module,
        "openssl-3",
        *until("3.1.4-150600.5.42.1"),
        affected={"ecosystem_specific": binaries},
        upstream=["CVE-2026-1"],
    )
    store_of(tmp_path, one)
    release = parse_os_release(
        b'ID="sles"\nVERSION_ID="15.7"\nPRETTY_NAME="SUSE Linux Enterprise Server 15 SP7"\n'
    )
    assert release is not None
    source = "openssl-3 3.1.4-150600.5.39.1"
    old = rpm("libopenssl3", "3.1.4-150600.5.39.1", source)
    fresh = rpm("libopenssl3", "3.1.4-150600.5.42.1", "openssl-3 3.1.4-150600.5.42.1")
    assert rows(assessed(release, old)) == [("CVE-2026-1", "3.1.4-150600.5.42.1", ("libopenssl3",))]
    assert not assessed(release, fresh).rows


def test_suse_for_subscribers_is_a_note(tmp_path: Path) -> None:
    one = record(
        "SUSE-SU-2026:2-1",
        "SUSE:Linux Enterprise Server 15 SP4-LTSS",
        "gzip",
        *until("1.10-2"),
        upstream=["CVE-2026-2"],
    )
    store_of(tmp_path, one)
    (row,) = assessed(release_named("sles", "15.4"), rpm("gzip", "1.10-1")).rows
    assert row.vulnerability.fixed == ""
    assert row.vulnerability.note == "fixed in 1.10-2 with paid long-term support"


@pytest.mark.parametrize(
    ("name", "ecosystem", "how"),
    [
        ("SUSE:Linux Enterprise Server 15 SP7", "SUSE:Linux Enterprise Server 15 SP7", "free"),
        ("SUSE:Linux Enterprise Module for Basesystem 15 SP7",
         "SUSE:Linux Enterprise Server 15 SP7", "free"),
        ("SUSE:Linux Enterprise Server 15 SP7-LTSS", "SUSE:Linux Enterprise Server 15 SP7", "paid"),
        ("SUSE:Linux Enterprise Server 5 SP7", "SUSE:Linux Enterprise Server 15 SP7", ""),
        ("SUSE:Linux Enterprise Server 16.0", "SUSE:Linux Enterprise Server 15 SP7", ""),
        ("SUSE:Linux Enterprise Micro 5.5", "SUSE:Linux Enterprise Server 15 SP5", ""),
        ("SUSE:Linux Micro 6.1", "SUSE:Linux Enterprise Micro 6.1", ""),
        ("SUSE:Manager Server 15 SP7", "SUSE:Linux Enterprise Server 15 SP7", ""),
        ("SUSE:Linux Enterprise Module for Containers 12",
         "SUSE:Linux Enterprise Server 12 SP5", "free"),
        ("openSUSE:Leap 15.6 NonFree", "openSUSE:Leap 15.6", "free"),
        ("openSUSE:Leap 15.5", "openSUSE:Leap 15.6", ""),
        ("openSUSE:Leap Micro 5.5", "openSUSE:Leap 5.5", ""),
        ("Red Hat:enterprise_linux:9::baseos", "Red Hat:enterprise_linux:9", "free"),
        ("Red Hat:enterprise_linux:90::baseos", "Red Hat:enterprise_linux:9", ""),
        ("Red Hat:rhel_eus:9.2::baseos", "Red Hat:enterprise_linux:9", ""),
        ("Red Hat:enterprise_linux:10.0", "Red Hat:enterprise_linux:10.1", "free"),
        ("Red Hat:enterprise_linux:10.2", "Red Hat:enterprise_linux:10.1", ""),
        ("Azure Linux:3.0", "Azure Linux:3", "free"),
        ("Azure Linux:2", "Azure Linux:3", ""),
        ("Rocky Linux", "Rocky Linux:9", "free"),
        ("Ubuntu:22.04", "Ubuntu:22.04:LTS", "free"),
        ("Ubuntu:Pro:22.04:LTS", "Ubuntu:22.04:LTS", "paid"),
        ("Ubuntu:Pro:FIPS:22.04:LTS", "Ubuntu:22.04:LTS", ""),
        ("Ubuntu:22.10", "Ubuntu:22.04:LTS", ""),
        ("Debian", "Debian:12", "all"),
        ("Debian:1", "Debian:12", ""),
        ("Maven:https://maven.google.com", "Maven", "free"),
        ("PyPI", "npm", ""),
    ],
)  # fmt: skip
def test_which_records_speak_of_a_release(name: str, ecosystem: str, how: str) -> None:
    assert speaks_of(name, ecosystem) == how


def test_names_of_suse_come_from_the_pretty_name() -> None:
    release = OsRelease("sles", "15.5", pretty_name="SUSE Linux Enterprise Server 15 SP5")
    assert distribution(release) == "SUSE:Linux Enterprise Server 15 SP5"
    leap = OsRelease("opensuse-leap", "15.6", pretty_name="openSUSE Leap 15.6")
    assert distribution(leap) == "openSUSE:Leap 15.6"


def test_rocky_by_source_whose_epoch_its_binaries_tell(tmp_path: Path) -> None:
    one = record(
        "RLSA-2026:1", "Rocky Linux:9", "openssl", *until("1:3.0.7-27.el9"), upstream=["CVE-2026-1"]
    )
    store_of(tmp_path, one)
    rocky = release_named("rocky", "9.4")
    libs = rpm("openssl-libs", "1:3.0.7-25.el9", "openssl 3.0.7-25.el9")
    fips = rpm("openssl-fips-provider", "3.0.9-1.el9", "openssl 3.0.7-25.el9")
    assert rows(assessed(rocky, libs)) == [("CVE-2026-1", "1:3.0.7-27.el9", ("openssl-libs",))]
    assert rows(assessed(rocky, libs, fips)) == [
        ("CVE-2026-1", "1:3.0.7-27.el9", ("openssl-libs", "openssl-fips-provider"))
    ]
    fresh = rpm("openssl-libs", "1:3.0.7-27.el9", "openssl 3.0.7-27.el9")
    assert not assessed(rocky, fresh).rows


def test_red_hat_by_binary_or_source_is_one_row(tmp_path: Path) -> None:
    ecosystem = "Red Hat:enterprise_linux:9::baseos"
    one = record("RHSA-2026:1", ecosystem, "openssl", *until("1:3-2"), upstream=["CVE-2026-1"])
    one["affected"] += record("", ecosystem, "openssl-libs", *until("1:3-2"))["affected"]
    store_of(tmp_path, one)
    found = assessed(
        release_named("rhel", "9.4"),
        rpm("openssl", "1:3-1", "openssl 3-1"),
        rpm("openssl-libs", "1:3-1", "openssl 3-1"),
    )
    assert rows(found) == [("CVE-2026-1", "1:3-2", ("openssl", "openssl-libs"))]
    assert found.assessed == 2


def test_alma_by_binary_only(tmp_path: Path) -> None:
    one = record("ALSA-2026:1", "AlmaLinux:9", "perl", *until("4:5.32-2"), related=["CVE-2026-1"])
    store_of(tmp_path, one)
    alma = release_named("almalinux", "9.4")
    assert not assessed(alma, rpm("perl-Getopt-Long", "1:2.52-4", "perl 5.32-1")).rows
    assert assessed(alma, rpm("perl", "4:5.32-1", "perl 5.32-1")).rows


def test_epochs_only_where_records_carry_them(tmp_path: Path) -> None:
    store_of(
        tmp_path, record("AZL-1", "Azure Linux:3", "x", *until("2-1.azl3"), upstream=["CVE-2026-1"])
    )
    azure = release_named("azurelinux", "3.0")
    assert assessed(azure, rpm("x", "1:1-1.azl3")).rows
    assert not assessed(azure, rpm("x", "1:2-1.azl3")).rows


@pytest.mark.parametrize(
    ("stream", "found"),
    [
        ("nodejs:18:9020020230903083119:rhel9", False),
        ("nodejs%3A20%3A9020020230903083119%3Arhel9", True),
        ("", True),
    ],
)
@pytest.mark.parametrize("end", [".module_el9.2.0+28", ".module+el9.2.0+1234+abc"])
def test_streams_of_a_module_do_not_mix(tmp_path: Path, stream: str, found: bool, end: str) -> None:
    one = record(
        "ALSA-2026:2",
        "AlmaLinux:9",
        "nodejs",
        *until(f"1:20.5.1-1{end}"),
        related=["CVE-2026-1"],
        summary="Important: nodejs:20 security update",
    )
    store_of(tmp_path, one)
    installed = rpm("nodejs", f"1:18.17.1-1{end}", stream=stream)
    assert bool(assessed(release_named("almalinux", "9"), installed).rows) == found
    plain = rpm("nodejs", "1:16.20.2-1.el9_2")
    assert not assessed(release_named("almalinux", "9"), plain).rows


def test_later_minor_releases_say_nothing_of_an_earlier_one(tmp_path: Path) -> None:
    first = record("RHSA-1", "Red Hat:enterprise_linux:10.0", "k", *until("6.12.0-55.el10_0"),
                   upstream=["CVE-2026-1"])  # fmt: skip
    second = record("RHSA-2", "Red Hat:enterprise_linux:10.1", "k", *until("6.12.0-124.el10_1"),
                    upstream=["CVE-2026-1"])  # fmt: skip
    store_of(tmp_path, first, second)
    installed = rpm("k", "6.12.0-55.el10_0")
    assert not assessed(release_named("rhel", "10.0"), installed).rows
    assert assessed(release_named("rhel", "10.1"), installed).rows


@pytest.mark.parametrize(
    "identity", [("amzn", "2023"), ("ol", "9.4"), ("fedora", "43"), ("centos", "9"), ("arch", "")]
)
def test_without_a_source_it_is_said(tmp_path: Path, identity: tuple[str, str]) -> None:
    store_of(tmp_path, record("A", "AlmaLinux:9", "x", *until("2")))
    found = assessed(release_named(*identity), rpm("x", "1-1"))
    assert not found.assessed
    assert any("no advisory source covers" in one.reason for one in found.not_assessed)
