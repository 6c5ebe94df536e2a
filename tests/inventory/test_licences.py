"""Licences as packages declare them, and how documents name them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from hypothesis import given
from hypothesis import strategies as st

from hardening.image.synthetic import FileSketch, ImageSketch, LayerSketch, make_image
from hardening.inventory.catalog import catalog
from hardening.inventory.catalogers import rpm
from hardening.inventory.licences import licence, licences_of
from hardening.reports.sbom_cyclonedx import cyclonedx_text
from hardening.reports.sbom_spdx import spdx_text
from tests.inventory.sketches import DEBIAN
from tests.shared import shared_data

HEAD = "Metadata-Version: 2.1\nName: a\nVersion: 1\n"


def declared(files: dict[str, str | bytes | FileSketch | None]) -> list[str]:
    """What each package of an image declares, in the order of the inventory."""
    image = make_image(ImageSketch((LayerSketch(files),)))
    inventory = catalog(image)
    assert inventory.not_assessed == ()
    found = licences_of(image, inventory)
    return [licence(found, one.path, one.name, one.version) for one in inventory.packages]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("License-Expression: MIT OR Apache-2.0\nLicense: old\n", "MIT OR Apache-2.0"),
        ("License: BSD-3-Clause\n", "BSD-3-Clause"),
        ("License: UNKNOWN\nClassifier: License :: OSI Approved :: MIT License\n", "MIT License"),
        ("", ""),
    ],
)
def test_python(fields: str, expected: str) -> None:
    assert declared({"a.dist-info/METADATA": f"{HEAD}{fields}\nText\n"}) == [expected]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"license": "ISC"}, "ISC"),
        ({"license": {"type": "MIT", "url": "x"}}, "MIT"),
        ({"licenses": [{"type": "MIT"}, "BSD 3"]}, "MIT OR (BSD 3)"),
        ({"license": 3}, ""),
    ],
)
def test_node(value: dict[str, object], expected: str) -> None:
    package = json.dumps({"name": "x", "version": "1", **value})
    assert declared({"node_modules/x/package.json": package}) == [expected]


def test_the_others() -> None:
    composer = [{"name": "a/b", "version": "v2.0", "license": ["MIT", "GPL-2.0-only"]}]
    files: dict[str, str | bytes | FileSketch | None] = {
        "lib/apk/db/installed": "P:musl\nV:1.2-r0\nL:MIT\n\nP:none\nV:1\n\n",
        "vendor/composer/installed.json": json.dumps(composer),
        "library/R6/DESCRIPTION": "Package: R6\nVersion: 2\nBuilt: R 4\nLicense: MIT + file L\n",
        "specifications/rake-13.0.gemspec": 's.licenses = ["MIT".freeze]\n',
    }
    assert declared(files) == ["MIT", "", "MIT OR GPL-2.0-only", "MIT + file L", "MIT"]


def test_rpm_headers() -> None:
    data = (shared_data("rpmdb") / "cbl-mariner-2.0/rpmdb.sqlite").read_bytes()
    path = "var/lib/rpm/rpmdb.sqlite"
    image = make_image(ImageSketch((LayerSketch({path: data}),)))
    inventory = catalog(image)
    found = licences_of(image, inventory)
    (bash,) = [one for one in inventory.packages if one.name == "bash"]
    assert licence(found, bash.path, bash.name, bash.version) == "GPLv3"
    assert rpm.licence_of(b"\0\0\0\0\0\0\0\0") == ""


def test_documents_tell_expressions_from_other_texts(tmp_path: Path) -> None:
    files: dict[str, str | bytes | FileSketch | None] = {
        "etc/os-release": DEBIAN,
        "a.dist-info/METADATA": f"{HEAD}License-Expression: MIT OR Apache-2.0\n",
        "b.dist-info/METADATA": f"{HEAD.replace('a', 'b')}License: Some words\n",
        "c/node_modules/x/package.json": '{"name":"x","version":"1","license":"mit"}',
    }
    image = make_image(ImageSketch((LayerSketch(files),)))
    inventory = catalog(image)
    found = licences_of(image, inventory)
    cyclonedx = cyclonedx_text(image, inventory, found)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(cyclonedx) is None
    parts = {one["name"]: one for one in json.loads(cyclonedx)["components"]}
    assert parts["a"]["licenses"][0]["expression"] == "MIT OR Apache-2.0"
    assert parts["x"]["licenses"][0]["license"]["id"] == "MIT"
    assert (parts["debian"]["type"], parts["debian"]["version"]) == ("operating-system", "12")
    rows = {one["name"]: one for one in json.loads(spdx_text(image, inventory, found))["packages"]}
    assert rows["a"]["licenseDeclared"] == "MIT OR Apache-2.0"
    assert rows["x"]["licenseDeclared"] == "MIT"


@given(st.text(max_size=60))
def test_any_text_gives_a_valid_document(text: str) -> None:
    package = json.dumps({"name": "x", "version": "1", "license": text})
    files: dict[str, str | bytes | FileSketch | None] = {"node_modules/x/package.json": package}
    image = make_image(ImageSketch((LayerSketch(files),)))
    inventory = catalog(image)
    found = licences_of(image, inventory)
    document = cyclonedx_text(image, inventory, found)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(document) is None
    assert json.loads(spdx_text(image, inventory, found))["packages"]
