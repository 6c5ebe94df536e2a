"""Tokens, paging, limits and answers that no honest registry gives, from a small server."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from hardening.errors import InputError
from hardening.image.registry import Registry, parse_name
from hardening.image.registry_answers import RateLimit, rate_limit
from hardening.image.registry_auth import challenges
from tests.registry.real import digest

BODY = b'{"schemaVersion": 2, "layers": []}'
Asked = BaseHTTPRequestHandler
Answering = Callable[[Asked], tuple[int, dict[str, str], bytes]]


@contextmanager
def server(answering: Answering) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """`host:port` and what was asked so far: method, path, Authorization."""
    asked: list[tuple[str, str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.command, self.path, self.headers.get("Authorization", "")))
            status, headers, body = answering(self)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_HEAD = do_POST = do_GET  # noqa: N815

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    one = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=one.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"127.0.0.1:{one.server_address[1]}", asked
    finally:
        one.shutdown()
        thread.join()
        one.server_close()


def host_of(asked: Asked) -> str:
    return asked.headers["Host"]


def config(folder: Path, host: str, entry: dict[str, str]) -> Path:
    file = folder / "config.json"
    file.write_text(json.dumps({"auths": {host: entry}}))
    return file


def token_server(asked: Asked) -> tuple[int, dict[str, str], bytes]:
    if asked.path.startswith("/token"):
        return 200, {}, b'{"access_token": "for-an-hour"}'
    if asked.headers.get("Authorization") != "Bearer for-an-hour":
        realm = f"http://{host_of(asked)}/token"
        asks = (
            f'Bearer realm="{realm}",service="a, b",scope="repository:x:push,pull", Basic realm="x"'
        )
        return 401, {"WWW-Authenticate": asks}, b""
    return 200, {"Docker-Content-Digest": digest(BODY)}, BODY


def test_token_flow_asks_for_reading_only(tmp_path: Path) -> None:
    with server(token_server) as (host, asked):
        coded = base64.b64encode(b"me:secret").decode()
        file = config(tmp_path, host, {"auth": coded})
        with Registry(host, credential_files=(file,)) as one:
            assert one.digest(parse_name(f"{host}/a/b:1")) == digest(BODY)
            assert one.digest(parse_name(f"{host}/a/b:2")) == digest(BODY)
    tokens = [one for one in asked if one[1].startswith("/token")]
    assert len(tokens) == 1
    assert "scope=repository%3Aa%2Fb%3Apull" in tokens[0][1]
    assert "service=a%2C" in tokens[0][1]
    assert tokens[0][2] == f"Basic {coded}"
    assert all(coded not in sent for _, path, sent in asked if not path.startswith("/token"))


def test_an_identity_token_is_exchanged(tmp_path: Path) -> None:
    with server(token_server) as (host, asked):
        file = config(tmp_path, host, {"identitytoken": "kept"})
        with Registry(host, credential_files=(file,)) as one:
            assert one.digest(parse_name(f"{host}/a/b:1")) == digest(BODY)
    assert [(method, path, sent) for method, path, sent in asked if path.startswith("/token")] == [
        ("POST", "/token", "")
    ]


def test_no_log_in_without_tls(tmp_path: Path) -> None:
    def answer(asked: Asked) -> tuple[int, dict[str, str], bytes]:
        return 401, {"WWW-Authenticate": 'Bearer realm="http://registry.example/token"'}, b""

    with (
        server(answer) as (host, _),
        Registry(host, credential_files=()) as one,
        pytest.raises(InputError, match="without TLS"),
    ):
        one.digest(parse_name(f"{host}/a/b:1"))


def test_authorization_stays_with_its_host(tmp_path: Path) -> None:
    with server(lambda _: (200, {}, BODY)) as (other, there):

        def answer(asked: Asked) -> tuple[int, dict[str, str], bytes]:
            if not asked.headers.get("Authorization"):
                return 401, {"WWW-Authenticate": "Basic realm=x"}, b""
            return 307, {"Location": f"http://{other}/elsewhere"}, b""

        with server(answer) as (host, asked):
            file = config(tmp_path, host, {"auth": base64.b64encode(b"me:secret").decode()})
            with Registry(host, credential_files=(file,)) as one:
                assert one.manifest(parse_name(f"{host}/a/b:1")) is not None
    assert asked[-1][2].startswith("Basic ")
    assert there == [("GET", "/elsewhere", "")]


def test_a_digest_is_worked_out_where_none_is_stated() -> None:
    with (
        server(lambda _: (200, {}, BODY)) as (host, asked),
        Registry(host, credential_files=()) as one,
    ):
        assert one.digest(parse_name(f"{host}/a/b:1")) == digest(BODY)
    assert [one[0] for one in asked] == ["HEAD", "GET"]


@pytest.mark.parametrize("reference", [":1", "@" + digest(b"another")])
def test_a_manifest_that_is_not_its_digest_is_refused(reference: str) -> None:
    stated = {"Docker-Content-Digest": digest(b"another")}
    with (
        server(lambda _: (200, stated, BODY)) as (host, _),
        Registry(host) as one,
        pytest.raises(InputError, match="does not match its digest"),
    ):
        one.manifest(parse_name(f"{host}/a/b{reference}"))


@pytest.mark.parametrize(
    ("status", "headers", "body", "words"),
    [
        (200, {}, b"[1]", "not a JSON object"),
        (200, {}, b"[" * 100_000, "not JSON"),
        (200, {}, b"<html>", "not JSON"),
        (200, {}, b" " * (5 << 20), "too large"),
        (200, {"Content-Encoding": "gzip"}, BODY, "compressed"),
        (500, {}, b"", "status 500"),
        (307, {"Location": "http://registry.example/"}, b"", "without TLS"),
        (307, {"Location": "/again"}, b"", "again and again"),
        (403, {}, b"", "gives no access"),
    ],
)
def test_hostile_answers_are_said_in_words(
    status: int, headers: dict[str, str], body: bytes, words: str
) -> None:
    with (
        server(lambda _: (status, headers, body)) as (host, _),
        Registry(host, credential_files=()) as one,
        pytest.raises(InputError, match=words),
    ):
        one.manifest(parse_name(f"{host}/a/b:1"))


def test_too_many_requests_are_not_answered_by_more() -> None:
    headers = {"Retry-After": "120", "RateLimit-Remaining": "0;w=21600"}
    with (
        server(lambda _: (429, headers, b"")) as (host, asked),
        Registry(host, credential_files=()) as one,
    ):
        for _ in range(3):
            with pytest.raises(InputError, match="too often") as caught:
                one.digest(parse_name(f"{host}/a/b:1"))
        assert "120 seconds" in caught.value.why
    assert len(asked) == 1


def test_the_last_requests_are_left_for_builds() -> None:
    headers = {"RateLimit-Limit": "100;w=21600", "RateLimit-Remaining": "7;w=21600",
               "Docker-Content-Digest": digest(BODY)}  # fmt: skip
    with server(lambda _: (200, headers, BODY)) as (host, asked):
        name = parse_name(f"{host}/a/b:1")
        with Registry(host, credential_files=()) as one:
            assert one.digest(name) == digest(BODY)
            assert one.rate_limit == RateLimit(7, 100, 21600)
            with pytest.raises(InputError, match="7 more requests"):
                one.manifest(name)
    assert [one[0] for one in asked] == ["HEAD"]


def test_tag_pages_of_another_host_are_not_read() -> None:
    page = {"Link": '<https://registry.example/v2/a/b/tags/list?last=x>; rel="next"'}
    with (
        server(lambda _: (200, page, b'{"tags": ["1"]}')) as (host, _),
        Registry(host, credential_files=()) as one,
        pytest.raises(InputError, match="another host"),
    ):
        one.tags(parse_name(f"{host}/a/b"))


def test_a_tag_list_that_goes_in_circles_ends() -> None:
    def answer(asked: Asked) -> tuple[int, dict[str, str], bytes]:
        return 200, {"Link": f'<{asked.path}>; rel="next"'}, b'{"tags": ["1", "../x", 7]}'

    with (
        server(answer) as (host, _),
        Registry(host, credential_files=()) as one,
        pytest.raises(InputError, match="never ends"),
    ):
        one.tags(parse_name(f"{host}/a/b"))


def test_an_endless_tag_list_is_cut_and_said() -> None:
    def answer(asked: Asked) -> tuple[int, dict[str, str], bytes]:
        number = len(asked_so_far)
        link = f'</v2/a/b/tags/list?n=1000&last={number}>; rel="next"'
        return 200, {"Link": link}, json.dumps({"tags": [f"1.{number}"]}).encode()

    with server(answer) as (host, asked_so_far), Registry(host, credential_files=()) as one:
        found = one.tags(parse_name(f"{host}/a/b"))
    assert not found.complete
    assert len(found.names) == 200


def test_nobody_there() -> None:
    with (
        Registry("127.0.0.1:9", credential_files=()) as one,
        pytest.raises(InputError, match="cannot be reached"),
    ):
        one.digest(parse_name("127.0.0.1:9/a/b:1"))


def test_challenges_with_commas_and_quotes() -> None:
    found = challenges(['Bearer realm="https://a",scope="x:pull,push" , Basic realm="say \\"b\\""'])
    assert [one.scheme for one in found] == ["bearer", "basic"]
    assert found[0].get("scope") == "x:pull,push"
    assert found[1].get("realm") == 'say "b"'


@pytest.mark.parametrize("text", ["", ",,,", "=", '"', "Bearer realm", "a" * 100_000, "a=" * 5000])
def test_nonsense_challenges_are_read_without_harm(text: str) -> None:
    assert len(challenges([text])) <= 8192


@pytest.mark.parametrize("value", ["", "many", "-1", "9" * 5000, ";w=1", "\u0663"])
def test_nonsense_limits_are_no_limits(value: str) -> None:
    assert rate_limit({"ratelimit-remaining": value}) is None


@pytest.mark.parametrize(
    ("text", "registry", "repository", "reference"),
    [
        ("python", "docker.io", "library/python", "latest"),
        ("docker.io/library/python:3", "docker.io", "library/python", "3"),
        ("index.docker.io/team/app:1", "docker.io", "team/app", "1"),
        ("localhost/a:1", "localhost", "a", "1"),
        ("registry.example:5000/a/b:1", "registry.example:5000", "a/b", "1"),
        ("[::1]:5000/a/b", "[::1]:5000", "a/b", "latest"),
        (f"a/b:1@{digest(b'')}", "docker.io", "a/b", digest(b"")),
    ],
)
def test_names(text: str, registry: str, repository: str, reference: str) -> None:
    found = parse_name(text)
    assert (found.registry, found.repository, found.reference) == (registry, repository, reference)


@pytest.mark.parametrize(
    "text",
    ["", "A/b", "a:b:c", "a/../b", "a@sha256:1", "registry.example/", "me@registry.example/a",
     "registry.example#x/a", "a?x", "a:" + "x" * 200, "registry.example:1/a/\n", "-a/b", "a/b:-x"],
)  # fmt: skip
def test_what_is_no_name(text: str) -> None:
    with pytest.raises(InputError, match="not the name of an image"):
        parse_name(text)


@pytest.mark.parametrize(
    "content", ["[", "[1]", '{"auths": []}', '{"auths": {"registry.example": 1}}']
)
def test_a_damaged_configuration(tmp_path: Path, content: str) -> None:
    from hardening.image.registry_credentials import credentials_for

    file = tmp_path / "config.json"
    file.write_text(content)
    if content == "[":
        with pytest.raises(InputError, match="cannot be read"):
            credentials_for("registry.example", files=(file,))
        return
    assert credentials_for("registry.example", files=(file,)) is None


@pytest.mark.parametrize("helper", ["../../bin/sh", "a b", "", 7])
def test_a_helper_is_a_name_and_no_path(tmp_path: Path, helper: object) -> None:
    from hardening.image.registry_credentials import credentials_for

    file = tmp_path / "config.json"
    file.write_text(json.dumps({"credHelpers": {"registry.example": helper}}))
    with pytest.raises(InputError, match="makes no sense"):
        credentials_for("registry.example", files=(file,))
