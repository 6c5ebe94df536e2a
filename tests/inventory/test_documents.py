"""CycloneDX and SPDX documents, judged by the two projects' own validators."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from hypothesis import given
from hypothesis import strategies as st
from packageurl import PackageURL

from hardening.image.model import Image
from hardening.image.synthetic import ImageSketch, LayerSketch, make_image
from hardening.inventory.catalog import catalog
from hardening.inventory.purl import package_url
from hardening.reports.sbom_cyclonedx import cyclonedx_text
from hardening.reports.sbom_spdx import spdx_text
from tests.inventory.sketches import DEBIAN
from tests.inventory.test_system_packages import CURL, STATUS


def _image() -> Image:
    files = {
        "etc/os-release": DEBIAN,
        "var/lib/dpkg/status": STATUS + CURL,
        "a/lib/x.dist-info/METADATA": "Name: Zope.Interface\nVersion: 6.0+local\n",
        "b/lib/x.dist-info/METADATA": "Name: Zope.Interface\nVersion: 6.0+local\n",
        "a/node_modules/@s/n/package.json": '{"name":"@s/n","version":"1.0.0"}',
        "a/node_modules/bad/package.json": "{",
    }
    return make_image(ImageSketch((LayerSketch(files),), env={"PYTHON_VERSION": "3.13.1"}))


def test_cyclonedx_is_valid_and_the_same_each_time() -> None:
    image = _image()
    text = cyclonedx_text(image, catalog(image))
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert text == cyclonedx_text(_image(), catalog(_image()))
    document = json.loads(text)
    assert len(document["components"]) == 7  # six packages, and the distribution
    assert "timestamp" not in document["metadata"]
    (missing,) = document["metadata"]["properties"]
    assert missing["value"].startswith("/a/node_modules/bad/package.json: ")


def test_cyclonedx_takes_the_time_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    image = _image()
    text = cyclonedx_text(image, catalog(image))
    assert json.loads(text)["metadata"]["timestamp"] == "2023-11-14T22:13:20+00:00"
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::SyntaxWarning")
def test_spdx_is_valid_and_the_same_each_time(tmp_path: Path) -> None:
    parse_anything = import_module("spdx_tools.spdx.parser.parse_anything")
    validator = import_module("spdx_tools.spdx.validation.document_validator")
    image = _image()
    text = spdx_text(image, catalog(image))
    assert text == spdx_text(_image(), catalog(_image()))
    file = tmp_path / "x.spdx.json"
    file.write_text(text)
    document = parse_anything.parse_file(str(file))
    assert validator.validate_full_spdx_document(document) == []
    assert len(document.packages) == 8  # the image and the distribution too


@given(
    st.sampled_from(["deb", "apk", "rpm", "pypi", "npm", "golang", "maven", "gem", "generic"]),
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=30).filter(str.isprintable),
    st.text(st.characters(codec="utf-8"), max_size=20).filter(
        lambda text: text.isprintable() and text == text.strip()  # the reader strips versions
    ),
)
def test_package_urls_are_read_back(kind: str, name: str, version: str) -> None:
    text = package_url(kind, name, version, qualifiers=(("arch", "amd64"),))
    if name.strip("/: .") and "//" not in name and name == name.strip(" /:"):
        read = PackageURL.from_string(text)
        assert read.type == kind
        assert (read.version or "") == version.strip()


def test_package_urls_as_the_specification_writes_them() -> None:
    assert package_url("deb", "curl", "1+b", namespace="debian") == "pkg:deb/debian/curl@1%2Bb"
    assert package_url("npm", "@angular/core", "12.3.1") == "pkg:npm/%40angular/core@12.3.1"
    assert package_url("maven", "org.apache:xml", "1") == "pkg:maven/org.apache/xml@1"
    assert package_url("golang", "github.com/A/b/v2", "v2.0.0") == (
        "pkg:golang/github.com/a/b/v2@v2.0.0"
    )
