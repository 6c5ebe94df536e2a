"""Digests of bases that a local engine holds."""

from __future__ import annotations

import pytest

from hardening.errors import EngineError
from hardening.image import engine
from hardening.image.engine import LocalImage
from hardening.opening import memory_subject
from hardening.opening.base_digests import base_names, digests, with_base_digests

DIGEST = "sha256:" + "a" * 64
TEXT = (
    "ARG V=13\nFROM debian:${V} AS build\nFROM registry.example/team/app:1@sha256:0\nFROM build\n"
)
TEXT += "FROM scratch\n"


def _image(*tags: str, digest: str | None = None) -> LocalImage:
    return LocalImage("sha256:1", tags, (digest,) if digest else (), 1, "")


def test_the_names_are_those_of_images() -> None:
    dockerfile = memory_subject(TEXT).dockerfile
    assert dockerfile is not None
    assert base_names(dockerfile) == {"debian", "app"}


def test_a_digest_counts_for_its_own_repository_alone() -> None:
    dockerfile = memory_subject(TEXT).dockerfile
    assert dockerfile is not None
    images = (
        _image("debian:13", "mine/debian:13", digest=f"debian@{DIGEST}"),
        _image("debian:12"),
        _image("redis:7", digest=f"redis@{DIGEST}"),
        _image("registry.example:5000/x/app:1", digest=f"registry.example:5000/x/app@{DIGEST}"),
    )
    assert digests(dockerfile, images) == {
        "debian:13": DIGEST,
        "registry.example:5000/x/app:1": DIGEST,
    }


def test_the_engine_is_asked_once_and_may_be_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    subject = memory_subject("FROM debian:13\n")
    held = (_image("debian:13", digest=f"debian@{DIGEST}"),)
    monkeypatch.setattr(engine, "local_images", lambda: held)
    assert with_base_digests(subject).base_digests == {"debian:13": DIGEST}

    def refuse() -> tuple[LocalImage, ...]:
        raise EngineError("no engine")

    monkeypatch.setattr(engine, "local_images", refuse)
    assert with_base_digests(subject) is subject
    nothing = memory_subject("FROM scratch\n")
    assert with_base_digests(nothing) is nothing
