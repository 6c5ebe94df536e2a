"""Archives in the format that engines before 1.10 wrote."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from hardening.errors import ImageError
from hardening.image.loading import load_files, open_image

BOTTOM, TOP = "a" * 64, "b" * 64


def _layer(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        info = tarfile.TarInfo(name)
        info.size = len(content)
        tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


def _members() -> dict[str, bytes]:
    bottom: dict[str, Any] = {"id": BOTTOM, "container_config": {"Cmd": ["/bin/sh", "-c", "one"]}}
    top: dict[str, Any] = {
        "id": TOP,
        "parent": BOTTOM,
        "os": "linux",
        "architecture": "amd64",
        "config": {"User": "1000", "Env": ["A=b"]},
        "container_config": {"Cmd": ["/bin/sh", "-c", "#(nop) COPY file:1 in /two"]},
    }
    return {
        "repositories": json.dumps({"shop": {"1": TOP}}).encode(),
        f"{BOTTOM}/json": json.dumps(bottom).encode(),
        f"{BOTTOM}/layer.tar": _layer("one", b"1"),
        f"{TOP}/json": json.dumps(top).encode(),
        f"{TOP}/layer.tar": _layer("two", b"22"),
    }


def _save(members: dict[str, bytes], folder: Path) -> str:
    path = folder / "old.tar"
    with tarfile.open(path, "w") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return str(path)


def test_the_chain_of_layers_is_the_image(tmp_path: Path) -> None:
    """As the image specification of that time says; the engine loads it as the same layers."""
    members = _members()
    image = load_files(open_image(_save(members, tmp_path)), verify=True)
    digest = hashlib.sha256(members[f"{BOTTOM}/layer.tar"]).hexdigest()
    assert image.layers[0].diff_id == f"sha256:{digest}"
    assert [[entry.path for entry in one.entries()] for one in image.layers] == [["one"], ["two"]]
    assert image.config.user == "1000"
    assert image.repo_tags == ("shop:1",)
    assert [one.created_by for one in image.history] == [
        "/bin/sh -c one",
        "/bin/sh -c #(nop) COPY file:1 in /two",
    ]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("repositories", b'{"shop": {"1": "../../etc"}}', "no chain"),
        ("repositories", b'{"shop": 3}', "no image"),
        ("repositories", b"[]", "repositories"),
        (f"{BOTTOM}/json", json.dumps({"parent": TOP}).encode(), "no chain"),
        (f"{BOTTOM}/json", b"{", "description of a layer"),
        (f"{BOTTOM}/json", None, "no description"),
        (f"{BOTTOM}/layer.tar", None, "not in the archive"),
    ],
)
def test_damaged(name: str, content: bytes | None, says: str, tmp_path: Path) -> None:
    members = _members()
    members.pop(name)
    if content is not None:
        members[name] = content
    with pytest.raises(ImageError, match=says):
        open_image(_save(members, tmp_path))


def test_one_of_several(tmp_path: Path) -> None:
    members = _members()
    members["repositories"] = json.dumps({"shop": {"1": TOP, "0": BOTTOM}}).encode()
    path = _save(members, tmp_path)
    with pytest.raises(ImageError, match="holds 2 images"):
        open_image(path)
    assert len(open_image(f"{path}@shop:0").layers) == 1
