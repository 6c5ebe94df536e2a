"""Hostile databases: damaged, nested, made to take for ever or to fill the memory. Every cataloger
answers with packages or with a reason, and what it made goes into every kind of document."""

from __future__ import annotations

import json
import sqlite3
import struct
import tempfile
import tracemalloc
import zipfile
import zlib
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packageurl import PackageURL

from hardening.image.synthetic import FileSketch, ImageSketch, LayerSketch, make_image
from hardening.inventory import owners
from hardening.inventory.catalogers import catalogers, java, rpm
from hardening.inventory.frame import MAX_FOUND, MAX_TEXT, Found, Unreadable, is_name
from hardening.inventory.model import Inventory
from hardening.inventory.purl import package_url
from hardening.inventory.rpm_stores import sqlite_blobs
from hardening.reports.sbom import sbom_values
from hardening.reports.sbom_cyclonedx import cyclonedx_text
from hardening.reports.sbom_spdx import spdx_text
from tests.inventory.sketches import DEBIAN, inventory_of
from tests.inventory.test_language_packages import inline_program, pointed_program
from tests.inventory.test_more_languages import CRATES, POM, POM_PATH, crate_program, jar
from tests.inventory.test_rpm import BASH, header, ndb, sqlite
from tests.inventory.test_system_packages import CURL, INSTALLED, STATUS

TYPES = ("deb", "apk", "rpm", "pypi", "npm", "golang", "maven", "gem", "composer", "nuget",
         "cargo", "conda", "cran", "generic")  # fmt: skip


@cache
def samples() -> dict[str, bytes]:
    """Path → a whole database of each form."""
    with tempfile.TemporaryDirectory() as folder:
        table = sqlite(Path(folder) / "x", BASH, header(name="a", version="1", release="2"))
    values = {"name": "x", "version": "1", "packages": [{"name": "a/b", "version": "v2"}]}
    libraries = {"libraries": {"X/1.0": {"type": "package"}}}
    nested = jar({"a.jar": jar({POM_PATH: POM}), POM_PATH: POM})
    return {
        "var/lib/dpkg/status": (STATUS + CURL).encode(),
        "lib/apk/db/installed": INSTALLED.encode(),
        "var/lib/rpm/rpmdb.sqlite": table,
        "var/lib/rpm/Packages.db": ndb(BASH),
        "var/lib/rpm/Packages": struct.pack("<6I", 0, 0, 0, 0x61561, 9, 512).ljust(2048, b"\x0d"),
        "a.dist-info/METADATA": b"Metadata-Version: 2.1\nName: a\nVersion: 1\n\nText\n",
        "node_modules/x/package.json": json.dumps(values).encode(),
        "vendor/composer/installed.json": json.dumps(values).encode(),
        "app.deps.json": json.dumps(libraries).encode(),
        "conda-meta/x.json": json.dumps(values).encode(),
        "library/x/DESCRIPTION": b"Package: x\nVersion: 1\nBuilt: R 4.2.2\n",
        "specifications/x-1.gemspec": b"Gem::Specification.new\n",
        "lib/app.jar": nested,
        "bin/go": inline_program(),
        "bin/oldgo": pointed_program(),
        "bin/rust": crate_program(zlib.compress(json.dumps(CRATES).encode())),
    }


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, bytes]:
    """A database after a few cuts, overwritten bytes, repeats and giant numbers."""
    path = draw(st.sampled_from(sorted(samples())))
    data = bytearray(samples()[path])
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        kind = draw(st.integers(0, 4))
        if kind == 0:
            noise = draw(st.binary(min_size=1, max_size=12))
            data[at : at + len(noise)] = noise
        elif kind == 1:
            size = draw(st.sampled_from((4, 8)))
            data[at : at + size] = draw(st.sampled_from((b"\xff", b"\x7f", b"\x80"))) * size
        elif kind == 2:
            del data[at : at + draw(st.integers(1, 200))]
        elif kind == 3:
            data[at:at] = data[at : at + draw(st.integers(1, 100))] * draw(st.integers(1, 20))
        else:
            del data[at:]
    return path, bytes(data)


@given(damaged())
@settings(max_examples=200)
def test_no_damage_breaks_a_cataloger(case: tuple[str, bytes]) -> None:
    path, data = case
    for one in catalogers():
        if not one.programs and not one.accepts(path) and one.name != "java":
            continue
        try:
            assert all(isinstance(found, Found) for found in one.read(path, data))
        except Unreadable as error:
            assert str(error)
    assert all(owner for _, owner in owners.owned(path, data, {b"usr/lib/libcrypto.so.3"}))


@given(damaged())
@settings(max_examples=60)
def test_no_damage_breaks_an_inventory(case: tuple[str, bytes]) -> None:
    path, data = case
    sketch = FileSketch(data.ljust(128 << 10, b"\0") if path.startswith("bin/") else data, 0o755)
    files: dict[str, str | bytes | FileSketch | None] = {
        "etc/os-release": DEBIAN,
        path: sketch,
        "z/node_modules/good/package.json": '{"name":"good","version":"1"}',
    }
    found = inventory_of(files)
    assert any(one.name == "good" for one in found.packages)
    for package in found.packages:
        assert len(package.name) <= MAX_TEXT and package.name.isprintable()


@given(
    st.sampled_from(TYPES),
    st.text(min_size=1, max_size=20).filter(is_name),
    st.text(max_size=12).filter(str.isprintable),
)
@settings(max_examples=100)
def test_any_name_goes_into_every_document(kind: str, name: str, version: str) -> None:
    inventory = inventory_of({"node_modules/x/package.json": '{"name":"x","version":"1"}'})
    url = package_url(kind, name, version, namespace="debian" if kind == "deb" else "")
    one = replace(inventory.packages[0], type=kind, name=name, version=version, purl=url)
    image = make_image(ImageSketch((LayerSketch({"a": ""}),)))
    hostile = Inventory((one, inventory.packages[0]), None)
    for text in (cyclonedx_text(image, hostile), spdx_text(image, hostile)):
        assert isinstance(json.loads(text), dict)
    assert sbom_values(image, hostile)["packages"][0]["name"] == name


@given(
    st.sampled_from(TYPES),
    st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._+@-]{0,20}", fullmatch=True),
    st.from_regex(r"[0-9][A-Za-z0-9.+~:-]{0,20}", fullmatch=True),
)
def test_package_urls_are_canonical(kind: str, name: str, version: str) -> None:
    text = package_url(kind, name, version, qualifiers=(("arch", "amd64"),))
    read = PackageURL.from_string(text)
    assert read.version == version
    # The library lowers the digits of an escape with a name that has to be in lower case.
    assert read.to_string().replace("%2b", "%2B") == text


def test_deep_and_wide_json_is_told() -> None:
    deep, wide = b"[" * 200_000, b"[" + b"[]," * 600_000 + b"[]]"
    for path in ("vendor/composer/installed.json", "app.deps.json", "conda-meta/x.json"):
        for data in (deep, wide):
            (missing,) = inventory_of({path: data}).not_assessed
            assert "JSON" in missing.reason


def test_a_small_file_does_not_fill_the_memory() -> None:
    """Empty lines, a directory of empty entries: a list of either is many times the file."""
    lines = b"\n" * (8 << 20)
    tracemalloc.start()
    try:
        for path in ("var/lib/dpkg/status", "lib/apk/db/installed", "a.dist-info/METADATA"):
            for one in catalogers():
                if one.accepts(path) and one.name in ("dpkg", "apk", "python"):
                    assert list(one.read(path, lines)) == []
        assert tracemalloc.get_traced_memory()[1] < 4 * len(lines)
    finally:
        tracemalloc.stop()


def test_an_archive_of_a_million_entries_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(java, "MAX_ENTRIES", 1_000)
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(1_001):
            archive.writestr(str(number), b"")
    monkeypatch.setattr(zipfile, "ZipInfo", None)  # no object is made of any entry
    with pytest.raises(Unreadable, match="entries"):
        list(java.read("x-1.jar", out.getvalue()))


def test_archives_of_archives_unpack_to_so_much_only() -> None:
    """Sixteen copies of one another, five deep: a million archives when all are opened."""
    data = jar({POM_PATH: POM, "fill": b"\0" * (1 << 20)})
    for _ in range(5):
        data = jar({f"{number}.jar": data for number in range(16)})
    (missing,) = inventory_of({"x-1.jar": data}).not_assessed
    assert "too many" in missing.reason or "more than" in missing.reason


def _table(folder: Path, *statements: str) -> bytes:
    path = folder / "x.sqlite"
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return path.read_bytes()


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE VIEW Packages AS SELECT zeroblob(30000000) AS blob FROM t, t, t, t, t, t",
        "CREATE VIEW Packages AS SELECT hex(zeroblob(15000000)) AS blob FROM t",
        "CREATE TABLE Packages (a, blob AS (zeroblob(30000000)))",
    ],
)
def test_sqlite_runs_nothing_out_of_an_image(tmp_path: Path, statement: str) -> None:
    fill = ["INSERT INTO Packages (a) VALUES (1)"] if "TABLE" in statement else []
    data = _table(tmp_path, "CREATE TABLE t (a)", "INSERT INTO t VALUES (1)", statement, *fill)
    with pytest.raises(Unreadable):
        list(sqlite_blobs(data, b""))


def test_an_sqlite_error_that_is_no_text_is_told(tmp_path: Path) -> None:
    """Its message quotes a column's definition, whose bytes are those of the file."""
    data = _table(tmp_path, "CREATE TABLE Packages (hnum INTEGER, blob BLOB NOT NULL)")
    broken = data.replace(b"BLOB NOT NULL", b"\xff\xff,\xff(\xff\xff\xff\xff\xff\xff\xff")
    assert broken != data
    with pytest.raises(Unreadable):
        list(sqlite_blobs(broken, b""))


def test_long_folders_of_many_files_are_left_out() -> None:
    """A header whose every file lies in a folder with a name of a megabyte."""
    count = 2_000
    long = b"/" + b"d" * (1 << 20) + b"/\0"
    store = struct.pack(f">{count}I", *[0] * count) + b"f\0" * count + long + b"n\0" + b"1\0"
    at = 4 * count
    rows = [(1116, 4, 0, count), (1117, 8, at, count), (1118, 8, at + 2 * count, 1)]
    end = at + 2 * count + len(long)
    rows += [(1000, 6, end, 1), (1001, 6, end + 2, 1)]
    blob = struct.pack(">ii", len(rows), len(store))
    blob += b"".join(struct.pack(">iIiI", *row) for row in rows) + store
    found = rpm.package_of(blob)
    assert found is not None and found.files == ()


def test_a_database_of_too_many_packages_is_told() -> None:
    text = "".join(f"P:p{number}\nV:1\n\n" for number in range(MAX_FOUND + 10))
    found = inventory_of({"lib/apk/db/installed": text})
    assert len(found.packages) == MAX_FOUND
    assert "more than" in found.not_assessed[0].reason
