"""RPM databases of the three kinds."""

from __future__ import annotations

import sqlite3
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.inventory.catalogers import rpm
from hardening.inventory.frame import Unreadable
from hardening.inventory.rpm_stores import bdb_blobs, ndb_blobs, sqlite_blobs
from tests.inventory.sketches import inventory_of, packages_of, rows
from tests.shared import shared_data


def header(**texts: str) -> bytes:
    """A header blob; values by tag name, `epoch` and `algorithm` as numbers, `files` and their
    `digests` separated by spaces."""
    numbers = {"epoch": 1003, "algorithm": 5011}
    tags = {"name": 1000, "version": 1001, "release": 1002, "arch": 1022, "source": 1044,
            "module": 5096}  # fmt: skip
    rows_, store = [], b""
    for key, value in texts.items():
        if key in numbers:
            store += bytes(-len(store) % 4)
            rows_.append((numbers[key], 4, len(store), 1))
            store += struct.pack(">I", int(value))
        elif key == "files":
            paths = [path.rpartition("/") for path in value.split(" ")]
            store += bytes(-len(store) % 4)
            rows_.append((1116, 4, len(store), len(paths)))
            store += struct.pack(f">{len(paths)}I", *range(len(paths)))
            rows_.append((1117, 8, len(store), len(paths)))
            store += b"".join(name.encode() + b"\0" for _, _, name in paths)
            rows_.append((1118, 8, len(store), len(paths)))
            store += b"".join(folder.encode() + b"/\0" for folder, _, _ in paths)
        elif key == "digests":
            digests = value.split(" ")
            rows_.append((1035, 8, len(store), len(digests)))
            store += b"".join(one.encode() + b"\0" for one in digests)
        else:
            rows_.append((tags[key], 6, len(store), 1))
            store += value.encode() + b"\0"
    index = b"".join(struct.pack(">iIiI", *row) for row in rows_)
    return struct.pack(">ii", len(rows_), len(store)) + index + store


BASH = header(
    name="bash",
    version="5.1.8",
    release="6.el9",
    epoch="2",
    arch="x86_64",
    source="bash-5.1.8-6.el9.src.rpm",
    files="/usr/bin/bash /usr/lib/python3/six-1.dist-info/METADATA",
)


def test_the_module_that_built_a_package_is_in_its_url() -> None:
    label = "nodejs:18:9020020230903083119:rhel9"
    found = rpm.package_of(header(name="nodejs", version="18", release="1", module=label))
    assert found is not None
    assert ("rpmmod", label) in found.qualifiers
    plain = rpm.package_of(BASH)
    assert plain is not None
    assert ("rpmmod", "") in plain.qualifiers


def ndb(*blobs: bytes) -> bytes:
    slots, body = b"", b""
    for number, blob in enumerate(blobs, start=1):
        at = 4096 + len(body)
        slots += struct.pack("<4s3I", b"Slot", number, at // 16, (len(blob) + 31) // 16)
        part = struct.pack("<4s3I", b"BlbS", number, 1, len(blob)) + blob
        body += part + bytes(-len(part) % 16)
    head = struct.pack("<4s3I", b"RpmP", 0, 1, 1).ljust(32, b"\0")
    return (head + slots).ljust(4096, b"\0") + body


def sqlite(path: Path, *blobs: bytes) -> bytes:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB NOT NULL)")
    connection.executemany("INSERT INTO Packages (blob) VALUES (?)", [(one,) for one in blobs])
    connection.commit()
    connection.close()
    return path.read_bytes()


def test_a_header_gives_epoch_source_and_owned_files() -> None:
    packages = packages_of(
        {
            "etc/os-release": 'ID="rocky"\nVERSION_ID="9.3"\n',
            "usr/lib/sysimage/rpm/Packages.db": ndb(
                BASH, header(name="gpg-pubkey", version="1", release="2")
            ),
            "usr/lib/python3/six-1.dist-info/METADATA": "Name: six\nVersion: 1\n",
        }
    )
    six, bash = packages
    assert (bash.version, bash.source_name) == ("2:5.1.8-6.el9", "bash")
    assert bash.source_version == "5.1.8-6.el9"
    assert bash.purl == (
        "pkg:rpm/rocky/bash@5.1.8-6.el9?arch=x86_64&distro=rocky-9.3&epoch=2"
        "&upstream=bash-5.1.8-6.el9.src.rpm"
    )
    assert six.owned_by == "bash"


def test_digests_of_files() -> None:
    blob = header(name="a", version="1", files="/etc/a.conf /etc/b", digests="aa bb", algorithm="8")
    assert rpm.file_digests(blob) == ("a", "sha256", (("etc/a.conf", "aa"), ("etc/b", "bb")))
    strange = header(name="a", version="1", files="/etc/a", digests="aa", algorithm="77")
    assert rpm.file_digests(strange) == ("a", "", ())


def test_the_list_of_an_image_without_a_database() -> None:
    row = "bash\t5.1.8-4.cm2\t17\t16\tMicrosoft\t1\t9000\tx86_64\t1\tbash-5.1.8-4.cm2.src.rpm"
    path = "var/lib/rpmmanifest/container-manifest-2"
    (bash,) = packages_of({path: f"{row}\nshort\tline\n"})
    assert (bash.version, bash.source_version, bash.vendor, bash.arch) == (
        "1:5.1.8-4.cm2", "5.1.8-4.cm2", "Microsoft", "x86_64"
    )  # fmt: skip


def test_sqlite_with_its_write_ahead_log(tmp_path: Path) -> None:
    first = header(name="a", version="1", release="1")
    second = header(name="b", version="2", release="1")
    path = tmp_path / "rpmdb.sqlite"
    sqlite(path, first)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    connection.execute("INSERT INTO Packages (blob) VALUES (?)", (second,))
    connection.commit()
    data, log = path.read_bytes(), path.with_name("rpmdb.sqlite-wal").read_bytes()
    connection.close()
    folder = "var/lib/rpm/rpmdb.sqlite"
    assert rows(packages_of({folder: data})) == [("rpm", "a", "1-1")]
    both = packages_of({folder: data, folder + "-wal": log})
    assert rows(both) == [("rpm", "a", "1-1"), ("rpm", "b", "2-1")]


def test_damaged_databases_are_told() -> None:
    for name in ("rpmdb.sqlite", "Packages.db", "Packages"):
        found = inventory_of({f"var/lib/rpm/{name}": b"nonsense" * 1000})
        assert [one.what for one in found.not_assessed] == [f"/var/lib/rpm/{name}"]


def test_a_view_that_never_ends_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite"
    connection = sqlite3.connect(path)
    connection.execute(
        "CREATE VIEW Packages AS WITH RECURSIVE t(blob) AS (SELECT 1 UNION ALL SELECT blob + 1 "
        "FROM t) SELECT blob FROM t WHERE blob < 0"
    )
    connection.commit()
    connection.close()
    with pytest.raises(Unreadable):
        list(sqlite_blobs(path.read_bytes(), b""))


@pytest.mark.shared
def test_real_databases() -> None:
    folder = shared_data("rpmdb")
    name = "cbl-mariner-2.0/rpmdb.sqlite"
    found = list(rpm.read("var/lib/rpm/rpmdb.sqlite", (folder / name).read_bytes()))
    assert len(found) == 129
    assert all(one.source_name and one.arch for one in found)
    old = list(rpm.read("var/lib/rpm/Packages", (folder / "libuuid/Packages").read_bytes()))
    assert [(one.name, one.version) for one in old] == [("libuuid", "2.32.1-42.el8_8")]


@given(st.binary(max_size=64), st.integers(0, 4300))
def test_no_damage_breaks_ndb(noise: bytes, at: int) -> None:
    data = bytearray(ndb(BASH))
    data[at : at + len(noise)] = noise
    try:
        assert all(isinstance(one, bytes) for one in ndb_blobs(bytes(data)))
    except Unreadable as error:
        assert str(error)


@given(st.binary(max_size=64), st.integers(0, len(BASH)))
def test_no_damage_breaks_a_header(noise: bytes, at: int) -> None:
    data = bytearray(BASH)
    data[at : at + len(noise)] = noise
    try:
        found = rpm.package_of(bytes(data))
        assert found is None or found.type == "rpm"
    except Unreadable as error:
        assert str(error)


@given(st.binary(max_size=1500), st.sampled_from("<>"))
def test_no_bytes_break_berkeley_db(noise: bytes, order: str) -> None:
    head = bytes(12) + struct.pack(f"{order}3I", 0x61561, 9, 512)
    data = (head.ljust(512, b"\0") + noise).ljust(2048, b"\x0d")
    try:
        assert all(isinstance(one, bytes) for one in bdb_blobs(data))
    except Unreadable as error:
        assert str(error)
