"""Hostile archives end in a clear error or in bounded work: never a hang, a crash, another
exception, or a file written outside the cache."""

from __future__ import annotations

import gzip
import json
import os
import tarfile
import zlib
from pathlib import Path

import pytest

from hardening.errors import ImageError
from hardening.image import compression, config, layout
from hardening.image import tar as tar_module
from hardening.image.loading import load_files, open_image
from hardening.image.stored import StoredImage
from tests.image.builders import (
    OCI,
    Item,
    Layout,
    digest,
    docker_save,
    file,
    folder,
    gzipped,
    hardlink,
    symlink,
    tar,
)
from tests.image.builders import (
    config as config_document,
)


def load(tmp_path: Path, data: bytes, *, verify: bool = False) -> StoredImage:
    path = tmp_path / "image.tar"
    path.write_bytes(data)
    return load_files(open_image(str(path)), verify=verify)


def refused(tmp_path: Path, data: bytes, match: str) -> None:
    with pytest.raises(ImageError, match=match):
        load(tmp_path, data)


def header(name: str = "f", **fields: bytes) -> bytearray:
    """A ustar header with some raw fields, its checksum right."""
    places = {"size": (124, 136), "mode": (100, 108), "uid": (108, 116), "type": (156, 157)}
    block = bytearray(tarfile.TarInfo(name).tobuf(tarfile.USTAR_FORMAT))
    for field, value in fields.items():
        start, end = places[field]
        block[start:end] = value.ljust(end - start, b"\0")
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return block


def layer_of(block: bytearray, body: bytes = b"") -> bytes:
    return bytes(block) + body + bytes(-len(body) % 512) + bytes(1024)


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/../../b", "/../x", ".."])
def test_path_escape_is_refused(tmp_path: Path, name: str) -> None:
    refused(tmp_path, docker_save([tar(file(name, b"evil"))]), r"Layer 0 .*out of the image")


def test_whiteout_escape_is_refused(tmp_path: Path) -> None:
    refused(tmp_path, docker_save([tar(file("../.wh.passwd"))]), "out of the image")


@pytest.mark.parametrize("name", [".wh.", ".wh..", ".wh...", "a/.wh..."])
def test_whiteout_without_a_name_deletes_nothing(tmp_path: Path, name: str) -> None:
    image = load(tmp_path, docker_save([tar(file("a/b")), tar(file(name, b""))]))
    assert list(image.tree) == ["a", "a/b"]


def test_absolute_names_stay_inside(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    image = load(tmp_path, docker_save([tar(file(str(outside), b"x"))]))
    assert str(outside).lstrip("/") in image.tree
    assert not outside.exists()


def test_links_lead_nowhere_outside(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("host file")
    items = (
        symlink("up", "../../../../../../.." + str(secret)),
        symlink("absolute", str(secret)),
        hardlink("hard", str(secret)),
        symlink("proc", "/proc/self/environ"),
    )
    image = load(tmp_path, docker_save([tar(*items)]))
    for name in ("up", "absolute", "hard", "proc"):
        assert image.read(name) is None
        assert image.read(name, layer=0) is None


def test_link_cycles(tmp_path: Path) -> None:
    items = (
        symlink("a", "b"),
        symlink("b", "a"),
        symlink("self", "self/x"),
        hardlink("h1", "h2"),
        hardlink("h2", "h1"),
        hardlink("h3", "h3"),
        symlink("d", "d/d/d/d"),
    )
    image = load(tmp_path, docker_save([tar(*items), tar(file("a/x"), file("d/y"))]))
    for name in ("self", "h1", "h3", "self/x/y"):
        assert image.read(name) is None
        assert image.read(name, layer=0) is None
    assert image.read("a/x") == b"x"
    assert dict(image.contents(0, {"h1": 0, "h3": 0})) == {}


def test_long_chain_of_links_is_cut(tmp_path: Path) -> None:
    links = [symlink(f"l{number}", f"l{number + 1}") for number in range(60)]
    image = load(tmp_path, docker_save([tar(*links, file("l60"))]))
    assert image.tree.resolve("l0") is None
    assert image.tree.resolve("l30") is not None


@pytest.mark.parametrize(
    ("size", "match"),
    [
        (b"77777777777\0", "cut short"),
        (b"\x80" + b"\0" * 3 + b"\x7f" + b"\xff" * 7, "cut short"),
        (b"\x80\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "impossible"),
        (b"\xff" * 12, "impossible"),
        (b"-0000000001\0", "no number"),
        (b"0000_000001\0", "no number"),
        (b"00000000009\0", "no number"),
        (b"0x000000001\0", "no number"),
    ],
)
def test_lying_sizes(tmp_path: Path, size: bytes, match: str) -> None:
    for flag in (b"0", b"L", b"x"):
        layer = layer_of(header(size=size, type=flag), b"data")
        wanted = match if flag == b"0" else f"{match}|bytes long"
        refused(tmp_path, docker_save([tar(file("ok")), layer]), f"Layer 1 .*({wanted})")


def test_impossible_owner(tmp_path: Path) -> None:
    refused(tmp_path, docker_save([layer_of(header(uid=b"\x80\0\0\1\0\0\0\0"))]), "impossible")
    refused(tmp_path, docker_save([layer_of(header(mode=b"rwxr"))]), "no number")


def test_size_in_pax_lies(tmp_path: Path) -> None:
    for size in ("99999999999999", "-5", "1e9", "9" * 40):
        layer = tar(Item("f", b"abc"), format=tarfile.USTAR_FORMAT)
        body = _record("size", size)
        pax = bytes(header(size=b"%011o" % len(body), type=b"x")) + body + bytes(-len(body) % 512)
        refused(tmp_path, docker_save([pax + layer]), "cut short|no number|impossible")


def _record(key: str, value: str) -> bytes:
    body = f" {key}={value}\n".encode()
    length = len(body) + len(str(len(body) + 2))
    return f"{length}".encode() + body


@pytest.mark.parametrize(
    "body",
    [b"nonsense", b"99999999 path=x\n", b"0 path=x\n", b"-5 path=x\n", b"9 path=x", b"1 \n", b" "],
)
def test_damaged_pax(tmp_path: Path, body: bytes) -> None:
    pax = bytes(header(size=b"%011o" % len(body), type=b"x")) + body + bytes(-len(body) % 512)
    refused(tmp_path, docker_save([pax + tar(file("f"))]), "pax header is damaged")


def test_endless_name(tmp_path: Path) -> None:
    refused(tmp_path, docker_save([tar(file("d/" * 4000 + "f"))]), "Linux allows 4,096")
    refused(tmp_path, docker_save([tar(symlink("f", "x" * 5000))]), "Linux allows 4,096")


def test_huge_extension(tmp_path: Path) -> None:
    layer = layer_of(header(size=b"%011o" % (8 << 20), type=b"L"), b"n" * (8 << 20))
    refused(tmp_path, docker_save([layer]), "extension header is 8,388,608 bytes")


def test_millions_of_entries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tar_module, "MAX_ENTRIES", 50)
    many = tar(*(file(f"f{number}") for number in range(120)))
    for blob in (many, gzipped(many)):
        refused(tmp_path, docker_save([many], blobs=[blob]), "more than 50 entries")
    gone = tar(*(file(f".wh.f{number}", b"") for number in range(120)))
    refused(tmp_path, docker_save([gone]), "more than 50 paths")


def test_gzip_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compression, "FREE", 1 << 20)
    bomb = gzip.compress(bytes(header(size=b"77777777777")) + bytes(64 << 20), 9)
    refused(tmp_path, docker_save([b""], blobs=[bomb]), "decompression bomb")


def test_bomb_around_the_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compression, "FREE", 1 << 20)
    refused(tmp_path, gzip.compress(bytes(64 << 20), 9), "decompression bomb")


def test_bomb_of_tiny_gzip_members(tmp_path: Path) -> None:
    layer = tar(file("f"))
    blob = gzipped(layer) + gzip.compress(b"") * 20_000
    assert list(load(tmp_path, docker_save([layer], blobs=[blob])).tree) == ["f"]


def test_gzip_inside_gzip_is_no_tar(tmp_path: Path) -> None:
    layer = tar(file("f"))
    refused(tmp_path, docker_save([layer], blobs=[gzipped(gzipped(layer))]), "no tar")


def test_zstd_with_a_huge_window(tmp_path: Path) -> None:
    frame = b"\x28\xb5\x2f\xfd" + bytes([0x00, 0xF8]) + b"\x01\x00\x00"
    refused(tmp_path, docker_save([b""], blobs=[frame]), "zstd data is damaged")


@pytest.mark.parametrize("cut", [3, 20, 700])
def test_truncated_gzip(tmp_path: Path, cut: int) -> None:
    layer = tar(*(file(f"f{number}", os.urandom(40)) for number in range(40)))
    refused(tmp_path, docker_save([layer], blobs=[gzipped(layer)[:-cut]]), "Layer 0")


def test_truncated_archive(tmp_path: Path) -> None:
    data = docker_save([tar(file("f", b"x" * 3000))])
    for cut in range(1, len(data.rstrip(b"\0")), 509):
        with pytest.raises(ImageError):
            load(tmp_path, data[:cut])


def _with_document(document: bytes) -> bytes:
    return docker_save([tar(file("f"))], document=document)


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"9" * 100_000,
        b'{"rootfs": {"diff_ids": 5}}',
        b'{"rootfs": {"diff_ids": [1, 2]}}',
        b'{"rootfs": {"diff_ids": {"a": 1}}}',
        b'{"rootfs": {"diff_ids": ["../../../etc/passwd"]}}',
        b'{"rootfs": []}',
    ],
)
def test_hostile_config(tmp_path: Path, document: bytes) -> None:
    with pytest.raises(ImageError):
        load(tmp_path, _with_document(document))


def test_config_of_wrong_types(tmp_path: Path) -> None:
    layers = [tar(file("f"))]
    document = config_document(
        layers,
        config={
            "User": 5,
            "Env": {"a": 1},
            "Cmd": "lone",
            "Entrypoint": [1, "x"],
            "Labels": ["l"],
            "ExposedPorts": "80",
            "Healthcheck": {"Test": 4},
        },
        history="none",
        os=None,
    )
    image = load(tmp_path, docker_save(layers, document=document))
    assert image.config.user == ""
    assert image.config.cmd == ("lone",)
    assert image.config.entrypoint == ("x",)
    assert image.history == ()
    assert [layer.command for layer in image.layers] == [""]


def test_history_that_does_not_fit_names_no_layer(tmp_path: Path) -> None:
    layers = [tar(file("f")), tar(file("g"))]
    history = [{"created_by": f"RUN {number}"} for number in range(7)]
    image = load(tmp_path, docker_save(layers, document=config_document(layers, history=history)))
    assert [entry.layer for entry in image.history] == [None] * 7
    assert [layer.command for layer in image.layers] == ["", ""]


def test_huge_documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hardening.image.archive.MAX_JSON", 2000)
    refused(tmp_path, _with_document(b" " * 3000), "is larger than")
    members = (file("manifest.json", b"[" + b" " * 5000 + b"]"),)
    refused(tmp_path, tar(*members), "is larger than")


@pytest.mark.parametrize(
    "manifest",
    [
        b"",
        b"{}",
        b"[]",
        b"[1]",
        b'[{"Config": "../../../../etc/passwd", "Layers": []}]',
        b'[{"Config": 5}]',
        b'[{"Config": "c.json", "Layers": "x"}]',
        b"[" * 5000,
    ],
)
def test_hostile_manifest(tmp_path: Path, manifest: bytes) -> None:
    with pytest.raises(ImageError):
        load(tmp_path, tar(file("manifest.json", manifest), file("c.json", config_document([]))))


def test_the_last_of_a_name_counts(tmp_path: Path) -> None:
    layers = [tar(file("f"))]
    first = file("manifest.json", b"[]")
    data = docker_save(layers)
    assert "f" in load(tmp_path, tar(first)[:1024] + data).tree


def test_member_links_are_followed_inside_only(tmp_path: Path) -> None:
    secret = tmp_path / "secret.tar"
    secret.write_bytes(tar(file("host")))
    layers = [tar(file("f"))]
    data = docker_save(layers, blobs=[b""])
    outside = symlink("layer0/layer.tar", str(secret))
    cycle = symlink("layer0/layer.tar", "../layer0/layer.tar")
    for item in (outside, cycle):
        with pytest.raises(ImageError, match="is not in the image's files"):
            load(tmp_path, _append(data, item))


def _append(data: bytes, item: Item) -> bytes:
    """The archive with one more member behind the others."""
    end = len(data.rstrip(b"\0"))
    return data[: end + -end % 512] + tar(item)


@pytest.mark.parametrize(
    "value",
    ["../../../../etc/passwd", "sha256:../../x", "sha256:" + "g" * 64, "", None, 7, "md5:0"],
)
def test_digests_that_are_paths(tmp_path: Path, value: object) -> None:
    made = Layout()
    made.manifests = [{"mediaType": OCI + "manifest.v1+json", "digest": value, "size": 2}]
    with pytest.raises(ImageError, match="is no digest"):
        open_image(str(made.write(tmp_path / "layout")))


def test_index_that_holds_itself_is_bounded(tmp_path: Path) -> None:
    made = Layout()
    entry = made.put(b'{"manifests": []}', "index.v1+json")
    for _ in range(8):
        entry = made.put(json.dumps({"manifests": [entry]}).encode(), "index.v1+json")
    made.manifests = [entry]
    with pytest.raises(ImageError, match="nested too deeply"):
        open_image(str(made.write(tmp_path / "layout")))


def test_index_of_many_manifests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "MAX_MANIFESTS", 20)
    made = Layout()
    entry = made.put(b'{"manifests": []}', "index.v1+json")
    made.manifests = [entry] * 30
    with pytest.raises(ImageError, match="more than 20"):
        open_image(str(made.write(tmp_path / "layout")))


def test_exponential_index_is_bounded(tmp_path: Path) -> None:
    made = Layout()
    entry = made.put(b'{"manifests": []}', "index.v1+json")
    for _ in range(layout.MAX_DEPTH):
        entry = made.put(json.dumps({"manifests": [entry] * 40}).encode(), "index.v1+json")
    made.manifests = [entry] * 40
    with pytest.raises(ImageError, match=r"more than 1,000|nested"):
        open_image(str(made.write(tmp_path / "layout")))


def test_too_many_layers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "MAX_LAYERS", 10)
    refused(tmp_path, docker_save([tar()] * 11), "names 11 layers")


def test_layer_size_that_lies(tmp_path: Path) -> None:
    made = Layout()
    layers = [tar(file("f"))]
    manifest = {
        "config": made.put(config_document(layers), "config.v1+json"),
        "layers": [made.put(gzipped(layers[0]), "layer.v1.tar+gzip") | {"size": 1 << 50}],
    }
    made.manifests = [made.put(json.dumps(manifest).encode(), "manifest.v1+json")]
    with pytest.raises(ImageError, match=r"Layer 0 .*its manifest says"):
        open_image(str(made.write(tmp_path / "layout")))


@pytest.mark.parametrize("name", ["fifo", "device", "folder"])
def test_blobs_that_are_no_files(tmp_path: Path, name: str) -> None:
    made = Layout()
    made.image([tar(file("f"))], pack=lambda layer: layer)
    root = made.write(tmp_path / "layout")
    blob = root / "blobs" / digest(tar(file("f"))).replace(":", "/")
    blob.unlink()
    if name == "fifo":
        os.mkfifo(blob)
    elif name == "device":
        blob.symlink_to("/dev/zero")
    else:
        blob.mkdir()
    with pytest.raises(ImageError, match="no regular file"):
        open_image(str(root))


def test_file_in_the_way_of_a_directory(tmp_path: Path) -> None:
    layers = [tar(file("a"), file("a/b"), folder("a/b/c")), tar(file("a/b/c/d/e"), file("a/b"))]
    image = load(tmp_path, docker_save(layers))
    assert list(image.tree) == ["a", "a/b"]


def test_names_of_any_bytes(tmp_path: Path) -> None:
    names = ["\udcff\udcfe", "[red]x", "\x1b[31m", "new\nline", "wide\u202e", " "]
    image = load(tmp_path, docker_save([tar(*(file(name) for name in names))]))
    assert sorted(image.tree) == sorted(names)
    again = load_files(open_image(str(tmp_path / "image.tar")))
    assert list(again.tree) == list(image.tree)
    assert all(again.read(name) == b"x" for name in names)


def test_nothing_is_written_but_the_cache(
    tmp_path: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("TMPDIR", str(home))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.chdir(home)
    items = (file("/abs"), file("plain"), symlink("s", "/etc"), file("s/x"))
    load(tmp_path, zlib.compress(docker_save([tar(*items)]), wbits=31))
    assert list(home.iterdir()) == []
    assert {path.name for path in tmp_path.iterdir()} == {"home", "image.tar"}
    assert cache_folder.exists()
