from __future__ import annotations

import hashlib
import json
import socket
from pathlib import Path

import pytest

from hardening.errors import EngineError
from hardening.image.endpoints import Endpoint, endpoints
from hardening.image.engine import connect, image_of_engine, local_images


def write_context(folder: Path, name: str, document: object, *, tls: bool = False) -> None:
    key = hashlib.sha256(name.encode()).hexdigest()
    meta = folder / "contexts" / "meta" / key
    meta.mkdir(parents=True)
    (meta / "meta.json").write_text(json.dumps(document))
    if tls:
        files = folder / "contexts" / "tls" / key / "docker"
        files.mkdir(parents=True)
        for file in ("ca.pem", "cert.pem", "key.pem"):
            (files / file).write_text("x")


def test_docker_host_wins() -> None:
    given = {"DOCKER_HOST": "unix:///x.sock", "DOCKER_CONTEXT": "other", "HOME": "/nowhere"}
    assert endpoints(given) == (Endpoint("unix:///x.sock", "DOCKER_HOST"),)


def test_docker_tls_verify(tmp_path: Path) -> None:
    for name in ("ca.pem", "cert.pem", "key.pem"):
        (tmp_path / name).write_text("x")
    given = {
        "DOCKER_HOST": "tcp://engine.example:2376",
        "DOCKER_TLS_VERIFY": "1",
        "DOCKER_CERT_PATH": str(tmp_path),
    }
    (found,) = endpoints(given)
    assert (found.tls, found.verify, found.ca) == (True, True, str(tmp_path / "ca.pem"))
    assert (found.certificate, found.key) == (
        str(tmp_path / "cert.pem"),
        str(tmp_path / "key.pem"),
    )


def test_a_bare_host_is_tcp() -> None:
    assert endpoints({"DOCKER_HOST": "engine.example:2375"})[0].address == (
        "tcp://engine.example:2375"
    )


def test_the_context_of_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"currentContext": "work"}')
    document = {"Endpoints": {"docker": {"Host": "tcp://a.example:1", "SkipTLSVerify": True}}}
    write_context(tmp_path, "work", document, tls=True)
    (found,) = endpoints({"DOCKER_CONFIG": str(tmp_path)})
    assert (found.address, found.origin) == ("tcp://a.example:1", "docker context work")
    assert (found.tls, found.verify) == (True, False)


def test_docker_context_wins_over_the_configuration(tmp_path: Path) -> None:
    folder = tmp_path / ".docker"
    folder.mkdir()
    (folder / "config.json").write_text('{"currentContext": "work"}')
    write_context(folder, "home", {"Endpoints": {"docker": {"Host": "unix:///h.sock"}}})
    found = endpoints({"HOME": str(tmp_path), "DOCKER_CONTEXT": "home"})
    assert found == (Endpoint("unix:///h.sock", "docker context home"),)


@pytest.mark.parametrize(
    "document",
    [[], {}, {"Endpoints": []}, {"Endpoints": {"docker": {}}}, {"Endpoints": {"docker": None}},
     {"Endpoints": {"docker": {"Host": 5}}}],
)  # fmt: skip
def test_damaged_contexts_are_told(tmp_path: Path, document: object) -> None:
    write_context(tmp_path, "odd", document)
    with pytest.raises(EngineError, match="odd"):
        endpoints({"DOCKER_CONFIG": str(tmp_path), "DOCKER_CONTEXT": "odd"})


def test_a_context_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="does not exist"):
        endpoints({"DOCKER_CONFIG": str(tmp_path), "DOCKER_CONTEXT": "gone"})


@pytest.mark.parametrize("text", ["", "{", "[]", '{"currentContext": 4}', "[" * 100_000])
def test_a_damaged_configuration_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.json").write_text(text)
    endpoints({"DOCKER_CONFIG": str(tmp_path), "HOME": str(tmp_path)})


def test_usual_sockets_docker_before_podman(tmp_path: Path) -> None:
    runtime = tmp_path / "r"
    (runtime / "podman").mkdir(parents=True)
    held = []
    for path in (runtime / "podman" / "podman.sock", runtime / "docker.sock"):
        one = socket.socket(socket.AF_UNIX)
        one.bind(str(path))
        held.append(one)
    found = endpoints({"XDG_RUNTIME_DIR": str(runtime), "HOME": str(tmp_path)})
    for one in held:
        one.close()
    mine = [one.origin for one in found if str(tmp_path) in one.address]
    assert mine == ["rootless Docker", "rootless Podman"]


def test_no_socket_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hardening.image.endpoints._is_socket", lambda path: False)
    with pytest.raises(EngineError) as caught:
        connect({"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)})
    assert "No container engine was found" in caught.value.what
    assert "docker save" in caught.value.next_step


def test_a_missing_socket_is_told_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    with pytest.raises(EngineError) as caught:
        local_images()
    assert "DOCKER_HOST" in caught.value.what
    assert caught.value.why == "there is no such socket"
    assert "OCI layout" in caught.value.next_step
    assert image_of_engine("app:1") is None


def test_a_socket_that_nobody_listens_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "dead.sock"
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(path))
    monkeypatch.setenv("DOCKER_HOST", f"unix://{path}")
    with pytest.raises(EngineError) as caught:
        local_images()
    assert caught.value.why == "nothing listens there"


def test_an_address_of_an_unknown_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "gopher://x")
    with pytest.raises(EngineError):
        local_images()
