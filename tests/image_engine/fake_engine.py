"""An engine in memory: one image, told and exported the way Docker does it."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hardening.errors import ImageError

WHEN = "2026-01-01T00:00:00Z"
HISTORY: list[dict[str, Any]] = [
    {"created_by": "ADD rootfs /", "created": WHEN},
    {"created_by": "ENV A=b", "created": WHEN, "empty_layer": True},
    {"created_by": "WORKDIR /x", "created": WHEN, "empty_layer": True},
    {"created_by": "RUN /bin/sh -c true", "created": WHEN},
]
RUN = {"Env": ["PATH=/bin"], "Cmd": ["sh"], "Labels": {"a": "b"}}
CONFIG = {
    "architecture": "amd64", "os": "linux", "created": WHEN, "config": RUN, "history": HISTORY
}  # fmt: skip


def tar_of(files: Mapping[str, str | None]) -> bytes:
    """A tar of these files; `-> target` in place of a content makes a symbolic link."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            if content is None:
                info.type = tarfile.DIRTYPE
                tar.addfile(info)
            elif content.startswith("-> "):
                info.type, info.linkname = tarfile.SYMTYPE, content[3:]
                tar.addfile(info)
            else:
                info.size = len(content.encode())
                tar.addfile(info, io.BytesIO(content.encode()))
    return out.getvalue()


class FakeEngine:
    """`hardening.image.engine_source.Exporter`. Counts what it was asked for."""

    def __init__(self, layers: Sequence[Mapping[str, str | None]]) -> None:
        self.tars = [tar_of(layer) for layer in layers]
        self.files: dict[str, str | None] = {}
        for layer in layers:
            self.files.update(layer)
        self.diff_ids = [f"sha256:{hashlib.sha256(tar).hexdigest()}" for tar in self.tars]
        self.config = {**CONFIG, "rootfs": {"type": "layers", "diff_ids": self.diff_ids}}
        self.raw = json.dumps(self.config).encode()
        self.id = f"sha256:{hashlib.sha256(self.raw).hexdigest()}"
        self.exports = 0
        self.exported_bytes = 0
        self.containers: set[str] = set()
        self.created = 0
        self.fail_archive: Exception | None = None

    def inspect(self, reference: str) -> Mapping[str, Any]:
        if reference not in ("app:1", self.id):
            raise ImageError(f"There is no image {reference}")
        return {
            "Id": self.id,
            "RepoTags": ["app:1", "<none>:<none>"],
            "RepoDigests": ["app@sha256:" + "0" * 64],
            "Architecture": "amd64",
            "Os": "linux",
            "Created": "2026-01-01T00:00:00Z",
            "Size": sum(map(len, self.tars)),
            "Config": {**RUN, "Hostname": "x"},
            "RootFS": {"Type": "layers", "Layers": self.diff_ids},
        }

    def history(self, image: str) -> Sequence[Mapping[str, Any]]:
        sizes = iter(map(len, self.tars))
        told = [
            {
                "CreatedBy": one["created_by"],
                "Created": 1_767_225_600,
                "Size": 0 if one.get("empty_layer") or n == 3 else next(sizes),
                "Comment": "buildkit.dockerfile.v0",
            }
            for n, one in enumerate(HISTORY)
        ]
        return told[::-1]

    def export(self, image: str) -> Iterator[bytes]:
        self.exports += 1
        names = [f"{n}/layer.tar" for n in range(len(self.tars))]
        out = io.BytesIO()
        manifest = [{"Config": "config.json", "RepoTags": None, "Layers": names}]
        members = [*zip(names, self.tars, strict=True), ("config.json", self.raw)]
        members.append(("manifest.json", json.dumps(manifest).encode()))
        with tarfile.open(fileobj=out, mode="w") as tar:
            for name, content in members:
                info = tarfile.TarInfo(name)
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
        data = out.getvalue()
        for start in range(0, len(data), 4096):
            self.exported_bytes += len(data[start : start + 4096])
            yield data[start : start + 4096]

    def create(self, image: str) -> str:
        self.created += 1
        name = f"c{self.created}"
        self.containers.add(name)
        return name

    def remove(self, container: str) -> None:
        self.containers.remove(container)

    def archive(self, container: str, path: str) -> Iterator[bytes] | None:
        assert container in self.containers
        if self.fail_archive is not None:
            raise self.fail_archive
        if path not in self.files:
            return None
        return iter([tar_of({path.rpartition("/")[2]: self.files[path]})])
