"""Engines that are not the Docker engine on a Unix socket: Podman, and an engine behind TLS."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from hardening.errors import EngineError, ImageError
from hardening.image import cache
from hardening.image.loading import load_files, open_image
from hardening.image.model import Image
from tests.engine import docker, refuse, require_engine, require_program
from tests.lab.conftest import SAMPLES

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("lab")]

ARCHIVE = SAMPLES / "leaky-secrets" / "image.tar.gz"


def _facts(image: Image) -> tuple[object, ...]:
    return (
        [layer.diff_id for layer in image.layers],
        [sorted(map(repr, layer.entries())) for layer in image.layers],
        image.config.env,
        image.config.user,
        [(one.created_by, one.layer) for one in image.history],
    )


@pytest.fixture
def podman(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Podman's service with storage of its own, whose path may have 50 characters at most; gives
    the command that speaks to that storage."""
    program = require_program("podman")
    if os.geteuid() != 0:
        refuse("Podman's service needs root here")
    folder = Path(tempfile.mkdtemp(prefix="pod-"))
    command = [program, "--root", str(folder / "root"), "--runroot", str(folder / "run")]
    command += ["--storage-driver", "vfs"]
    path, log = folder / "podman.sock", folder / "log"
    with log.open("wb") as output:
        service = subprocess.Popen(
            [*command, "system", "service", "-t", "0", f"unix://{path}"],
            stdout=output, stderr=output,
        )  # fmt: skip
    try:
        for _ in range(300):
            if path.exists() or service.poll() is not None:
                break
            time.sleep(0.1)
        assert path.exists(), f"Podman's service did not start: {log.read_text()}"
        monkeypatch.setenv("DOCKER_HOST", f"unix://{path}")
        yield command
    finally:
        service.terminate()
        service.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def test_podman(podman: list[str]) -> None:
    loaded = subprocess.run(
        [*podman, "load", "-i", str(ARCHIVE)], capture_output=True, text=True, check=True
    )
    name = loaded.stdout.strip().rpartition(" ")[2].split(",")[0]
    wanted = load_files(open_image(str(ARCHIVE)), verify=True)
    cache.clear_quietly()
    assert _facts(load_files(open_image(name), verify=True)) == _facts(wanted)
    with pytest.raises(ImageError, match="There is no image"):
        open_image("there-is-no-such-image:1")


class TlsFront:
    """TLS with client certificates in front of the engine's Unix socket."""

    def __init__(self, folder: Path, engine: str) -> None:
        self._engine = engine
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(folder / "server.pem", folder / "server-key.pem")
        self._context.load_verify_locations(folder / "ca.pem")
        self._context.verify_mode = ssl.CERT_REQUIRED
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            outer = self._context.wrap_socket(connection, server_side=True)
            with outer, socket.socket(socket.AF_UNIX) as inner:
                inner.connect(self._engine)
                back = threading.Thread(target=_pump, args=(inner, outer), daemon=True)
                back.start()
                _pump(outer, inner)
                back.join(30)


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(1 << 16):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


def _certificates(folder: Path) -> None:
    """An authority, a server for 127.0.0.1 and a client, under Docker's file names."""
    openssl = require_program("openssl")

    def run(*arguments: str) -> None:
        subprocess.run([openssl, *arguments], cwd=folder, check=True, capture_output=True)

    new = ("req", "-newkey", "rsa:2048", "-nodes", "-subj")
    authority = ("-x509", "-days", "2", "-keyout", "ca-key.pem", "-out", "ca.pem")
    run(*new, "/CN=drydock test authority", *authority)
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1\n")
    for key, certificate, more in (
        ("server-key.pem", "server.pem", ("-extfile", "names")),
        ("key.pem", "cert.pem", ()),
    ):
        run(*new, f"/CN={certificate}", "-keyout", key, "-out", "request.pem")
        run("x509", "-req", "-days", "2", "-in", "request.pem", "-CA", "ca.pem",
            "-CAkey", "ca-key.pem", "-CAcreateserial", "-out", certificate, *more)  # fmt: skip


@pytest.fixture
def tls_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The lab's engine behind TLS, named by Docker's own variables; gives the certificates."""
    require_engine()
    docker("load", "-i", str(ARCHIVE))
    engine = urlsplit(os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock").path
    folder = tmp_path / "certificates"
    folder.mkdir()
    _certificates(folder)
    front = TlsFront(folder, engine)
    monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{front.port}")
    monkeypatch.setenv("DOCKER_TLS_VERIFY", "1")
    monkeypatch.setenv("DOCKER_CERT_PATH", str(folder))
    yield folder
    front.close()


def test_an_engine_behind_tls(
    tls_engine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = load_files(open_image(str(ARCHIVE)), verify=True)
    name = wanted.repo_tags[0]
    cache.clear_quietly()
    assert _facts(load_files(open_image(name), verify=True)) == _facts(wanted)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tls_engine / "cert.pem"))
    assert open_image(name).id == wanted.id
    stranger = tmp_path / "stranger"
    stranger.mkdir()
    _certificates(stranger)
    for file in ("cert.pem", "key.pem"):
        shutil.copy(stranger / file, tls_engine / file)
    with pytest.raises(EngineError):
        open_image(name)
    shutil.copy(stranger / "ca.pem", tls_engine / "ca.pem")
    with pytest.raises(EngineError, match=r"(?i)certificate"):
        open_image(name)
