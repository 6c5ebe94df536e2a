"""What the examples of the rules about files and downloads cannot show: content of archives,
frontends, preconditions."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
from collections.abc import Callable

import pytest
import zstandard

from hardening.dockerfile import parse
from hardening.model import Finding, Safety, Verdict
from hardening.opening import memory_subject
from hardening.rewrites.frontend import frontend_version, require_frontend
from hardening.rules import rule_by_id
from hardening.rules.support_copy import checksum_name, is_tar


def archive() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        info = tarfile.TarInfo("app")
        info.size = 3
        tar.addfile(info, io.BytesIO(b"abc"))
    return buffer.getvalue()


def findings(rule: str, text: str, **files: str | bytes) -> tuple[Finding, ...]:
    found = rule_by_id(rule)
    assert found is not None
    return found.run(memory_subject(text, files=files))


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstandard.compress,
}


@pytest.mark.parametrize("packer", PACKERS)
def test_add_of_an_archive_is_right_whatever_its_name(packer: str) -> None:
    data = PACKERS[packer](archive())
    assert is_tar(data)
    assert not findings("add-instead-of-copy", "FROM a\nADD app.bin /\n", **{"app.bin": data})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04",
        b"\x1f\x8b",
        gzip.compress(b"no tar", mtime=0),
        b"\0" * 1024,
        b"BZh9x",
        b"\xfd7zXZ\0junk",
        b"\x28\xb5\x2f\xfdjunk",
        b"x" * 600,
    ],
)
def test_what_is_no_archive(data: bytes) -> None:
    assert not is_tar(data)
    (finding,) = findings("add-instead-of-copy", "FROM a\nADD f.tgz /\n", **{"f.tgz": data})
    assert finding.fixes[0].safety is Safety.SAFE


def test_without_its_file_an_add_is_for_review() -> None:
    (finding,) = findings("add-instead-of-copy", "FROM a\nADD app /\n")
    assert finding.fixes[0].safety is Safety.REVIEW


@pytest.mark.parametrize(
    ("line", "version", "edited"),
    [
        ("", None, True),
        ("# syntax=docker/dockerfile:1\n", (1, None), False),
        ("# syntax=docker/dockerfile:1.4\n", (1, 4), True),
        ("# syntax=docker/dockerfile:1.12-labs\n", (1, 12), False),
        ("# syntax=docker.io/docker/dockerfile:1.9.0@sha256:" + "0" * 64 + "\n", (1, 9), True),
        ("# syntax=docker/dockerfile:labs\n", (1, None), False),
        ("# syntax=registry.example/frontend:3\n", None, False),
    ],
)
def test_frontends(line: str, version: tuple[int, int | None] | None, edited: bool) -> None:
    dockerfile = parse(f"{line}FROM a\n")
    assert frontend_version(dockerfile) == version
    edit = require_frontend(dockerfile, 1, 10)
    assert (edit is not None) is edited
    if edit is not None:
        text = edit.span.slice(dockerfile.text)
        changed = (
            dockerfile.text.replace(text, edit.text, 1) if text else edit.text + dockerfile.text
        )
        assert frontend_version(parse(changed)) == (1, None)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://a.example/install.sh", "INSTALL_SH_SHA256"),
        ("https://a.example/x/tool-${V}.tar.gz?raw=1", "TOOL_TAR_GZ_SHA256"),
        ("https://a.example/7z", "DOWNLOAD_7Z_SHA256"),
        ("$URL", "DOWNLOAD_SHA256"),
    ],
)
def test_name_of_a_checksum(address: str, name: str) -> None:
    assert checksum_name(address) == name


def unmet(finding: Finding) -> list[str]:
    return [
        one.statement for one in finding.fixes[0].preconditions if one.verdict is Verdict.UNKNOWN
    ]


def test_ignore_lines_are_for_review_when_the_version_comes_from_git() -> None:
    files = {".git/HEAD": "ref", "pyproject.toml": "[tool.setuptools_scm]\n"}
    (finding,) = findings("context-without-ignore-file", "FROM a\nCOPY . /srv\n", **files)
    assert unmet(finding) == ["The build does not read its version from git"]


def test_ignore_lines_keep_certificates_that_hold_no_key() -> None:
    certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n"
    (finding,) = findings(
        "context-without-ignore-file", "FROM a\nCOPY . /srv\n", **{"ca.pem": certificate}
    )
    assert "*.pem" not in finding.fixes[0].edits[0].text
    (finding,) = findings("context-without-ignore-file", "FROM a\nCOPY . /srv\n", **{"ca.pem": ""})
    assert "*.pem" not in finding.fixes[0].edits[0].text


def test_ignore_lines_after_an_exception_are_for_review() -> None:
    files = {".dockerignore": "*\n!src\n!.git\n", ".git/HEAD": "x", "src/a": "b"}
    (finding,) = findings("context-without-ignore-file", "FROM a\nCOPY . /srv\n", **files)
    assert "The lines do not undo an exception" in unmet(finding)
