"""Registries that take their time, send too much, or send people elsewhere."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hardening.cli.asking import ask_registries
from hardening.errors import InputError
from hardening.image.registry import Registry, WrongDigest, parse_name
from hardening.image.registry_answers import retry_after
from hardening.image.registry_credentials import credentials_for
from tests.registry.real import certificate, digest
from tests.registry.test_hostile_registry import BODY, Asked, config, host_of, server

DRIP = b"HTTP/1.1 200 OK\r\n" + b"X-Slow: " + b"a" * 4000
Speaking = Callable[[socket.socket], None]


@contextmanager
def raw_server(speaking: Speaking, tls: tuple[Path, Path] | None = None) -> Iterator[str]:
    """`host:port` of a server that is given each connection, with TLS already on it."""
    context = None
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
    listening = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def serve() -> None:
        while not done.is_set():
            with contextlib.suppress(OSError):
                connection, _ = listening.accept()
                threading.Thread(target=handle, args=(connection,), daemon=True).start()

    def handle(connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            if context is not None:
                connection = context.wrap_socket(connection, server_side=True)
            with connection:
                speaking(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{listening.getsockname()[1]}"
    finally:
        done.set()
        with contextlib.suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)


def drip(connection: socket.socket, text: bytes) -> None:
    connection.recv(65536)
    for one in text:
        connection.sendall(bytes([one]))
        time.sleep(0.02)


def slow_headers(connection: socket.socket) -> None:
    drip(connection, DRIP)


def slow_body(connection: socket.socket) -> None:
    drip(connection, b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n" + b" " * 9000)


@pytest.mark.parametrize("speaking", [slow_headers, slow_body])
def test_an_answer_that_never_ends_is_ended(
    speaking: Speaking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Byte after byte, each in time: with TLS, and without."""
    monkeypatch.setattr("hardening.image.registry_http.WHOLE_ANSWER", 0.5)
    authority, chain, key = certificate(tmp_path)
    with (
        raw_server(speaking, (chain, key)) as host,
        Registry(host, ca_file=authority, credential_files=()) as one,
        pytest.raises(InputError, match="for one answer"),
    ):
        one.manifest(parse_name(f"{host}/a/b:1"))


def test_an_answer_that_never_ends_without_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hardening.image.registry_http.WHOLE_ANSWER", 0.5)
    with (
        raw_server(slow_headers) as host,
        Registry(host, credential_files=()) as one,
        pytest.raises(InputError, match=r"for one answer|cannot be reached"),
    ):
        one.manifest(parse_name(f"{host}/a/b:1"))


def test_a_body_without_a_length_is_bounded() -> None:
    """No Content-Length, and far more than a manifest may have."""

    def flood(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(1000):
            connection.sendall(b" " * 65536)

    with (
        raw_server(flood) as host,
        Registry(host, credential_files=()) as one,
        pytest.raises(InputError, match=r"too large|cannot be reached"),
    ):
        one.manifest(parse_name(f"{host}/a/b:1"))


def test_a_slow_tag_list_is_cut_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hardening.image.registry.WHOLE_LIST", -1.0)
    with server(lambda _: (200, {}, b'{"tags": ["1"]}')) as (host, asked):
        with Registry(host, credential_files=()) as one:
            assert not one.tags(parse_name(f"{host}/a/b")).complete
        assert asked == []


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        ("Tue, 24 Nov 2026 12:05:00 GMT", 300),
        ("Tue, 24 Nov 2026 11:00:00 GMT", 0),
        ("soon", None),
        ("", None),
        ("-5", None),
        ("9" * 5000, None),
        ("Tue, 99 Nov 2026 12:05:00 GMT", None),
    ],
)
def test_how_long_to_wait(text: str, seconds: int | None) -> None:
    assert retry_after(text, datetime(2026, 11, 24, 12, tzinfo=UTC)) == seconds


def test_a_realm_elsewhere_gets_the_credentials_of_this_registry_alone(tmp_path: Path) -> None:
    """As with Docker Hub, whose tokens come from another host; where that host sends people on,
    the credentials do not follow."""
    with server(lambda _: (200, {}, b'{"token": "t"}')) as (third, there):

        def log_in(asked: Asked) -> tuple[int, dict[str, str], bytes]:
            return 307, {"Location": f"http://{third}/token"}, b""

        with server(log_in) as (realm, asked_realm):

            def answer(asked: Asked) -> tuple[int, dict[str, str], bytes]:
                if asked.headers.get("Authorization") == "Bearer t":
                    return 200, {"Docker-Content-Digest": digest(BODY)}, BODY
                asks = f'Bearer realm="http://{realm}/token",service="x"'
                return 401, {"WWW-Authenticate": asks}, b""

            with server(answer) as (host, asked):
                coded = base64.b64encode(b"me:secret").decode()
                file = config(tmp_path, host, {"auth": coded})
                with Registry(host, credential_files=(file,)) as one:
                    assert one.digest(parse_name(f"{host}/a/b:1")) == digest(BODY)
    assert asked_realm[0][2] == f"Basic {coded}"
    assert there[0][2] == ""
    assert all(coded not in sent for _, _, sent in asked)


def test_this_machine_is_no_place_to_be_sent_to(monkeypatch: pytest.MonkeyPatch) -> None:
    from hardening.image.registry_http import Conversation

    talk = Conversation("registry.example", credential_files=())
    for url in ("https://127.0.0.1/a", "https://localhost:5000/", "http://[::1]/", "ftp://a/"):
        assert not talk._may_follow(url)
    assert talk._may_follow("https://cdn.example/blob")


def test_a_registry_that_asks_again_and_again_is_left() -> None:
    def answer(asked: Asked) -> tuple[int, dict[str, str], bytes]:
        if asked.path.startswith("/token"):
            return 200, {}, b'{"token": "never enough"}'
        realm = f"http://{host_of(asked)}/token"
        return 401, {"WWW-Authenticate": f'Bearer realm="{realm}"'}, b""

    with (
        server(answer) as (host, asked),
        Registry(host, credential_files=()) as one,
        pytest.raises(InputError, match="gives no access"),
    ):
        one.digest(parse_name(f"{host}/a/b:1"))
    assert len(asked) == 3


@pytest.mark.parametrize("behind", ["another", "nothing"])
def test_no_pin_to_a_digest_that_nothing_fits(behind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tag names a digest under which the registry has nothing, or something else."""
    wanted = digest(b"what the tag names")

    def answer(asked: Asked) -> tuple[int, dict[str, str], bytes]:
        if asked.command == "HEAD":
            return 200, {"Docker-Content-Digest": wanted}, b""
        return (200, {}, BODY) if behind == "another" else (404, {}, b"")

    monkeypatch.setattr("hardening.image.registry_http.credentials_for", lambda *_, **__: None)
    with server(answer) as (host, _):
        found = ask_registries([f"{host}/a/b:1"], "linux/amd64")[f"{host}/a/b:1"]
        assert found.digest is None
        assert found.note
        if behind == "another":
            with Registry(host, credential_files=()) as one, pytest.raises(WrongDigest):
                one.manifest(parse_name(f"{host}/a/b@{wanted}"))


HELPER = "#!/bin/sh\ncat > /dev/null\n"


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (HELPER + "exit 3\n", "exit code 3"),
        (HELPER + "sleep 600 & sleep 600\n", "no answer within"),
        (HELPER + "echo not json\n", "cannot be read"),
        (HELPER + "head -c 300000 /dev/zero\n", "cannot be read"),
        ("#!/nowhere/at/all\n", "failed"),
    ],
)
def test_a_helper_that_does_not_help(
    script: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hardening.image.registry_credentials.HELPER_SECONDS", 0.5)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    helper = tmp_path / "docker-credential-lab"
    helper.write_text(script)
    helper.chmod(0o755)
    file = tmp_path / "config.json"
    file.write_text(json.dumps({"credsStore": "lab"}))
    with pytest.raises(InputError) as caught:
        credentials_for("registry.example", files=(file,))
    assert words in f"{caught.value.what} {caught.value.why}"
    assert "docker login" in caught.value.next_step


def test_a_helper_without_an_answer_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    helper = tmp_path / "docker-credential-lab"
    helper.write_text(HELPER + "echo credentials not found in native keychain\nexit 1\n")
    helper.chmod(0o755)
    file = tmp_path / "config.json"
    file.write_text(json.dumps({"credsStore": "lab"}))
    assert credentials_for("registry.example", files=(file,)) is None
