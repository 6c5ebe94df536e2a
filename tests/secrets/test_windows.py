"""Large files in windows: a token at any place is found once, with its line; engines agree on what
is no ordinary text."""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardening.image.loading import load_files, open_image
from hardening.image.synthetic import ImageSketch, LayerSketch, make_image
from hardening.model import FilePlace
from hardening.secrets import folders, scanner, windows
from hardening.secrets.engine import AutomatonMatcher, Matcher, PlainMatcher, find
from hardening.secrets.folders import scan_paths
from hardening.secrets.formats import all_formats
from hardening.secrets.occurrences import hits_in
from hardening.secrets.scanner import scan_image
from hardening.secrets.vectorscan import compiled_matcher
from hardening.skipped import Skipped
from tests.image.builders import docker_save, file, gzipped, tar
from tests.secrets.tokens import example

TOKEN = "ghp_" + "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5"
SIZE, LAP = 4096, 512


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "WINDOW", SIZE)
    monkeypatch.setattr(windows, "OVERLAP", LAP)
    monkeypatch.setattr(scanner, "WINDOW", SIZE)
    monkeypatch.setattr(folders, "WINDOW", SIZE)


PLACES = [0, 1, SIZE - LAP - 40, SIZE - LAP, SIZE - 41, SIZE - 40, SIZE - 20, SIZE - 1, SIZE,
          2 * SIZE - LAP - 20, 3 * SIZE - 2 * LAP, 9_000, 14_950]  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("filler", [b"line of text\n", b"\0\1\2 "])
def test_a_token_at_any_place_of_a_large_file(
    small: None, tmp_path: Path, place: int, filler: bytes
) -> None:
    data = bytearray((filler * 4_000)[:15_000])
    raw = b"\n" + TOKEN.encode() + b"\n"
    data[place : place + len(raw)] = raw
    layer = tar(file("srv/big", bytes(data)))
    line = data[: place + 1].count(b"\n") + 1
    for blobs in ([layer], [gzipped(layer)]):
        path = tmp_path / "image.tar"
        path.write_bytes(docker_save([layer], blobs=blobs))
        (secret,) = scan_image(load_files(open_image(str(path))))
        assert secret.reveal() == TOKEN
        assert len(secret.places) == 1
        if b"\0" not in filler:
            assert secret.lines == (line,)
    (tmp_path / "big").write_bytes(data)
    (secret,) = scan_paths((tmp_path / "big",))
    (found,) = secret.places
    assert isinstance(found, FilePlace)
    assert bytes(data[found.span.start : found.span.end]).decode() == TOKEN
    assert found.start_line == line


def test_a_long_token_cut_by_a_border_is_not_reported_short(small: None, tmp_path: Path) -> None:
    token = "ghp_" + "aB3dE5fG7h" * 20
    data = b"x" * (SIZE - 60) + b" " + token.encode() + b" " + b"y" * SIZE
    (tmp_path / "big").write_bytes(data)
    assert {one.reveal() for one in scan_paths((tmp_path / "big",))} == {token}


def test_closed_files_and_folders_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.env").write_text(f"T={TOKEN}\n")
    (tmp_path / "closed").write_text("x")
    really = os.open

    def refusing(path: str | Path, *rest: int) -> int:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return really(path, *rest)

    monkeypatch.setattr(os, "open", refusing)
    unread: list[Skipped] = []
    assert len(scan_paths((tmp_path,), unread=unread)) == 1
    assert [(one.what, one.reason) for one in unread] == [
        (str(tmp_path / "closed"), "Permission denied")
    ]


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Matcher]:
    exact = AutomatonMatcher(all_formats())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DRYDOCK_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        vector = compiled_matcher(all_formats(), exact)
    found: dict[str, Matcher] = {"re2": exact, "keywords": PlainMatcher(all_formats())}
    return found if vector is None else {"vectorscan": vector, **found}


TOKENS = [example(one).encode("latin-1") for one in all_formats()]
GLUE = [b"", b"\n", b"\r\n", b"\0", b"\0\0\0", b" ", b"=", b"\xff\xfe", b"\xc3\xa9", b"x" * 300,
        b"password: ", b'"', b"://a:", b"@h ", b"\\n", b"$"]  # fmt: skip
PIECE = st.one_of(st.sampled_from(TOKENS), st.sampled_from(GLUE), st.binary(max_size=40))


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECE, max_size=12), st.sampled_from(["", "a.env", "x.yml", "bin", "Dockerfile"]))
def test_engines_agree_on_anything(
    engines: dict[str, Matcher], parts: list[bytes], path: str
) -> None:
    data = b"".join(parts)
    whole = [find(data, chosen=one) for one in engines.values()]
    assert all(one == whole[0] for one in whole)
    files = [hits_in(data, path, chosen=one) for one in engines.values()]
    assert all(one == files[0] for one in files)


@pytest.mark.parametrize("change", ["line", "crlf", "nul", "utf16", "truncated", "repeated"])
def test_engines_agree_on_odd_texts(engines: dict[str, Matcher], change: str) -> None:
    random = Random(change)
    parts = [random.choice(TOKENS) for _ in range(400)]
    text = {
        "line": b" ".join(parts),
        "crlf": b"\r\n".join(parts),
        "nul": b"\0".join(parts),
        "utf16": b"\n".join(parts).decode("latin-1").encode("utf-16"),
        "truncated": b"\n".join(one[: random.randrange(len(one) + 1)] for one in parts),
        "repeated": parts[0] * 2_000,
    }[change]
    found = [find(text, chosen=one) for one in engines.values()]
    assert all(one == found[0] for one in found)
    assert found[0] or change in ("utf16", "repeated")


def test_wide_text_is_read(tmp_path: Path) -> None:
    for name, encoding in (("a.ps1", "utf-16"), ("b.ps1", "utf-16-le"), ("c.ps1", "utf-16-be")):
        data = f"# one\r\n$token = '{TOKEN}'\r\n".encode(encoding)
        (secret,) = scan_image(make_image(ImageSketch((LayerSketch({name: data}),))))
        assert (secret.reveal(), secret.lines) == (TOKEN, (2,))
