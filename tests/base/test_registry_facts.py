"""What a registry adds to rows: with TLS and a password, and where it disagrees with the engine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hardening.cli.asking import Asked, ask_registries
from tests.base.test_command import folder
from tests.cli.conftest import Run, run
from tests.registry.real import (
    HTPASSWD,
    PASSWORD,
    Running,
    certificate,
    digest,
    push,
    push_attested,
    registry,
)
from tests.registry.test_real_registry import login

__all__ = ["folder", "run"]

OTHER = "sha256:" + "5" * 64


@pytest.fixture
def hub(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Running, str, str]]:
    """A registry in the place of Docker Hub with `alpine:3.22` and `3.23`, one image; the digests
    of its index and of its one platform."""
    with registry(tmp_path_factory.mktemp("hub")) as running:
        index, manifest = push(f"http://{running.host}", "library/alpine", ("3.23", "3.22"))
        monkeypatch.setattr("hardening.image.registry_http.HUB", running.host)
        yield running, index, manifest


def told(run: Run, *arguments: str) -> Any:
    done = run("base", ".", "--ask-registry", "--format", "json", *arguments)
    assert done.code == 0, done.err
    return json.loads(done.out)


def row_of(values: Any, image: str) -> Any:
    return next(row for row in values["rows"] if row["image"] == image)


def test_the_pin_is_that_of_the_index(
    run: Run, folder: Path, hub: tuple[Running, str, str]
) -> None:
    (folder / "Dockerfile").write_text("FROM --platform=linux/amd64 alpine:3.22 AS a\n")
    assert row_of(told(run), "alpine:3.23")["digest"] == hub[1] != hub[2]
    done = run("base", ".", "--ask-registry", "--choose", "system-3-23")
    assert f"+FROM --platform=linux/amd64 alpine:3.23@{hub[1]} AS a\n" in done.out


def test_a_pin_to_one_platform_is_said_and_widened(
    run: Run, folder: Path, hub: tuple[Running, str, str]
) -> None:
    (folder / "Dockerfile").write_text(f"FROM alpine:3.22@{hub[2]}\n")
    row = row_of(told(run), "alpine:3.22")
    assert row["risk"] == "R0"
    assert "that of linux/amd64 alone" in row["gains"][0]
    done = run("base", ".", "--ask-registry", "--choose", row["fix"])
    assert f"+FROM alpine:3.22@{hub[1]}\n" in done.out


def test_a_pin_that_is_current_has_no_refresh(
    run: Run, folder: Path, hub: tuple[Running, str, str]
) -> None:
    (folder / "Dockerfile").write_text(f"FROM alpine:3.22@{hub[1]}\n")
    assert not any(row["risk"] == "R0" for row in told(run)["rows"])


def test_a_tag_that_the_registry_lacks_is_not_moved_to(
    run: Run, folder: Path, hub: tuple[Running, str, str]
) -> None:
    (folder / "Dockerfile").write_text("FROM alpine:3.22\n")
    row = row_of(told(run), "alpine:3.24")
    assert (row["digest"], row["safety"]) == (None, "manual")
    assert "does not have it" in row["registry_note"]
    assert {"statement": "The registry has the image", "verdict": "fails",
            "evidence": "the registry does not have it"} in row["preconditions"]  # fmt: skip
    done = run("base", ".", "--ask-registry", "--choose", row["fix"])
    assert done.code == 2
    assert "The registry has the image" in done.err


def test_the_registry_wins_over_what_the_engine_pulled(
    run: Run, folder: Path, hub: tuple[Running, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from hardening.cli import base as command

    monkeypatch.setattr(
        command, "with_base_digests", lambda one: replace(one, base_digests={"alpine:3.23": OTHER})
    )
    (folder / "Dockerfile").write_text("FROM alpine:3.22\n")
    row = row_of(told(run), "alpine:3.23")
    assert row["digest"] == hub[1]
    assert "the local engine holds another one" in row["registry_note"]
    assert "docker pull alpine:3.23" in row["registry_note"]
    done = run("base", ".", "--ask-registry", "--choose", "system-3-23")
    assert f"@{hub[1]}\n" in done.out
    done = run("base", ".", "--choose", "system-3-23")
    assert f"@{OTHER}\n" in done.out, "without asking, the engine's own is what is known"


def test_two_digests_of_one_repository_say_nothing_of_the_tag() -> None:
    from hardening.dockerfile import parse
    from hardening.image.engine import LocalImage
    from hardening.opening.base_digests import digests

    dockerfile = parse("FROM alpine:3.22\n")
    one = f"alpine@{digest(b'1')}"
    both = (one, f"alpine@{OTHER}")
    for known, expected in (((one,), {"alpine:3.22": digest(b"1")}), (both, {})):
        image = LocalImage("sha256:1", ("alpine:3.22",), known, 1, "")
        assert digests(dockerfile, [image]) == expected


def test_behind_tls_and_a_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Digest, size and attached list of packages; without the password a note, not an end."""
    authority, chain, key = certificate(tmp_path)
    passwords = tmp_path / "htpasswd"
    passwords.write_text(HTPASSWD)
    sbom = {"spdxVersion": "SPDX-2.3", "packages": []}
    with registry(tmp_path) as plain:
        push_attested(f"http://{plain.host}", "team/app", "1", sbom)
    monkeypatch.setattr(
        "hardening.image.registry_http.Conversation._extra_certificates", lambda _: [authority]
    )
    with registry(tmp_path, tls=(chain, key), htpasswd=passwords) as running:
        name = f"{running.host}/team/app:1"

        def ask() -> Asked:
            return ask_registries([name], "linux/amd64", sboms=True)[name]

        monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
        monkeypatch.delenv("REGISTRY_AUTH_FILE", raising=False)
        monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
        login(tmp_path / "config.json", running.host, PASSWORD)
        found = ask()
        assert found.digest is not None
        assert found.size is not None and found.size > 0
        assert found.sbom == sbom
        login(tmp_path / "config.json", running.host, "wrong")
        refused = ask()
        assert (refused.digest, refused.size, refused.sbom) == (None, None, None)
        assert "gives no access" in refused.note
        assert not refused.missing


def test_offline_opens_no_connection(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither to a registry nor to the engine: also for an image by name, and for every row."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setattr("socket.getaddrinfo", refuse)
    before = threading.active_count()
    (folder / "Dockerfile").write_text(f"FROM alpine:3.22@{OTHER} AS a\nFROM python:3.9\n")
    for arguments in ((".",), (".", "--stage", "a"), ("python:3.9",), (".", "--choose", "1")):
        assert run("base", *arguments, "--offline").code == 0
    assert threading.active_count() == before
