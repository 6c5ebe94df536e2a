"""Makes the benchmark's images: a deterministic `docker save` archive of about 2 GB with 100,000
entries, and the same image as an OCI layout with gzip layers.

    python benchmarks/image_make.py FOLDER [--small]
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import random
import shutil
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

POOL = 8 << 20
WORDS = (
    "return",
    "import",
    "function",
    "const",
    "export",
    "default",
    "module",
    "require",
    "error",
    "value",
    "self",
    "object",
    "string",
    "length",
    "index",
    "array",
    "buffer",
    "process",
    "config",
    "public",
    "static",
    "void",
    "class",
    "request",
    "response",
)


def pools(chance: random.Random) -> tuple[bytes, bytes]:
    """Text that gzip halves twice, and bytes that look like machine code."""
    words = " ".join(chance.choices(WORDS, k=POOL // 7)).encode()
    text = (words * 2)[:POOL]
    salted = bytearray(text)
    for at in chance.sample(range(POOL), POOL // 12):
        salted[at] = chance.randrange(33, 127)
    code = bytes(chance.choices(range(256), weights=[400] + [40] * 30 + [4] * 225, k=POOL))
    return bytes(salted), code


def file_size(chance: random.Random) -> int:
    """Mostly small files, some of megabytes, as in real images."""
    return min(int(chance.lognormvariate(8.41, 1.75)), 40 << 20)


class Maker:
    """Writes layers one after another; the same seed gives the same bytes."""

    def __init__(self, small: bool) -> None:
        self.chance = random.Random(20260101)
        self.text, self.code = pools(self.chance)
        self.scale = 50 if small else 1

    def content(self, size: int) -> bytes:
        pool = self.text if self.chance.random() < 0.6 else self.code
        at = self.chance.randrange(POOL)
        return (pool[at:] + pool * (size // POOL + 1))[:size]

    def names(self, root: str, count: int) -> Iterator[str]:
        for number in range(count):
            yield f"{root}/package-{number // 40:04d}/lib/module_{number % 40:02d}_{number:06d}.js"

    def layer(self, target: Path, files: dict[str, int], deleted: tuple[str, ...]) -> int:
        """Write one layer tar; returns its number of entries."""
        entries = 0
        with tarfile.open(target, "w", format=tarfile.USTAR_FORMAT) as tar:
            made: set[str] = set()
            for name, size in files.items():
                parts = name.split("/")[:-1]
                for depth in range(1, len(parts) + 1):
                    folder = "/".join(parts[:depth])
                    if folder not in made:
                        made.add(folder)
                        info = tarfile.TarInfo(folder + "/")
                        info.type, info.mode = tarfile.DIRTYPE, 0o755
                        tar.addfile(info)
                        entries += 1
                info = tarfile.TarInfo(name)
                info.size, info.mode = size, 0o644
                tar.addfile(info, io.BytesIO(self.content(size)))
                entries += 1
            for name in deleted:
                tar.addfile(tarfile.TarInfo(name))
                entries += 1
        return entries


def plan(maker: Maker) -> list[tuple[str, dict[str, int], tuple[str, ...]]]:
    """Command, files and whiteouts of each layer."""
    scale = maker.scale

    def files(root: str, count: int) -> dict[str, int]:
        names = maker.names(root, max(8, count // scale))
        return {name: file_size(maker.chance) for name in names}

    base = files("usr/lib", 9000) | {"etc/passwd": 1000, "var/lib/dpkg/status": 900_000 // scale}
    site = files("usr/lib/python3/dist-packages", 14000)
    modules = files("app/node_modules", 29800)
    copied = files("app/node_modules_copy", 16000)
    again = dict(list(modules.items())[: 9000 // scale])
    plans: list[tuple[str, dict[str, int], tuple[str, ...]]] = [
        ("ADD rootfs.tar /", base, ()),
        ("RUN apt-get install", files("usr/share", 9000), ()),
        ("RUN pip install", site, ()),
        ("COPY package.json .", {"app/package.json": 2000}, ()),
        ("RUN npm ci", modules, ()),
        ("RUN cp -r node_modules node_modules_copy", copied, ()),
        ("RUN rm -rf node_modules_copy", {}, ("app/.wh.node_modules_copy",)),
        ("RUN chown -R app node_modules", again, ()),
        ("COPY . .", files("app/src", 4000), ()),
        ("RUN rm logs", {}, tuple(_whiteout(name) for name in list(base)[:5])),
        ("RUN make", files("app/build", 4500), ("app/src/package-0000/.wh..wh..opq",)),
        ("COPY entrypoint.sh /", {"entrypoint.sh": 300}, ()),
    ]
    return plans


def _whiteout(name: str) -> str:
    folder, _, base = name.rpartition("/")
    return f"{folder}/.wh.{base}"


def make(folder: Path, *, small: bool = False) -> tuple[Path, Path]:
    """Paths of the archive and of the OCI layout; made once, kept. Needs 6 GB free for a moment.
    Raises SystemExit when there is no room."""
    archive, layout = folder / "image.tar", folder / "layout"
    if archive.exists() and (layout / "index.json").exists():
        return archive, layout
    folder.mkdir(parents=True, exist_ok=True)
    if not small and shutil.disk_usage(folder).free < 6 << 30:
        raise SystemExit(f"{folder} has less than 6 GB free")
    work = folder / "work"
    work.mkdir(exist_ok=True)
    maker = Maker(small)
    plans = plan(maker)
    tars = [work / f"{number}.tar" for number in range(len(plans))]
    counts = [
        maker.layer(tar, files, deleted)
        for tar, (_, files, deleted) in zip(tars, plans, strict=True)
    ]
    config = json.dumps(
        {
            "architecture": "amd64",
            "os": "linux",
            "config": {"Env": ["PATH=/usr/bin"]},
            "history": [{"created_by": command} for command, _, _ in plans],
            "rootfs": {"type": "layers", "diff_ids": [_digest(tar) for tar in tars]},
        }
    ).encode()
    _save(archive, config, tars)
    _layout(layout, config, tars)
    shutil.rmtree(work)
    print(f"{sum(counts):,} entries, {archive.stat().st_size:,} bytes in {archive}")
    return archive, layout


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def _save(target: Path, config: bytes, tars: list[Path]) -> None:
    """A `docker save` archive as engines before 25 wrote it."""
    name = f"{hashlib.sha256(config).hexdigest()}.json"
    layers = [f"{hashlib.sha256(str(tar.name).encode()).hexdigest()}/layer.tar" for tar in tars]
    manifest = [{"Config": name, "RepoTags": ["bench:1"], "Layers": layers}]
    with tarfile.open(target, "w", format=tarfile.USTAR_FORMAT) as out:
        for member, tar in zip(layers, tars, strict=True):
            out.add(tar, member)
        for member, data in ((name, config), ("manifest.json", json.dumps(manifest).encode())):
            info = tarfile.TarInfo(member)
            info.size = len(data)
            out.addfile(info, io.BytesIO(data))


def _layout(target: Path, config: bytes, tars: list[Path]) -> None:
    """The same image as an OCI layout with gzip layers."""
    blobs = target / "blobs" / "sha256"
    blobs.mkdir(parents=True, exist_ok=True)
    kind = "application/vnd.oci.image."

    def put(data: bytes, media: str) -> dict[str, object]:
        digest = hashlib.sha256(data).hexdigest()
        (blobs / digest).write_bytes(data)
        return {"mediaType": kind + media, "digest": f"sha256:{digest}", "size": len(data)}

    layers: list[dict[str, object]] = []
    for tar in tars:
        packed = target / "layer.gz"
        with tar.open("rb") as source, gzip.GzipFile(packed, "wb", 6, mtime=0) as sink:
            shutil.copyfileobj(source, sink, 1 << 20)
        digest = _digest(packed)
        size = packed.stat().st_size
        packed.rename(blobs / digest.removeprefix("sha256:"))
        layers.append({"mediaType": kind + "layer.v1.tar+gzip", "digest": digest, "size": size})
    manifest = {
        "schemaVersion": 2,
        "mediaType": kind + "manifest.v1+json",
        "config": put(config, "config.v1+json"),
        "layers": layers,
    }
    entry = put(json.dumps(manifest).encode(), "manifest.v1+json")
    (target / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    (target / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [entry]}))


if __name__ == "__main__":
    make(Path(sys.argv[1]), small="--small" in sys.argv)
