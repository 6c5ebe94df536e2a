"""Moving to another base, built for real: the diff is right, and the image comes out of it.

Minimal Debian stands in for releases of the official image `perl`: only names matter here.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardening.advisories.importing import import_path
from hardening.cli import main
from tests.cli.test_vulns import record
from tests.engine import client, docker
from tests.lab.conftest import build

STANDING_IN = (
    "perl:5.40", "perl:5.40-slim", "perl:5.40-bookworm", "perl:5.40-slim-bookworm",
    "perl:5.40-slim-trixie", "perl:5.44-slim-trixie", "perl:5.40.5-slim-bookworm",
    "perl:5.38-slim-bullseye",
)  # fmt: skip
OLD = "sha256:" + "0" * 64


@pytest.fixture(scope="module")
def bases(base_images: None) -> Iterator[None]:
    """Names that the engine has not, for as long as these tests run."""
    have = set(docker("images", "--format", "{{.Repository}}:{{.Tag}}").split())
    made = [name for name in STANDING_IN if name not in have]
    for name in made:
        docker("tag", "debian:12-slim", name)
    yield
    subprocess.run([client(), "rmi", *made], capture_output=True, check=False)


CASES = {
    "single stage": (
        "FROM perl:5.38-slim-bullseye\nRUN perl -e 1\nUSER 1000\n",
        "system-or-minor",
        "FROM perl:5.40-slim-bookworm\nRUN perl -e 1\nUSER 1000\n",
    ),
    "alias and comments": (
        "# what ships\nFROM perl:5.38-slim-bullseye AS Run\n# end\nUSER 1000\n",
        "",
        "# what ships\nFROM perl:5.40-slim-bookworm AS Run\n# end\nUSER 1000\n",
    ),
    "lower case": (
        "from perl:5.38-slim-bullseye as run\nrun perl -e 1\n",
        "",
        "from perl:5.40-slim-bookworm as run\nrun perl -e 1\n",
    ),
    "several stages, all": (
        "FROM perl:5.38-slim-bullseye AS a\nRUN echo a > /a\n"
        "FROM perl:5.38-slim-bullseye\nCOPY --from=a /a /a\n",
        "",
        "FROM perl:5.40-slim-bookworm AS a\nRUN echo a > /a\n"
        "FROM perl:5.40-slim-bookworm\nCOPY --from=a /a /a\n",
    ),
    "a stage on a stage": (
        "FROM perl:5.38-slim-bullseye AS base\nRUN echo a > /a\nFROM base\nRUN cat /a\n",
        "",
        "FROM perl:5.40-slim-bookworm AS base\nRUN echo a > /a\nFROM base\nRUN cat /a\n",
    ),
    "argument": (
        "ARG V=5.38-slim-bullseye\nFROM perl:${V}\nRUN perl -e 1\n",
        "",
        "ARG V=5.40-slim-bookworm\nFROM perl:${V}\nRUN perl -e 1\n",
    ),
    "two arguments": (
        "ARG V=5.38\nARG SUITE=bullseye\nFROM perl:$V-slim-${SUITE}\n",
        "",
        "ARG V=5.40\nARG SUITE=bookworm\nFROM perl:$V-slim-${SUITE}\n",
    ),
    "argument without a default": (
        "ARG V\nFROM perl:${V:-5.38-slim-bullseye}\n",
        "",
        "ARG V\nFROM perl:${V:-5.40-slim-bookworm}\n",
    ),
    "argument used twice": (
        "ARG V=5.38\nFROM perl:$V-slim-bullseye AS a\nRUN echo a > /a\n"
        "FROM perl:$V-slim-bullseye\nCOPY --from=a /a /a\n",
        "",
        "ARG V=5.40\nFROM perl:$V-slim-bookworm AS a\nRUN echo a > /a\n"
        "FROM perl:$V-slim-bookworm\nCOPY --from=a /a /a\n",
    ),
    "argument for part and tag": (
        "ARG IMAGE=perl\nFROM ${IMAGE}:5.38-slim-bullseye\n",
        "",
        "ARG IMAGE=perl\nFROM ${IMAGE}:5.40-slim-bookworm\n",
    ),
    "platform": (
        "FROM --platform=$BUILDPLATFORM perl:5.38-slim-bullseye AS a\nRUN echo a > /a\n"
        "FROM --platform=$BUILDPLATFORM perl:5.38-slim-bullseye\nCOPY --from=a /a /a\n",
        "",
        "FROM --platform=$BUILDPLATFORM perl:5.40-slim-bookworm AS a\nRUN echo a > /a\n"
        "FROM --platform=$BUILDPLATFORM perl:5.40-slim-bookworm\nCOPY --from=a /a /a\n",
    ),
    "copy from an image": (
        "FROM perl:5.38-slim-bullseye\nCOPY --from=debian:12-slim /etc/debian_version /v\n",
        "",
        "FROM perl:5.40-slim-bookworm\nCOPY --from=debian:12-slim /etc/debian_version /v\n",
    ),
    "here-document": (
        "# syntax=docker/dockerfile:1\nFROM perl:5.38-slim-bullseye\nRUN <<EOF\n"
        "echo FROM perl:5.38-slim-bullseye > /f\nEOF\n",
        "no build",
        "# syntax=docker/dockerfile:1\nFROM perl:5.40-slim-bookworm\nRUN <<EOF\n"
        "echo FROM perl:5.38-slim-bullseye > /f\nEOF\n",
    ),
    "windows line ends and a continuation": (
        "FROM \\\r\n  perl:5.38-slim-bullseye \\\r\n  AS run\r\nRUN perl -e 1\r\n",
        "",
        "FROM \\\r\n  perl:5.40-slim-bookworm \\\r\n  AS run\r\nRUN perl -e 1\r\n",
    ),
    "a patch release": (
        "FROM perl:5.40.1-slim-bookworm\nRUN perl -e 1\n",
        "patch-5-40-5-slim-bookworm",
        "FROM perl:5.40.5-slim-bookworm\nRUN perl -e 1\n",
    ),
    "a newer row by name": (
        "FROM perl:5.38-slim-bullseye\nRUN perl -e 1\n",
        "minor-5-44-slim-trixie",
        "FROM perl:5.44-slim-trixie\nRUN perl -e 1\n",
    ),
    "slim for what ships alone": (
        "FROM perl:5.40 AS a\nRUN echo a > /a\nFROM perl:5.40\nCOPY --from=a /a /a\n",
        "flavour-5-40-slim",
        "FROM perl:5.40 AS a\nRUN echo a > /a\nFROM perl:5.40-slim\nCOPY --from=a /a /a\n",
    ),
}


@pytest.mark.parametrize("name", sorted(CASES))
def test_the_patch_is_right_and_builds(
    name: str,
    bases: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before, row, after = CASES[name]
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "Dockerfile"
    file.write_bytes(before.encode())
    wanted = row if "-5" in row else "1"
    assert main(["base", ".", "--choose", wanted, "--write"]) == 0, capsys.readouterr().err
    assert file.read_bytes().decode() == after
    if row != "no build":  # a syntax line asks a registry for its frontend
        tag = "drydock-lab/bases:test"
        try:
            build(tmp_path, tag)
        finally:
            subprocess.run([client(), "rmi", "-f", tag], capture_output=True, check=False)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("FROM debian\n", "Only tags with a release"),
        (f"FROM debian@{OLD}\n", "Only tags with a release"),
        ("FROM registry.example:5000/team/perl:5.38-slim-bullseye\n", "Only tags with a release"),
        ("ARG V\nFROM perl:$V\n", "a variable without a value"),
        ("FROM scratch\nCOPY . /\n", "The base is scratch"),
    ],
)
def test_what_has_no_rows_says_why(
    text: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "Dockerfile").write_text(text)
    assert main(["base", str(tmp_path)]) == 0
    assert words in capsys.readouterr().out
    assert main(["base", str(tmp_path), "--choose", "1"]) == 2
    assert (tmp_path / "Dockerfile").read_text() == text


def test_rows_that_the_engine_holds_have_numbers(
    bases: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Of a base without `tzdata` beside one with it: what mends is counted, and comes first."""
    monkeypatch.setenv("DRYDOCK_DATA_DIR", str(tmp_path / "data"))
    feed = tmp_path / "feed.jsonl"
    rows = (record("CVE-2026-1", "Debian:12", "tzdata", "9999"),
            record("CVE-2026-2", "Debian:12", "glibc", "99"))  # fmt: skip
    feed.write_text("\n".join(json.dumps(one) for one in rows))
    import_path(feed)
    without = tmp_path / "without"
    without.mkdir()
    (without / "Dockerfile").write_text("FROM debian:12-slim\nRUN dpkg --purge tzdata\n")
    build(without, "perl:5.40-slim-trixie")
    app = tmp_path / "app"
    app.mkdir()
    (app / "Dockerfile").write_text("FROM perl:5.40-slim-bullseye\nUSER 1000\n")
    docker("tag", "debian:12-slim", "perl:5.40-slim-bullseye")
    try:
        assert main(["base", str(app), "--compare", "--format", "json"]) == 0
        told = json.loads(capsys.readouterr().out)
    finally:
        docker("tag", "debian:12-slim", "perl:5.40-slim-trixie")
        docker("rmi", "perl:5.40-slim-bullseye")
    first, second = told["rows"][:2]
    assert told["vulnerabilities"]["total"] == 2
    assert first["image"] == "perl:5.40-slim-trixie"
    assert sum(first["vulnerabilities"]["fixed"].values()) == 1
    assert sum(first["vulnerabilities"]["brought"].values()) == 0
    assert second["image"] == "perl:5.40-slim-bookworm"
    assert sum(second["vulnerabilities"]["fixed"].values()) == 0
    assert sum(second["vulnerabilities"]["remaining"].values()) == 2
    assert first["size_bytes"] > 0
    unknown = [row for row in told["rows"] if row["vulnerabilities"] is None]
    assert all("no image" in row["vulnerabilities_note"] for row in unknown)
