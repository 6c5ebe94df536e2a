"""Lists of packages that somebody else made: every format, and nothing hostile gets through."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardening.advisories import sbom
from hardening.advisories.ecosystems import targets_of
from hardening.advisories.model import Target
from hardening.advisories.sbom import is_document, read_sbom
from hardening.advisories.sbom_packages import distribution_of, parsed
from hardening.cli import main
from hardening.errors import InputError
from hardening.image.release import release_named
from hardening.inventory.model import Inventory
from tests.advisories.building import record, store_of, until

OVERLAP = "ownership-by-file-overlap"
IMAGE = Path(__file__).resolve().parents[2] / "sample_dockerfiles" / "python-flask" / "image.tar.gz"


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRYDOCK_DATA_DIR", str(tmp_path))


def read(folder: Path, document: Any) -> Inventory:
    path = folder / "sbom.json"
    path.write_text(json.dumps(document))
    assert is_document(path)
    return read_sbom(path)


def cyclonedx(*components: dict[str, Any]) -> dict[str, Any]:
    return {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": list(components)}


def library(purl: str, **more: Any) -> dict[str, Any]:
    return {"type": "library", "name": "x", "purl": purl, **more}


def spdx(*packages: dict[str, Any]) -> dict[str, Any]:
    return {"spdxVersion": "SPDX-2.3", "packages": list(packages)}


def referring(purl: str, **more: Any) -> dict[str, Any]:
    reference = {"referenceType": "purl", "referenceLocator": purl}
    return {"name": "x", "versionInfo": "1", "externalRefs": [reference], **more}


@pytest.mark.parametrize("form", ["json", "cyclonedx", "spdx"])
def test_what_drydock_writes_it_reads(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    store_of(
        tmp_path,
        record("CVE-2026-1", "PyPI", "flask", *until("99")),
        record("CVE-2026-2", "Debian:12", "glibc", *until("99")),
    )
    assert main(["vulns", str(IMAGE), "--format", "json"]) == 1
    direct = json.loads(capsys.readouterr().out)
    file = tmp_path / "sbom.json"
    assert main(["sbom", str(IMAGE), "--format", form, "--output", str(file)]) == 0
    assert main(["vulns", str(file), "--format", "json"]) == 1
    through = json.loads(capsys.readouterr().out)
    assert _rows(through) == _rows(direct)
    assert through["assessed"] == direct["assessed"]


def _rows(document: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (one["id"], one["package"].lower(), one["fixed"]) for one in document["vulnerabilities"]
    ]


def test_operating_system_of_a_cyclonedx_document(tmp_path: Path) -> None:
    system = {"type": "operating-system", "name": "debian", "version": "12.5"}
    other = library("pkg:deb/debian/bash@5.2?distro=debian-11")
    inventory = read(tmp_path, cyclonedx(system, other))
    assert inventory.release is not None
    assert (inventory.release.id, inventory.release.version_id) == ("debian", "12.5")
    assert [(one.name, one.version) for one in inventory.packages] == [("bash", "5.2")]


def test_sources_as_others_write_them(tmp_path: Path) -> None:
    properties = [
        {"name": "aquasecurity:trivy:SrcName", "value": "util-linux"},
        {"name": "aquasecurity:trivy:SrcVersion", "value": "2.38.1"},
        {"name": "aquasecurity:trivy:SrcRelease", "value": "5+deb12u3"},
    ]
    by_trivy = library("pkg:deb/debian/bsdutils@1:2.38.1-5%2Bdeb12u3", properties=properties)
    by_syft = library("pkg:deb/debian/libmount1@2.38.1-5?upstream=util-linux")
    versioned = library("pkg:deb/debian/cpp@4:12.2.0-3?upstream=gcc-defaults@1.203")
    inventory = read(tmp_path, cyclonedx(by_trivy, by_syft, versioned))
    assert {one.name: (one.source_name, one.source_version) for one in inventory.packages} == {
        "bsdutils": ("util-linux", "2.38.1-5+deb12u3"),
        "libmount1": ("util-linux", "2.38.1-5"),
        "cpp": ("gcc-defaults", "1.203"),
    }


def test_spdx_packages_and_system(tmp_path: Path) -> None:
    system = {
        "name": "alpine",
        "versionInfo": "3.19.1",
        "primaryPackagePurpose": "OPERATING-SYSTEM",
    }
    built = referring(
        "pkg:deb/debian/bsdutils@1:2-5", sourceInfo="built package from: util-linux 2-5"
    )
    inventory = read(tmp_path, spdx(system, built, {"name": "y", "versionInfo": "1"}))
    assert inventory.release is not None
    assert inventory.release.id == "alpine"
    (one,) = inventory.packages
    assert (one.source_name, one.source_version) == ("util-linux", "2-5")
    assert [one.what for one in inventory.not_assessed] == ["1 component of the document"]


def test_spdx_tells_what_a_system_package_owns_and_what_it_is_about(tmp_path: Path) -> None:
    image = referring("pkg:oci/app?arch=amd64", primaryPackagePurpose="CONTAINER")
    owner = referring("pkg:deb/debian/python3-x@1-1", SPDXID="d", name="python3-x")
    owned = referring("pkg:pypi/x@1", SPDXID="p")
    free = referring("pkg:pypi/y@1", SPDXID="q")
    relations = [
        {"spdxElementId": owner, "relatedSpdxElement": to, "relationshipType": "OTHER",
         "comment": comment}
        for owner, to, comment in (
            ("d", "p", f"{OVERLAP}: of a child"), ("p", "q", OVERLAP),
            ("d", "q", "evident-by: something else"), ("nobody", "q", OVERLAP),
        )
    ]  # fmt: skip
    inventory = read(tmp_path, spdx(image, owner, owned, free) | {"relationships": relations})
    assert {one.name: one.owned_by for one in inventory.packages} == {
        "python3-x": None, "x": "python3-x", "y": None,
    }  # fmt: skip


def test_components_within_components(tmp_path: Path) -> None:
    inner = library("pkg:npm/%40scope/inner@1.0.0")
    outer = library("pkg:maven/org.example/app@2.0", components=[inner])
    inventory = read(tmp_path, cyclonedx(outer))
    assert [(one.type, one.name) for one in inventory.packages] == [
        ("maven", "org.example:app"),
        ("npm", "@scope/inner"),
    ]


@pytest.mark.parametrize(
    ("purl", "name", "version"),
    [
        ("pkg:golang/github.com/docker/cli@v27.1.1", "github.com/docker/cli", "v27.1.1"),
        ("pkg:composer/monolog/monolog@3.5.0", "monolog/monolog", "3.5.0"),
        ("pkg:rpm/almalinux/openssl@3.0.7-1.el9?epoch=1", "openssl", "1:3.0.7-1.el9"),
        ("pkg:deb/debian/libstdc%2B%2B6@12.2.0-14", "libstdc++6", "12.2.0-14"),
        ("pkg:pypi/Flask_Login@0.6", "flask-login", "0.6"),
    ],
)
def test_names_and_versions(tmp_path: Path, purl: str, name: str, version: str) -> None:
    (one,) = read(tmp_path, cyclonedx(library(purl))).packages
    assert (one.name, one.version) == (name, version)


def test_capitals_of_an_old_npm_name_stay(tmp_path: Path) -> None:
    old = library("pkg:npm/Morris.js@0.5.0") | {"name": "Morris.js"}
    other = library("pkg:npm/lodash@4.17.4") | {"name": "Something else"}
    inventory = read(tmp_path, cyclonedx(old, other))
    assert sorted(one.name for one in inventory.packages) == ["Morris.js", "lodash"]


def test_rpm_sources_and_modules_as_syft_writes_them(tmp_path: Path) -> None:
    url = (
        "pkg:rpm/redhat/openssl-libs@3.0.7-25.el9?arch=x86_64&epoch=1&distro=rhel-9.4"
        "&rpmmod=nodejs:18:9020020:rhel9&upstream=openssl-3.0.7-25.el9.src.rpm"
    )
    (one,) = read(tmp_path, cyclonedx(library(url))).packages
    assert (one.version, one.source_name, one.source_version) == (
        "1:3.0.7-25.el9",
        "openssl",
        "3.0.7-25.el9",
    )
    (own, source) = targets_of(one, release_named("rhel", "9.4"))
    assert own == Target(
        "Red Hat:enterprise_linux:9", "openssl-libs", "1:3.0.7-25.el9", "nodejs:18"
    )
    assert source == own._replace(name="openssl")


@pytest.mark.parametrize(
    ("purl", "identity", "version", "codename"),
    [
        ("pkg:deb/debian/x@1?distro=debian-12", "debian", "12", ""),
        ("pkg:deb/debian/x@1?distro=debian-sid", "debian", "", "sid"),
        ("pkg:deb/ubuntu/x@1?distro=ubuntu-22.04", "ubuntu", "22.04", ""),
        ("pkg:apk/alpine/x@1?distro=alpine-3.19.1", "alpine", "3.19.1", ""),
        ("pkg:rpm/opensuse/x@1?distro=opensuse-leap-15.5", "opensuse-leap", "15.5", ""),
        ("pkg:rpm/redhat/x@1?distro=redhat-9.4", "rhel", "9.4", ""),
        ("pkg:deb/debian/x@1?distro=bookworm", "debian", "", "bookworm"),
    ],
)
def test_distribution_of_a_url(purl: str, identity: str, version: str, codename: str) -> None:
    found = distribution_of(purl)
    assert found is not None
    assert (found.id, found.version_id, found.codename) == (identity, version, codename)


@pytest.mark.parametrize("purl", ["", "x", "pkg:", "pkg:deb", "pkg:npm/%zz@1", "pkg:a/b@1" * 999])
def test_what_is_no_url(purl: str) -> None:
    found = parsed(purl)
    assert found is None or found.type
    assert distribution_of(purl) is None


@pytest.mark.parametrize(
    "data",
    [
        b"{}",
        b'{"bomFormat": "CycloneDX"',
        b'{"spdxVersion": "SPDX-3.0"}',
        b'{"a":' * 200_000,
        b'{"a": "\xff\xfe"}',
    ],
)
def test_hostile_documents_are_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "sbom.json"
    path.write_bytes(data)
    assert is_document(path)
    with pytest.raises(InputError):
        read_sbom(path)


def test_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sbom, "MAX_COMPONENTS", 10)
    with pytest.raises(InputError) as caught:
        read(tmp_path, cyclonedx(*[library(f"pkg:npm/x@{number}") for number in range(20)]))
    assert "too large" in caught.value.what
    monkeypatch.setattr(sbom, "MAX_BYTES", 100)
    with pytest.raises(InputError):
        read(tmp_path, cyclonedx(library("pkg:npm/x@1" + " " * 200)))


def test_an_image_is_no_document(tmp_path: Path) -> None:
    assert not is_document(IMAGE)
    assert not is_document(tmp_path)
    assert not is_document(tmp_path / "missing")


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8)
    | st.sampled_from(["pkg:deb/debian/x@1?distro=debian-12", "operating-system", "library"])
    | st.just("purl"),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(
            ["components", "packages", "type", "name", "version", "purl", "properties", "value",
             "externalRefs", "referenceType", "referenceLocator", "image", "distribution", "layer",
             "relationships", "spdxElementId", "relatedSpdxElement", "SPDXID", "comment",
             "versionInfo", "primaryPackagePurpose", "sourceInfo", "not_assessed", "what"]
        ),
        inner, max_size=6,
    ),
    max_leaves=40,
)  # fmt: skip
HEADS = st.sampled_from(
    [{"bomFormat": "CycloneDX"}, {"spdxVersion": "SPDX-2.3"}, {"schema": "drydock.sbom/1"}]
)


@given(HEADS, st.dictionaries(st.sampled_from(["components", "packages", "image"]), ANY))
@settings(max_examples=200, deadline=None)
def test_any_document_is_read(
    tmp_path_factory: pytest.TempPathFactory, head: dict[str, Any], rest: dict[str, Any]
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_text(json.dumps(head | rest))
    assert read_sbom(path).packages is not None
