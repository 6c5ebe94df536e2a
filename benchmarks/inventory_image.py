"""The image of the inventory's benchmark: image_make's, with one more layer of package databases on
top: 555 Debian packages, 97 Python distributions, 2,300 Node packages."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tarfile
from pathlib import Path
from typing import Any


def databases() -> dict[str, bytes]:
    """Path → content of the package databases."""
    files = {"etc/os-release": b'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\n'}
    files["var/lib/dpkg/status"] = "".join(
        f"Package: library-{number}\nStatus: install ok installed\nArchitecture: amd64\n"
        f"Maintainer: Nobody <nobody@registry.example>\nSource: source-{number // 2}\n"
        f"Version: 1:{number}.2-3+deb12u1\nDepends: libc6 (>= 2.36)\nDescription: a library\n"
        f" {'It has a long description. ' * 20}\n\n"
        for number in range(555)
    ).encode()
    for number in range(97):
        path = f"usr/local/lib/python3.11/site-packages/dist_{number}-1.{number}.dist-info/METADATA"
        files[path] = f"Metadata-Version: 2.1\nName: dist_{number}\nVersion: 1.{number}\n".encode()
    for number in range(2300):
        path = f"srv/node_modules/module-{number}/package.json"
        values = {"name": f"module-{number}", "version": f"1.0.{number}", "license": "MIT"}
        files[path] = json.dumps(values).encode()
    return files


def layer() -> bytes:
    """The databases as a layer."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path, data in databases().items():
            _add(tar, path, data)
    return out.getvalue()


def with_databases(archive: Path, target: Path) -> Path:
    """A copy of the archive with the databases as its last layer; made once, kept."""
    if target.exists():
        return target
    added = layer()
    part = target.with_suffix(".part")
    with tarfile.open(archive) as source, tarfile.open(part, "w") as out:
        documents: dict[str, bytes] = {}
        for member in source:
            content = source.extractfile(member)
            if content is None:
                continue
            if member.name.endswith(".json"):
                documents[member.name] = content.read()
            else:
                out.addfile(member, content)
        _add(out, "databases/layer.tar", added)
        (entry,) = json.loads(documents.pop("manifest.json"))
        text = _longer(json.loads(documents[entry["Config"]]), added)
        entry["Config"] = f"{hashlib.sha256(text).hexdigest()}.json"
        entry["Layers"].append("databases/layer.tar")
        _add(out, entry["Config"], text)
        _add(out, "manifest.json", json.dumps([entry]).encode())
    part.rename(target)
    return target


def layout_with_databases(layout: Path, target: Path) -> Path:
    """The same of an OCI layout with gzip layers, its blobs linked; made once, kept."""
    if (target / "index.json").exists():
        return target
    blobs = target / "blobs" / "sha256"
    blobs.mkdir(parents=True, exist_ok=True)
    for blob in (layout / "blobs" / "sha256").iterdir():
        if not (blobs / blob.name).exists():
            os.link(blob, blobs / blob.name)
    index = json.loads((layout / "index.json").read_text())
    manifest = json.loads(_blob(layout, index["manifests"][0]))
    added = layer()
    config = _longer(json.loads(_blob(layout, manifest["config"])), added)
    manifest["config"] |= _put(blobs, config)
    kind = {"mediaType": manifest["layers"][0]["mediaType"]}
    manifest["layers"].append(kind | _put(blobs, gzip.compress(added, mtime=0)))
    index["manifests"][0] |= _put(blobs, json.dumps(manifest).encode())
    (target / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    (target / "index.json").write_text(json.dumps(index))
    return target


def _longer(config: dict[str, Any], added: bytes) -> bytes:
    config["rootfs"]["diff_ids"].append(f"sha256:{hashlib.sha256(added).hexdigest()}")
    config["history"].append({"created_by": "RUN install"})
    return json.dumps(config).encode()


def _blob(layout: Path, descriptor: dict[str, Any]) -> bytes:
    return (layout / "blobs" / descriptor["digest"].replace(":", "/")).read_bytes()


def _put(blobs: Path, data: bytes) -> dict[str, object]:
    digest = hashlib.sha256(data).hexdigest()
    (blobs / digest).write_bytes(data)
    return {"digest": f"sha256:{digest}", "size": len(data)}


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(data)
    tar.addfile(member, io.BytesIO(data))
