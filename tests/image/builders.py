"""Small images as bytes: tars, `docker save` archives, OCI layouts."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import zstandard

OCI = "application/vnd.oci.image."


@dataclass(frozen=True)
class Item:
    """One tar entry; its name may be anything."""

    name: str
    content: bytes = b""
    type: bytes = tarfile.REGTYPE
    mode: int = 0o644
    uid: int = 0
    gid: int = 0
    link: str = ""
    pax: Mapping[str, str] = field(default_factory=dict)


def file(name: str, content: bytes = b"x", mode: int = 0o644) -> Item:
    return Item(name, content, mode=mode)


def folder(name: str) -> Item:
    return Item(name, type=tarfile.DIRTYPE, mode=0o755)


def symlink(name: str, target: str) -> Item:
    return Item(name, type=tarfile.SYMTYPE, link=target, mode=0o777)


def hardlink(name: str, target: str) -> Item:
    return Item(name, type=tarfile.LNKTYPE, link=target)


def tar(*items: Item, format: int = tarfile.PAX_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=format) as archive:
        for item in items:
            info = tarfile.TarInfo(item.name)
            info.type, info.mode, info.uid, info.gid = item.type, item.mode, item.uid, item.gid
            info.linkname, info.size = item.link, len(item.content)
            info.pax_headers = dict(item.pax)
            archive.addfile(info, io.BytesIO(item.content))
    return out.getvalue()


def digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def config(layers: Sequence[bytes], **extra: Any) -> bytes:
    """An image config document for these uncompressed layers."""
    document = {
        "architecture": "amd64",
        "os": "linux",
        "config": {"User": "app", "Env": ["PATH=/bin"]},
        "history": [{"created_by": f"RUN {number}"} for number in range(len(layers))],
        "rootfs": {"type": "layers", "diff_ids": [digest(layer) for layer in layers]},
    }
    return json.dumps(document | extra).encode()


def docker_save(
    layers: Sequence[bytes],
    *,
    blobs: Sequence[bytes] | None = None,
    document: bytes | None = None,
    extra: Sequence[Item] = (),
) -> bytes:
    """An archive as engines before 25 write it. `blobs` are what is stored for the layers, when
    that is something else (compressed, damaged)."""
    document = config(layers) if document is None else document
    name = f"{hashlib.sha256(document).hexdigest()}.json"
    members = [f"layer{number}/layer.tar" for number in range(len(layers))]
    manifest = [{"Config": name, "RepoTags": ["app:1"], "Layers": members}]
    stored = layers if blobs is None else blobs
    return tar(
        *(file(member, blob) for member, blob in zip(members, stored, strict=True)),
        file(name, document),
        file("manifest.json", json.dumps(manifest).encode()),
        *extra,
    )


def gzipped(data: bytes) -> bytes:
    return gzip.compress(data, 6, mtime=0)


def zstandard_packed(data: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(data)


@dataclass
class Layout:
    """An OCI layout in the making: blobs by digest and the entries of its index."""

    blobs: dict[str, bytes] = field(default_factory=dict)
    manifests: list[dict[str, Any]] = field(default_factory=list)

    def put(self, data: bytes, media: str) -> dict[str, Any]:
        self.blobs[digest(data)] = data
        return {"mediaType": OCI + media, "digest": digest(data), "size": len(data)}

    def image(
        self,
        layers: Sequence[bytes],
        pack: Any = gzipped,
        *,
        document: bytes | None = None,
        listed: bool = True,
        **descriptor: Any,
    ) -> dict[str, Any]:
        """Add an image; returns the descriptor of its manifest."""
        document = config(layers) if document is None else document
        manifest = {
            "schemaVersion": 2,
            "mediaType": OCI + "manifest.v1+json",
            "config": self.put(document, "config.v1+json"),
            "layers": [self.put(pack(layer), "layer.v1.tar+gzip") for layer in layers],
        }
        entry = self.put(json.dumps(manifest).encode(), "manifest.v1+json") | descriptor
        if listed:
            self.manifests.append(entry)
        return entry

    def files(self) -> dict[str, bytes]:
        index = {"schemaVersion": 2, "manifests": self.manifests}
        found = {
            "oci-layout": b'{"imageLayoutVersion": "1.0.0"}',
            "index.json": json.dumps(index).encode(),
        }
        for name, data in self.blobs.items():
            found["blobs/" + name.replace(":", "/")] = data
        return found

    def write(self, root: Path) -> Path:
        for name, data in self.files().items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return root

    def tar(self) -> bytes:
        return tar(*(file(name, data) for name, data in self.files().items()))
