"""The second inventory of the same layers is read from the cache, and is the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hardening.image.loading import load_files, open_image
from hardening.image.model import Attribution, Origin
from hardening.image.stored import StoredImage
from hardening.image.synthetic import ImageSketch, LayerSketch, make_image
from hardening.inventory import catalog as catalog_module
from hardening.inventory import kept
from hardening.inventory.catalog import catalog
from hardening.skipped import Skipped
from tests.inventory.referee import archive
from tests.inventory.sketches import DEBIAN
from tests.inventory.test_rpm import BASH, ndb
from tests.inventory.test_system_packages import CURL, STATUS


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRYDOCK_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def image(tmp_path: Path) -> StoredImage:
    files: dict[str, str | bytes] = {
        "etc/os-release": DEBIAN + "ID_LIKE=other\n",
        "var/lib/dpkg/status": STATUS + CURL,
        "var/lib/dpkg/info/curl.list": "/usr/lib/x.dist-info/METADATA\n",
        "usr/lib/x.dist-info/METADATA": "Name: x\nVersion: 1\n",
        "var/lib/rpm/Packages.db": ndb(BASH),
        "a/node_modules/bad/package.json": "{",
    }
    return load_files(open_image(str(archive(tmp_path / "made.tar", files))))


def refuse(*_: object) -> Any:
    raise AssertionError("the layers are read again")


def test_the_second_time_nothing_is_read(
    image: StoredImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = catalog(image)
    assert len(first.packages) == 4 and len(first.not_assessed) == 1
    monkeypatch.setattr(catalog_module, "_taken", refuse)
    assert catalog(image) == first
    assert catalog(load_files(open_image(image.reference))) == first


def test_what_layers_are_attributed_to_is_not_kept(image: StoredImage) -> None:
    assert {one.base for one in catalog(image).packages} == {Origin.UNKNOWN}
    again = image.with_attributions([Attribution(Origin.OWN, 3)])
    assert {(one.base, one.instruction) for one in catalog(again).packages} == {(Origin.OWN, 3)}


def test_another_code_or_another_archive_is_read_anew(
    image: StoredImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog(image)
    monkeypatch.setattr(catalog_module, "_taken", refuse)
    monkeypatch.setattr(kept, "_code", lambda: "another version")
    with pytest.raises(AssertionError, match="read again"):
        catalog(image)


def test_a_changed_archive_is_read_anew(image: StoredImage, tmp_path: Path) -> None:
    catalog(image)
    archive(tmp_path / "made.tar", {"var/lib/dpkg/status": STATUS})
    names = {one.name for one in catalog(load_files(open_image(image.reference))).packages}
    assert names == {"bsdutils"}


def test_a_sketch_has_no_key() -> None:
    image = make_image(ImageSketch((LayerSketch({"var/lib/dpkg/status": STATUS}),)))
    assert image.content_key == ""
    assert kept.kept("", 1) is None


@pytest.mark.parametrize("change", [b"", b"{}", b"[]", b"null", b'{"rows": [[]]}', b"[" * 9999])
def test_what_is_damaged_counts_as_absent(
    image: StoredImage, monkeypatch: pytest.MonkeyPatch, change: bytes
) -> None:
    first = catalog(image)
    monkeypatch.setattr(kept, "get_derived", lambda kind, key: change)
    assert catalog(image) == first


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=13) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=20,
)


@given(json_values, json_values, json_values)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_json_breaks_the_reader(rows: object, release: object, skipped: object) -> None:
    text = json.dumps({"rows": rows, "release": release, "skipped": skipped}).encode()
    with pytest.MonkeyPatch.context() as patch:
        answer: Callable[[str, str], bytes] = lambda kind, key: text  # noqa: E731
        patch.setattr(kept, "get_derived", answer)
        found = kept.kept("x", 1)
    if found is not None:
        assert all(isinstance(one, Skipped) for one in found.skipped)
        assert all(row.layer == 0 for row in found.rows)
