"""Who a container starts as, and what runs."""

from __future__ import annotations

import pytest

from hardening.image.synthetic import ImageSketch, LayerSketch
from hardening.opening import memory_subject
from hardening.runtime.base_facts import Family, family_by_name, split_reference
from hardening.runtime.programs import start_programs
from hardening.runtime.start import start_of


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("FROM debian\n", True),
        ("FROM debian\nUSER 0:0\n", True),
        ("FROM debian\nUSER root:staff\n", True),
        ("FROM debian\nUSER 00\n", True),
        ("FROM debian\nUSER app\n", False),
        ("FROM debian\nARG U\nUSER $U\n", None),
        ("FROM debian\nARG U=app\nUSER $U\n", False),
        ("FROM debian AS a\nUSER app\nFROM a\n", False),
        ("FROM debian AS a\nUSER app\nFROM debian\n", True),
        ("FROM debian AS a\nONBUILD USER app\nFROM a\n", False),
        ("FROM debian\nONBUILD USER app\n", True),
        ("FROM x/distroless/base:nonroot\n", False),
        ("FROM x/distroless/base\n", True),
        ("FROM chainguard/wolfi-base\n", True),
        ("FROM cgr.example/chainguard/node\n", False),
        ("FROM bitnami/redis\n", False),
        ("ARG B\nFROM $B\n", None),
        ("FROM debian\nRUN <<E\nUSER app\nE\n", True),
    ],
)
def test_the_effective_user(text: str, root: bool | None) -> None:
    assert start_of(memory_subject(text)).user.root is root


def test_the_image_answers_where_the_dockerfile_does_not() -> None:
    passwd = "root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/root:/bin/sh\napp:x:7:7::/:/bin/sh\n"
    layers = (LayerSketch({"etc/passwd": passwd, "bin/sh": "x"}),)
    assert (
        start_of(memory_subject("FROM x\n", image=ImageSketch(layers, user="app"))).user.root
        is False
    )
    assert start_of(memory_subject("FROM x\n", image=ImageSketch(layers))).user.root is True
    toor = memory_subject("FROM x\nUSER toor\n", image=ImageSketch(layers))
    assert start_of(toor).user.root is True


@pytest.mark.parametrize(
    ("reference", "family"),
    [
        ("debian:12", Family.DEBIAN),
        ("docker.example/library/python:3.12-slim", Family.DEBIAN),
        ("python:3.12-alpine3.20", Family.ALPINE),
        ("localhost:5000/team/alpine", Family.ALPINE),
        ("redhat.example/ubi9/ubi-minimal:9.4", Family.RHEL),
        ("scratch", Family.SCRATCH),
        ("x.example/distroless/static", Family.DISTROLESS),
        ("mcr.example/windows/nanoserver:ltsc2022", Family.WINDOWS),
        ("golang:1.22-windowsservercore", Family.WINDOWS),
        ("microsoft/windowsservercore:ltsc2016", Family.WINDOWS),
        ("openjdk:8-jdk", Family.DEBIAN),
        ("openjdk:21", Family.UNKNOWN),
        ("team/unknown:1", Family.UNKNOWN),
    ],
)
def test_families_by_name(reference: str, family: Family) -> None:
    assert family_by_name(reference) is family


def test_references_are_split() -> None:
    one = split_reference("localhost:5000/a/b:1@sha256:ff")
    assert (one.registry, one.path, one.tag, one.digest) == (
        "localhost:5000", "a/b", "1", "sha256:ff",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('FROM x\nENTRYPOINT ["tini", "--", "gosu", "a", "node"]\n', {"tini", "gosu"}),
        ('FROM x\nCMD ["sh", "-c", "chown a b && exec app"]\n', {"sh", "chown", "app"}),
        ("FROM x\nCMD exec nginx -g 'daemon off;'\n", {"exec", "nginx"}),
        ('FROM x AS a\nENTRYPOINT ["one"]\nFROM a\nCMD ["two"]\n', {"one", "two"}),
        ('FROM x AS a\nCMD ["two"]\nFROM a\nENTRYPOINT ["one"]\n', {"one"}),
    ],
)
def test_what_runs(text: str, names: set[str]) -> None:
    found = {one.name for one in start_programs(start_of(memory_subject(text))).commands}
    assert names <= found
    if "two" not in names:
        assert "two" not in found


def test_a_script_of_the_context_is_read_and_a_missing_one_is_said() -> None:
    text = 'FROM x\nWORKDIR /a\nCOPY scripts/ bin/\nENTRYPOINT ["./bin/run.sh"]\n'
    subject = memory_subject(text, files={"scripts/run.sh": "#!/bin/sh\nexec su-exec app web\n"})
    programs = start_programs(start_of(subject))
    assert programs.named("su-exec") is not None
    assert programs.scripts == ("/a/bin/run.sh",)
    unread = start_programs(start_of(memory_subject(text)))
    assert unread.unread == ("./bin/run.sh",)


def test_a_script_that_calls_itself_ends() -> None:
    text = 'FROM x\nCOPY run.sh /\nENTRYPOINT ["/run.sh"]\n'
    subject = memory_subject(text, files={"run.sh": "#!/bin/sh\n/run.sh\nEOF\n"})
    assert start_programs(start_of(subject)).scripts == ("/run.sh",)
