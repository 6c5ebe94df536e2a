"""A real registry on loopback: Debian's `docker-registry`, with what it holds made by hand."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.engine import refuse

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
# "drydock" and "loopback-only" as htpasswd writes them with bcrypt, cost 4.
USER, PASSWORD = "drydock", "loopback-only"
HTPASSWD = "drydock:$2b$04$8gzpiyY7WIWR3/gT1Los7ewnwBy3GM60fAWZ7ziL33F2DcDuJpHaa\n"


@dataclass(frozen=True)
class Running:
    host: str
    storage: Path


def program() -> str:
    found = shutil.which("docker-registry")
    if found is None:
        refuse("docker-registry is not installed")
    return found


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def registry(
    folder: Path, *, tls: tuple[Path, Path] | None = None, htpasswd: Path | None = None
) -> Iterator[Running]:
    """Runs while the block does; storage lies in `folder/storage`."""
    port = free_port()
    http: dict[str, Any] = {"addr": f"127.0.0.1:{port}"}
    if tls:
        http["tls"] = {"certificate": str(tls[0]), "key": str(tls[1])}
    storage = folder / "storage"
    config: dict[str, Any] = {
        "version": 0.1,
        "log": {"level": "error"},
        "storage": {"filesystem": {"rootdirectory": str(storage)}},
        "http": http,
    }
    if htpasswd:
        config["auth"] = {"htpasswd": {"realm": "lab, of tests", "path": str(htpasswd)}}
    file = folder / "config.yml"
    file.write_text(json.dumps(config))
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([program(), "serve", str(file)], stdout=log, stderr=log)
        try:
            _wait(port, process, folder / "log")
            yield Running(f"127.0.0.1:{port}", storage)
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(200):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise AssertionError(f"the registry did not start: {log.read_text()[-1000:]}")


def digest(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def push(base: str, repository: str, tags: tuple[str, ...]) -> tuple[str, str]:
    """An index of one image under every tag; the digests of index and image manifest."""
    config = json.dumps({"architecture": "amd64", "os": "linux", "rootfs": {}}).encode()
    layer = gzip.compress(b"\0" * 1024, mtime=0)
    for blob in (config, layer):
        _push_blob(base, repository, blob)
    manifest = json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": _descriptor(config, "application/vnd.oci.image.config.v1+json"),
            "layers": [_descriptor(layer, "application/vnd.oci.image.layer.v1.tar+gzip")],
        }
    ).encode()
    _put(f"{base}/v2/{repository}/manifests/{digest(manifest)}", manifest, MANIFEST)
    child = {
        **_descriptor(manifest, MANIFEST),
        "platform": {"os": "linux", "architecture": "amd64"},
    }
    index = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": [child]}).encode()
    for tag in tags:
        _put(f"{base}/v2/{repository}/manifests/{tag}", index, INDEX)
    return digest(index), digest(manifest)


def push_attested(base: str, repository: str, tag: str, sbom: dict[str, Any]) -> str:
    """An image under a tag with an SPDX document beside it, as BuildKit stores one; the digest of
    the statement."""
    _, image = push(base, repository, (f"{tag}-plain",))
    manifest = _get(f"{base}/v2/{repository}/manifests/{image}", MANIFEST)
    spdx = "https://spdx.dev/Document"
    statement = json.dumps(
        {"_type": "https://in-toto.io/Statement/v0.1", "predicateType": spdx, "predicate": sbom}
    ).encode()
    config = b"{}"
    for blob in (statement, config):
        _push_blob(base, repository, blob)
    layer = {
        **_descriptor(statement, "application/vnd.in-toto+json"),
        "annotations": {"in-toto.io/predicate-type": spdx},
    }
    attestation = json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": _descriptor(config, "application/vnd.oci.image.config.v1+json"),
            "layers": [layer],
        }
    ).encode()
    _put(f"{base}/v2/{repository}/manifests/{digest(attestation)}", attestation, MANIFEST)
    children = [
        {**_descriptor(manifest, MANIFEST), "platform": {"os": "linux", "architecture": "amd64"}},
        {
            **_descriptor(attestation, MANIFEST),
            "platform": {"os": "unknown", "architecture": "unknown"},
            "annotations": {
                "vnd.docker.reference.type": "attestation-manifest",
                "vnd.docker.reference.digest": image,
            },
        },
    ]
    index = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": children}).encode()
    _put(f"{base}/v2/{repository}/manifests/{tag}", index, INDEX)
    return digest(statement)


def _get(url: str, kind: str) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept": kind})) as answer:
        data: bytes = answer.read()
        return data


def _descriptor(data: bytes, kind: str) -> dict[str, Any]:
    return {"mediaType": kind, "size": len(data), "digest": digest(data)}


def _push_blob(base: str, repository: str, data: bytes) -> None:
    start = urllib.request.Request(f"{base}/v2/{repository}/blobs/uploads/", b"", method="POST")
    with urllib.request.urlopen(start, timeout=10) as answer:
        place = answer.headers["Location"]
    mark = "&" if "?" in place else "?"
    _put(f"{place}{mark}digest={digest(data)}", data, "application/octet-stream")


def _put(url: str, data: bytes, kind: str) -> None:
    request = urllib.request.Request(url, data, {"Content-Type": kind}, method="PUT")
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 201, answer.status


def certificate(folder: Path) -> tuple[Path, Path, Path]:
    """An authority of our own and a certificate for 127.0.0.1 that it signed: (authority,
    certificate, key)."""
    openssl = shutil.which("openssl")
    if openssl is None:
        refuse("openssl is not installed")
    names = {one: folder / one for one in ("ca.crt", "ca.key", "tls.crt", "tls.key", "tls.csr")}
    extra = folder / "extra"
    extra.write_text("subjectAltName=IP:127.0.0.1\n")
    new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    for arguments in (
        ("req", "-x509", *new, "-keyout", names["ca.key"], "-out", names["ca.crt"], "-days", "2",
         "-subj", "/CN=drydock test authority"),
        ("req", *new, "-keyout", names["tls.key"], "-out", names["tls.csr"],
         "-subj", "/CN=loopback"),
        ("x509", "-req", "-in", names["tls.csr"], "-CA", names["ca.crt"], "-CAkey", names["ca.key"],
         "-CAcreateserial", "-out", names["tls.crt"], "-days", "2", "-extfile", extra),
    ):  # fmt: skip
        subprocess.run([openssl, *map(str, arguments)], check=True, capture_output=True)
    return names["ca.crt"], names["tls.crt"], names["tls.key"]
