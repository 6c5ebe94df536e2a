"""`drydock sbom`: one document, the same each time."""

from __future__ import annotations

import json
import tarfile
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest

from hardening.cli import main


def _archive(folder: Path) -> Path:
    """A saved image whose layer holds one Debian package."""
    layer = BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as tar:
        _add(tar, "var/lib/dpkg/status", b"Package: curl\nVersion: 7.88\nArchitecture: amd64\n")
    digest = f"sha256:{sha256(layer.getvalue()).hexdigest()}"
    config = {
        "os": "linux",
        "architecture": "amd64",
        "config": {},
        "rootfs": {"diff_ids": [digest]},
        "history": [{"created_by": "COPY . / # buildkit"}],
    }
    manifest = [{"Config": "config.json", "RepoTags": ["app:1"], "Layers": ["layer.tar"]}]
    path = folder / "image.tar"
    with tarfile.open(path, "w") as tar:
        _add(tar, "config.json", json.dumps(config).encode())
        _add(tar, "layer.tar", layer.getvalue())
        _add(tar, "manifest.json", json.dumps(manifest).encode())
    return path


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(data)
    tar.addfile(member, BytesIO(data))


def test_json_is_the_same_each_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _archive(tmp_path)
    assert main(["sbom", str(path), "--format", "json"]) == 0
    first = capsys.readouterr().out
    target = tmp_path / "sbom.json"
    assert main(["sbom", str(path), "--output", str(target)]) == 0
    assert target.read_text() == first
    document = json.loads(first)
    assert document["schema"] == "drydock.sbom/1"
    (package,) = document["packages"]
    assert package["purl"] == "pkg:deb/curl@7.88?arch=amd64"
    assert (package["path"], package["layer"]) == ("/var/lib/dpkg/status", 0)
    assert document["not_assessed"] == []


def test_a_file_that_cannot_be_written_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _archive(tmp_path)
    assert main(["sbom", str(path), "--output", str(tmp_path / "none" / "x.json")]) == 2
    assert "Cannot write " in capsys.readouterr().err


def test_the_standard_formats_are_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(_archive(tmp_path))
    assert main(["sbom", path, "--format", "cyclonedx"]) == 0
    assert json.loads(capsys.readouterr().out)["specVersion"] == "1.6"
    assert main(["sbom", path, "--format", "spdx"]) == 0
    assert json.loads(capsys.readouterr().out)["spdxVersion"] == "SPDX-2.3"


def test_a_dockerfile_tells_base_layers_from_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_text("FROM scratch\nCOPY . /\n")
    path = str(_archive(tmp_path))
    assert main(["sbom", path, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["packages"][0]["base"] == "unknown"
    assert main(["sbom", path, "--format", "json", "--dockerfile", str(dockerfile)]) == 0
    assert json.loads(capsys.readouterr().out)["packages"][0]["base"] == "own"
    assert main(["sbom", path, "--dockerfile", str(tmp_path / "none")]) == 2
