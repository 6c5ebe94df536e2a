"""Against Debian's docker-registry: plain, with TLS, with a password."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardening.errors import InputError
from hardening.image.registry import Registry, parse_name
from hardening.image.registry_attestations import attached_sbom
from tests.registry.real import (
    HTPASSWD,
    PASSWORD,
    USER,
    Running,
    certificate,
    push,
    push_attested,
    registry,
)

TAGS = tuple(f"1.{number}" for number in range(1203))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, str, str]]:
    with registry(tmp_path_factory.mktemp("plain")) as running:
        index, manifest = push(f"http://{running.host}", "team/app", ("1.2", "latest"))
        # Tags are links in the registry's storage: many are made without a request each.
        tags = running.storage / "docker/registry/v2/repositories/team/app/_manifests/tags"
        for tag in TAGS:
            folder = tags / tag / "current"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "link").write_text(index)
        yield running, index, manifest


def test_the_digest_of_a_tag_is_that_of_its_index(plain: tuple[Running, str, str]) -> None:
    running, index, _ = plain
    with Registry(running.host, credential_files=()) as one:
        assert one.digest(parse_name(f"{running.host}/team/app:1.2")) == index


def test_a_tag_that_is_not_there_has_no_digest(plain: tuple[Running, str, str]) -> None:
    host = plain[0].host
    with Registry(host, credential_files=()) as one:
        assert one.digest(parse_name(f"{host}/team/app:9.9")) is None
        assert one.manifest(parse_name(f"{host}/team/app:9.9")) is None


def test_manifests_of_index_and_platform(plain: tuple[Running, str, str]) -> None:
    running, index, manifest = plain
    name = parse_name(f"{running.host}/team/app@{index}")
    with Registry(running.host, credential_files=()) as one:
        found = one.manifest(name)
        assert found is not None
        assert found.is_index
        assert found.platforms == ("linux/amd64",)
        child = one.for_platform(name, "linux/amd64")
        assert child is not None
        assert child.digest == manifest
        [layer] = child.content["layers"]
        assert child.download_size == layer["size"] > 0
        assert one.for_platform(name, "linux/s390x") is None


def test_tags_of_all_pages(plain: tuple[Running, str, str]) -> None:
    host = plain[0].host
    with Registry(host, credential_files=()) as one:
        found = one.tags(parse_name(f"{host}/team/app"))
    assert found.complete
    assert set(found.names) == {*TAGS, "1.2", "latest"}


def test_an_unknown_repository_is_said(plain: tuple[Running, str, str]) -> None:
    host = plain[0].host
    with Registry(host, credential_files=()) as one, pytest.raises(InputError) as caught:
        one.tags(parse_name(f"{host}/nobody/nothing"))
    assert "does not know nobody/nothing" in caught.value.what


def test_tls_with_an_authority_of_our_own(tmp_path: Path) -> None:
    authority, chain, key = certificate(tmp_path)
    with registry(tmp_path, tls=(chain, key)) as running:
        name = parse_name(f"{running.host}/team/app:1")
        with Registry(running.host, ca_file=authority, credential_files=()) as one:
            assert one.digest(name) is None
        with (
            Registry(running.host, credential_files=()) as one,
            pytest.raises(InputError) as caught,
        ):
            one.digest(name)
    assert "certificate" in caught.value.what
    assert "not trusted" in caught.value.what


def test_basic_authentication(tmp_path: Path) -> None:
    passwords = tmp_path / "htpasswd"
    passwords.write_text(HTPASSWD)
    authority, chain, key = certificate(tmp_path)
    with registry(tmp_path, tls=(chain, key), htpasswd=passwords) as running:
        name = parse_name(f"{running.host}/team/app:1")
        with (
            Registry(running.host, ca_file=authority, credential_files=()) as one,
            pytest.raises(InputError) as caught,
        ):
            one.digest(name)
        assert "gives no access" in caught.value.what
        wrong = login(tmp_path / "wrong.json", running.host, "not the password")
        with (
            Registry(running.host, ca_file=authority, credential_files=(wrong,)) as one,
            pytest.raises(InputError) as caught,
        ):
            one.digest(name)
        assert "not the password" not in str(caught.value)
        right = login(tmp_path / "right.json", running.host, PASSWORD)
        with Registry(running.host, ca_file=authority, credential_files=(right,)) as one:
            assert one.digest(name) is None


def test_a_credential_helper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    passwords = tmp_path / "htpasswd"
    passwords.write_text(HTPASSWD)
    helper = tmp_path / "docker-credential-lab"
    answer = json.dumps({"ServerURL": "x", "Username": USER, "Secret": PASSWORD})
    helper.write_text(
        f"#!/bin/sh\n[ \"$1\" = get ] || exit 1\ncat > {tmp_path}/asked\necho '{answer}'\n"
    )
    helper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with registry(tmp_path, htpasswd=passwords) as running:
        config = tmp_path / "config.json"
        config.write_text(json.dumps({"credHelpers": {running.host: "lab"}}))
        with Registry(running.host, credential_files=(config,)) as one:
            assert one.digest(parse_name(f"{running.host}/team/app:1")) is None
        assert (tmp_path / "asked").read_text() == running.host


def login(file: Path, host: str, password: str) -> Path:
    """What `docker login` writes."""
    coded = base64.b64encode(f"{USER}:{password}".encode()).decode()
    file.write_text(json.dumps({"auths": {host: {"auth": coded}}}))
    return file


SBOM = {"spdxVersion": "SPDX-2.3", "packages": [{"name": "openssl", "versionInfo": "3.0.11-1"}]}


@pytest.fixture(scope="module")
def attested(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, str]]:
    with registry(tmp_path_factory.mktemp("attested")) as running:
        base = f"http://{running.host}"
        push(base, "team/app", ("bare",))
        yield running, push_attested(base, "team/app", "1.2", SBOM)


def test_the_list_that_a_builder_attached_is_found(attested: tuple[Running, str]) -> None:
    host = attested[0].host
    name = parse_name(f"{host}/team/app:1.2")
    with Registry(host, credential_files=()) as one:
        assert attached_sbom(one, name, "linux/amd64") == SBOM
        assert attached_sbom(one, name, "linux/arm64") is None
        assert attached_sbom(one, parse_name(f"{host}/team/app:bare"), "linux/amd64") is None
        assert attached_sbom(one, parse_name(f"{host}/team/app:none"), "linux/amd64") is None


def test_a_blob_is_checked_bounded_and_may_be_missing(attested: tuple[Running, str]) -> None:
    running, statement = attested
    name = parse_name(f"{running.host}/team/app:1.2")
    with Registry(running.host, credential_files=()) as one:
        found = one.blob(name, statement, limit=1 << 20)
        assert found is not None
        assert json.loads(found)["predicate"] == SBOM
        assert one.blob(name, "sha256:" + "0" * 64, limit=1 << 20) is None
        with pytest.raises(InputError, match="too large"):
            one.blob(name, statement, limit=10)
        with pytest.raises(InputError, match="no digest"):
            one.blob(name, "../../../etc/passwd", limit=10)


def test_a_changed_blob_is_refused(tmp_path: Path) -> None:
    with registry(tmp_path) as running:
        statement = push_attested(f"http://{running.host}", "team/app", "1", SBOM)
        kind, _, hexadecimal = statement.partition(":")
        blobs = running.storage / "docker/registry/v2/blobs" / kind
        file = blobs / hexadecimal[:2] / hexadecimal / "data"
        file.write_bytes(file.read_bytes().replace(b"openssl", b"opensss"))
        with (
            Registry(running.host, credential_files=()) as one,
            pytest.raises(InputError, match="does not match its digest"),
        ):
            attached_sbom(one, parse_name(f"{running.host}/team/app:1"), "linux/amd64")
