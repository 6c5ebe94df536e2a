"""dpkg and apk databases in images, their layers and owners."""

from __future__ import annotations

from hardening.image.model import Origin
from hardening.image.synthetic import FileSketch
from tests.inventory.sketches import DEBIAN, inventory_of, packages_of, rows

STATUS = """Package: bsdutils
Status: install ok installed
Architecture: amd64
Source: util-linux (2.38.1-5+deb12u1)
Version: 1:2.38.1-5+deb12u1
Description: basic utilities
 from the 4.4BSD-Lite distribution

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1.0
"""
CURL = """
Package: curl
Status: install ok installed
Architecture: amd64
Version: 7.88.1-10+deb12u5
"""
INSTALLED = """C:Q1abc=
P:libcrypto3
V:3.1.4-r5
A:x86_64
o:openssl
F:usr/lib
R:libcrypto.so.3

P:musl
V:1.2.4-r2
A:x86_64
o:musl
"""


def test_dpkg_status_gives_installed_packages_with_their_source() -> None:
    (package,) = packages_of({"etc/os-release": DEBIAN, "var/lib/dpkg/status": STATUS})
    assert (package.name, package.version) == ("bsdutils", "1:2.38.1-5+deb12u1")
    assert (package.source_name, package.source_version) == ("util-linux", "2.38.1-5+deb12u1")
    assert package.purl == (
        "pkg:deb/debian/bsdutils@1:2.38.1-5%2Bdeb12u1?arch=amd64&distro=debian-12"
        "&upstream=util-linux%402.38.1-5%2Bdeb12u1"
    )
    assert package.path == "var/lib/dpkg/status"


def test_a_package_belongs_to_the_first_layer_that_held_it() -> None:
    packages = packages_of(
        {"etc/os-release": DEBIAN, "var/lib/dpkg/status": STATUS},
        {"var/lib/dpkg/status": STATUS + CURL},
        base_layers=1,
    )
    layers = {one.name: (one.layer, one.base) for one in packages}
    assert layers == {"bsdutils": (0, Origin.BASE), "curl": (1, Origin.OWN)}


def test_an_upgraded_package_belongs_to_the_layer_of_the_upgrade() -> None:
    old = CURL.replace("deb12u5", "deb12u1")
    packages = packages_of({"var/lib/dpkg/status": old}, {"var/lib/dpkg/status": CURL})
    assert [(one.version, one.layer) for one in packages] == [("7.88.1-10+deb12u5", 1)]


def test_distroless_folders_have_no_status_field() -> None:
    packages = packages_of(
        {
            "var/lib/dpkg/status.d/tzdata": "Package: tzdata\nVersion: 2024a-0\n",
            "var/lib/dpkg/status.d/tzdata.md5sums": "0123  usr/share/zoneinfo/UTC\n",
        }
    )
    assert rows(packages) == [("deb", "tzdata", "2024a-0")]


def test_a_package_named_twice_is_one() -> None:
    files = {"var/lib/dpkg/status": CURL, "var/lib/dpkg/status.d/curl": CURL}
    assert len(packages_of(files)) == 1


def test_a_deleted_database_holds_nothing() -> None:
    assert packages_of({"var/lib/dpkg/status": CURL}, {"var/lib/dpkg/status": None}) == ()


def test_apk_reads_both_places() -> None:
    for path in ("lib/apk/db/installed", "usr/lib/apk/db/installed"):
        packages = packages_of({"etc/os-release": "ID=wolfi\n", path: INSTALLED})
        assert rows(packages) == [("apk", "libcrypto3", "3.1.4-r5"), ("apk", "musl", "1.2.4-r2")]
        assert packages[0].source_name == "openssl"
        assert packages[0].purl.startswith("pkg:apk/wolfi/libcrypto3@3.1.4-r5?arch=x86_64")


def test_language_packages_of_a_system_package_are_marked() -> None:
    metadata = "Name: PyYAML\nVersion: 6.0\n\nVersion: 9\n"
    path = "usr/lib/python3/dist-packages/PyYAML-6.0.dist-info/METADATA"
    packages = packages_of(
        {
            path: metadata,
            "usr/local/lib/x/site-packages/PyYAML-6.0.dist-info/METADATA": metadata,
            "var/lib/dpkg/info/python3-yaml:amd64.list": f"/.\n/usr\n/{path}\n",
        }
    )
    assert [one.owned_by for one in packages] == ["python3-yaml", None]


def test_apk_owners_follow_a_merged_usr() -> None:
    database = "P:py3-six\nV:1-r0\nF:lib/python3/six-1.dist-info\nR:METADATA\n"
    packages = packages_of(
        {
            "usr/lib/python3/six-1.dist-info/METADATA": "Name: six\nVersion: 1\n",
            "lib/apk/db/installed": database,
        }
    )
    assert {one.name: one.owned_by for one in packages} == {"py3-six": None, "six": "py3-six"}


def test_a_database_that_is_too_large_is_told() -> None:
    huge = FileSketch("Package: a\nVersion: 1\n", size=65 << 20)
    found = inventory_of({"var/lib/dpkg/status": huge})
    assert found.packages == ()
    assert [one.what for one in found.not_assessed] == ["/var/lib/dpkg/status"]
    assert "more than" in found.not_assessed[0].reason


def test_runtimes_come_from_the_environment() -> None:
    found = inventory_of({}, env={"PYTHON_VERSION": "3.13.14", "NODE_VERSION": "$(id)"})
    assert rows(found.packages) == [("generic", "python", "3.13.14")]
    assert found.packages[0].layer is None


def test_databases_that_nothing_reads_are_told() -> None:
    found = inventory_of({"var/lib/pacman/local/bash-5.2-1/desc": "%NAME%\nbash\n"})
    assert found.packages == ()
    assert [one.what for one in found.not_assessed] == ["/var/lib/pacman/local"]
