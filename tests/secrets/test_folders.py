"""Secrets of files and folders on disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hardening.errors import InputError
from hardening.image.synthetic import ImageSketch, LayerSketch, make_image
from hardening.model import FilePlace
from hardening.secrets.folders import scan_paths
from hardening.secrets.scanner import scan_image

TOKEN = "ghp_" + "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5"


def test_folder_with_line_and_span(tmp_path: Path) -> None:
    file = tmp_path / "sub" / "app.conf"
    file.parent.mkdir()
    text = f"# héllo\n\nkey = {TOKEN}\n"
    file.write_text(text)
    (secret,) = scan_paths((tmp_path,))
    (place,) = secret.places
    assert isinstance(place, FilePlace)
    assert place.path == str(file)
    assert place.span.slice(text) == TOKEN
    assert secret.lines == (3,)


def test_single_file_and_the_same_secret_in_two(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(f"{TOKEN}\n")
    assert len(scan_paths((tmp_path / "a.txt",))) == 1
    (secret,) = scan_paths((tmp_path,))
    assert len(secret.places) == 2


def test_links_pipes_and_git_objects_are_left_alone(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.env").write_text(f"T={TOKEN}\n")
    root = tmp_path / "root"
    (root / ".git" / "objects").mkdir(parents=True)
    (root / ".git" / "objects" / "x").write_text(TOKEN)
    (root / "link").symlink_to(outside)
    (root / "link.env").symlink_to(outside / "secret.env")
    os.mkfifo(root / "pipe")
    assert scan_paths((root,)) == ()
    (root / ".git" / "config").write_text(f"url = https://x:{TOKEN}@git.example/a\n")
    assert len(scan_paths((root,))) == 1


def test_missing_path_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no"):
        scan_paths((tmp_path / "none",))


def test_lines_of_an_image(tmp_path: Path) -> None:
    layer = LayerSketch({"a.env": f"\n\nT={TOKEN}\n", "bin": b"\0\0\n" + TOKEN.encode()})
    (secret,) = scan_image(make_image(ImageSketch((layer,), env={"T": TOKEN})))
    assert sorted(secret.lines) == [0, 0, 3]
    assert len(secret.lines) == len(secret.places)
