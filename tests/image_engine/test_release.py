from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.image.model import Image
from hardening.image.release import os_release, package_managers, parse_os_release, shells
from hardening.image.synthetic import FileSketch, ImageSketch, LayerSketch, make_image

DEBIAN = """PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION="12 (bookworm)"
VERSION_CODENAME=bookworm
ID=debian
"""


def image_of(files: dict[str, str | bytes | FileSketch | None]) -> Image:
    return make_image(ImageSketch(layers=(LayerSketch(files),)))


def test_os_release_through_its_usual_link() -> None:
    image = image_of(
        {
            "usr/lib/os-release": DEBIAN,
            "etc/os-release": FileSketch(link="../usr/lib/os-release"),
        }
    )
    found = os_release(image)
    assert found is not None
    assert (found.id, found.version_id, found.codename) == ("debian", "12", "bookworm")
    assert (found.family, found.pretty_name) == ("debian", "Debian GNU/Linux 12 (bookworm)")


def test_os_release_only_under_usr_lib() -> None:
    found = os_release(image_of({"usr/lib/os-release": DEBIAN}))
    assert found is not None
    assert found.path == "usr/lib/os-release"


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("ID=ubuntu\nID_LIKE=debian\n", "debian"),
        ('ID="rocky"\nID_LIKE="rhel centos fedora"\n', "rhel"),
        ("ID=alpine\nVERSION_ID=3.20.1\n", "alpine"),
        ("ID=wolfi\n", "wolfi"),
        ('ID="opensuse-leap"\nID_LIKE="suse opensuse"\n', "suse"),
        ("ID=newcomer\nID_LIKE=debian\n", "debian"),
        ("ID='strange'\n", "strange"),
        ("ID=azurelinux\n", "azurelinux"),
    ],
)
def test_families(text: str, family: str) -> None:
    found = parse_os_release(text.encode())
    assert found is not None
    assert found.family == family


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("etc/alpine-release", "3.4.6\n", ("alpine", "3.4.6", "alpine")),
        ("etc/debian_version", "9.13\n", ("debian", "9", "debian")),
        ("etc/debian_version", "trixie/sid\n", ("debian", "", "debian")),
        (
            "etc/redhat-release",
            "CentOS release 6.10 (Final)\n",
            ("centos", "6.10", "rhel"),
        ),
        ("etc/system-release", "Amazon Linux release 2 (Karoo)\n", ("amzn", "2", "rhel")),
    ],
)
def test_older_marker_files(path: str, text: str, expected: tuple[str, str, str]) -> None:
    found = os_release(image_of({path: text}))
    assert found is not None
    assert (found.id, found.version_id, found.family) == expected
    assert found.path == path


def test_nothing_says() -> None:
    assert os_release(image_of({"bin/app": "x"})) is None
    assert os_release(image_of({"etc/os-release": "PRETTY_NAME=nobody\n"})) is None


def test_programs_of_a_merged_usr_image() -> None:
    program = FileSketch("x", mode=0o755)
    image = image_of(
        {
            "bin": FileSketch(link="usr/bin"),
            "usr/bin/dash": program,
            "usr/bin/sh": FileSketch(link="dash"),
            "usr/bin/bash": program,
            "usr/bin/apt-get": program,
            "usr/bin/dpkg": program,
            "usr/bin/dnf": FileSketch("not executable", mode=0o644),
            "usr/bin/zypper": FileSketch(link="nowhere"),
        }
    )
    assert package_managers(image) == ("apt-get", "dpkg")
    assert shells(image) == ("bin/sh", "bin/bash", "bin/dash")


def test_busybox_links() -> None:
    image = image_of(
        {
            "bin/busybox": FileSketch("x", mode=0o755),
            "bin/sh": FileSketch(link="/bin/busybox"),
            "bin/ash": FileSketch(link="/bin/busybox"),
            "sbin/apk": FileSketch("x", mode=0o755),
        }
    )
    assert package_managers(image) == ("apk",)
    assert shells(image) == ("bin/sh", "bin/ash", "bin/busybox")


def test_an_image_without_a_shell() -> None:
    image = image_of({"app": FileSketch("x", mode=0o755)})
    assert shells(image) == ()
    assert package_managers(image) == ()


@given(st.binary(max_size=500))
def test_any_bytes_parse(data: bytes) -> None:
    parse_os_release(data)
