"""What is looked up for a package of a distribution or a language."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from hardening.advisories.ecosystems import distribution, target_of
from hardening.advisories.model import Target
from hardening.image.release import OsRelease


@dataclass(frozen=True)
class Package:
    type: str
    name: str
    version: str
    source_name: str = ""
    source_version: str = ""


@pytest.mark.parametrize(
    ("identity", "version", "expected"),
    [
        ("debian", "12", "Debian:12"),
        ("debian", "", None),
        ("ubuntu", "22.04", "Ubuntu:22.04:LTS"),
        ("ubuntu", "23.10", "Ubuntu:23.10"),
        ("ubuntu", "25.04", "Ubuntu:25.04"),
        ("alpine", "3.19.1", "Alpine:v3.19"),
        ("almalinux", "9.4", "AlmaLinux:9"),
        ("rocky", "9.3", "Rocky Linux:9"),
        ("alpine", "3.21_alpha20240923", "Alpine:edge"),
        ("rhel", "9.4", "Red Hat:enterprise_linux:9"),
        ("sles", "15.5", "SUSE:Linux Enterprise Server 15 SP5"),
        ("opensuse-leap", "15.6", "openSUSE:Leap 15.6"),
        ("azurelinux", "3.0", "Azure Linux:3"),
        ("mariner", "2.0", "Azure Linux:2"),
        ("rhel", "10.1", "Red Hat:enterprise_linux:10.1"),
        ("sles", "16.0", "SUSE:Linux Enterprise Server 16.0"),
        ("sles", "15", "SUSE:Linux Enterprise Server 15"),
        ("sle-micro", "5.5", "SUSE:Linux Enterprise Micro 5.5"),
        ("sl-micro", "6.1", "SUSE:Linux Micro 6.1"),
        ("opensuse-tumbleweed", "20260101", "openSUSE:Tumbleweed"),
        ("photon", "5.0", "Photon OS:5.0"),
        ("mageia", "9", "Mageia:9"),
        ("chainguard", "20230214", "Chainguard"),
        ("minimos", "1", "MinimOS"),
        ("ubuntu", "", None),
        ("ubuntu", "24.10", "Ubuntu:24.10"),
        ("ol", "9.4", None),
        ("centos", "9", None),
        ("arch", "", None),
        ("wolfi", "20230201", "Wolfi"),
        ("fedora", "40", None),
        ("amzn", "2023", None),
    ],
)
def test_distribution(identity: str, version: str, expected: str | None) -> None:
    assert distribution(OsRelease(identity, version)) == expected


def test_debian_matches_source_name_and_source_version() -> None:
    release = OsRelease("debian", "12")
    package = Package("deb", "bsdutils", "1:2.38.1-5", "util-linux", "2.38.1-5")
    assert target_of(package, release) == Target("Debian:12", "util-linux", "2.38.1-5")
    plain = Package("deb", "bash", "5.2.15-2")
    assert target_of(plain, release) == Target("Debian:12", "bash", "5.2.15-2")


def test_rpm_epoch_only_where_records_carry_it() -> None:
    package = Package("rpm", "openssl", "1:3.0.7-1.el9")
    alma = target_of(package, OsRelease("almalinux", "9.4"))
    assert alma == Target("AlmaLinux:9", "openssl", "1:3.0.7-1.el9")
    suse = target_of(package, OsRelease("sles", "15.5"))
    assert suse == Target("SUSE:Linux Enterprise Server 15 SP5", "openssl", "3.0.7-1.el9")


def test_python_names_are_normalised() -> None:
    target = target_of(Package("pypi", "Flask_SQLAlchemy", "3.0"), None)
    assert target == Target("PyPI", "flask-sqlalchemy", "3.0")


def test_no_ecosystem_is_said() -> None:
    assert target_of(Package("conda", "numpy", "1"), None) is None
    assert target_of(Package("deb", "x", "1"), None) is None
