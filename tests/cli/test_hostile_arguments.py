"""Whatever a command is given: a code of its own and words, never a traceback or a bug."""

from __future__ import annotations

import gzip
import io
import json
import os
import socket
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import DOCKERFILE, Run

NAMES = (
    "", " ", ".", "..", "/", "/dev/null", "-x", "--", "a b", "a\nb", "ü漢\u202e", "a" * 5000,
    "caf\udce9", "\x1b[31m", "[red]x[/red]", "@", "a@b@c", "a@sha256:zz", ":", "a:b:c", "UPPER",
    "registry.example:5000/a/b:c@sha256:" + "0" * 64, "https://registry.example/x", "docker://x",
    "oci:x", "../../../../etc/shadow", "~/.ssh/id_rsa", "*", "$(id)", "%s%n", "\\\\host\\share",
    "nothing.tar", "nothing.json", "a\0b",
)  # fmt: skip


def _tar(**members: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


MANIFEST = "manifest.json"
CONTENTS: dict[str, bytes] = {
    "empty": b"",
    "nul": b"\0" * 4096,
    "newlines": b"\n" * 5000,
    "returns": b"FROM a\rRUN b\r",
    "bom": b"\xef\xbb\xbfFROM a\n",
    "utf16": "FROM a\n".encode("utf-16"),
    "latin": b"FROM a\nLABEL a=caf\xe9\n",
    "escapes": b"FROM \x1b[2J\x1b]0;x\x07\nRUN \x1b[31m\n",
    "one-line": b"RUN " + b"a" * (1 << 20),
    "heredoc": b"FROM a\nRUN <<EOF\nnever ended\n",
    "continued": b"FROM a\nRUN x \\\n",
    "quotes": b'FROM a\nCMD ["a", \'b\nENV A="\n',
    "no-from": b"RUN x\n",
    "brackets": b"FROM a\nRUN echo '" + b"[" * 100_000 + b"' > /etc/apt/sources.list\n",
    "blanks": b"FROM a\nRUN echo 'strict-ssl" + b" " * 100_000 + b"' > .npmrc\n",
    "nested.json": b"[" * 100_000,
    "nested-object.json": b'{"a":' * 100_000,
    "wrong.json": b'{"bomFormat": "CycloneDX", "components": 7}',
    "wrong-spdx.json": b'{"spdxVersion": "SPDX-2.3", "packages": [1, null, {"name": []}]}',
    "wrong-own.json": b'{"schema": "drydock.sbom/1", "packages": [{"name": 1}], "image": 4}',
    "null.json": b"null",
    "number.json": b"1e999",
    "cut.json": b'{"id": "CVE-1", "affected": [',
    "osv.json": b'{"id": 5, "affected": [{"package": 3}], "modified": []}',
    "lines.jsonl": b'{"id": "CVE-1"}\n' * 3 + b"{\n",
    "sarif.json": b'{"runs": [{"results": [{"locations": 4}], "tool": []}]}',
    "hadolint.json": b'[{"line": "x", "code": null}]',
    "gzip.tar.gz": gzip.compress(b"x" * 100)[:20],
    "gzip-of-gzip.tgz": gzip.compress(gzip.compress(b"x")),
    "zstd.tar.zst": b"\x28\xb5\x2f\xfd" + b"\0" * 64,
    "xz.json.xz": b"\xfd7zXZ\0" + b"\0" * 64,
    "zip.zip": b"PK\x03\x04" + b"\0" * 64,
    "tar-cut.tar": _tar(a=b"x" * 5000)[:1500],
    "tar-no-image.tar": _tar(a=b"x"),
    "tar-manifest.tar": _tar(**{MANIFEST: b"{}"}),
    "tar-wrong.tar": _tar(**{MANIFEST: b'[{"Config": 1, "Layers": {}}]'}),
    "tar-missing.tar": _tar(**{MANIFEST: b'[{"Config": "../x", "Layers": ["/etc/passwd"]}]'}),
    "tar-deep.tar": _tar(**{MANIFEST: b"[" * 50_000}),
    "toml": b"[[ignore]]\nrule = 4\n",
    "compose.yaml": b"services: {a: &a {build: *a}}\n",
    "compose-deep.yaml": b"services: " + b"{a: " * 2000,
    "compose-list.yaml": b"services: [1, 2]\n",
}
COMMANDS: dict[str, Callable[[str], list[str]]] = {
    "screen": lambda one: [one],
    "check": lambda one: ["check", one],
    "check-image": lambda one: ["check", "--image", one, "--offline"],
    "check-import": lambda one: ["check", "Dockerfile", "--import", one, "--format", "json"],
    "check-context": lambda one: ["check", "Dockerfile", "--context", one],
    "fix": lambda one: ["fix", one, "--safety", "review", "--offline"],
    "fix-output": lambda one: ["fix", "Dockerfile", "--output", one, "--offline"],
    "base": lambda one: ["base", one, "--offline"],
    "base-choose": lambda one: ["base", "Dockerfile", "--choose", one, "--offline"],
    "layers": lambda one: ["layers", one],
    "sbom": lambda one: ["sbom", one, "--format", "text"],
    "vulns": lambda one: ["vulns", one],
    "secrets": lambda one: ["secrets", one],
    "db-import": lambda one: ["db", "import", one],
    "db-update": lambda one: ["db", "update", one, "--offline"],
    "rules": lambda one: ["rules", one],
    "demo": lambda one: ["demo", one],
}
ONLY_NAMES = {"fix-output", "base-choose", "db-update", "rules", "demo"}
WALKS = {"/", "..", "*"}
"""Names of whole trees outside the test's folder."""


@pytest.fixture(autouse=True)
def alone(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of its own, no engine, its own store and cache."""
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    monkeypatch.setenv("DRYDOCK_DATA_DIR", str(project / "data"))
    monkeypatch.setenv("DRYDOCK_CACHE_DIR", str(project / "cache"))
    return project


def _in_words(run: Run, arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.code in (0, 1, 2), (arguments, result.err)
    assert "bug in drydock" not in result.err and "Traceback" not in result.err
    if result.code == 2 and not result.out:
        assert result.err.startswith("drydock: "), arguments
    if arguments[0] != "fix":  # A patch is exact: it holds the bytes of the file.
        assert "\x1b" not in result.out, arguments
    assert "\x1b" not in result.err, arguments


@pytest.mark.parametrize("command", COMMANDS)
def test_any_name(run: Run, command: str) -> None:
    for name in NAMES:
        if name in WALKS:
            continue
        _in_words(run, COMMANDS[command](name))


@pytest.mark.parametrize("command", [one for one in COMMANDS if one not in ONLY_NAMES])
def test_any_file(run: Run, alone: Path, command: str) -> None:
    for name, data in CONTENTS.items():
        path = alone / name
        path.write_bytes(data)
        _in_words(run, COMMANDS[command](name))
        path.unlink()


@pytest.mark.parametrize("command", [one for one in COMMANDS if one not in ONLY_NAMES])
def test_what_is_no_regular_file(run: Run, alone: Path, command: str) -> None:
    (alone / "loop").symlink_to("loop")
    (alone / "gone").symlink_to("nowhere")
    (alone / "empty-folder").mkdir()
    (alone / "layout").mkdir()
    (alone / "layout" / "oci-layout").write_text("{}")
    (alone / "layout" / "index.json").write_text(json.dumps({"manifests": [{"digest": "../x"}]}))
    (alone / "folder-link").symlink_to("empty-folder")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
        for name in ("loop", "gone", "empty-folder", "layout", "folder-link", "socket"):
            _in_words(run, COMMANDS[command](name))


def test_a_link_that_is_written_to_stays_one(run: Run, alone: Path) -> None:
    (alone / "target").write_text("old")
    (alone / "link").symlink_to("target")
    assert run("fix", "Dockerfile", "--output", "link", "--offline").code == 0
    assert (alone / "link").is_symlink()
    assert (alone / "target").read_text().startswith("FROM debian:12")


def test_a_device_is_written_into_and_not_replaced(run: Run, alone: Path) -> None:
    assert run("fix", "Dockerfile", "--output", os.devnull, "--offline").code == 0
    assert run("rules", "--output", os.devnull).code == 0
    assert not Path(os.devnull).is_file()


@pytest.mark.parametrize(
    "command", ["check", "layers", "sbom", "vulns", "secrets", "base", "rules"]
)
def test_results_go_to_a_file_whole_or_not_at_all(run: Run, alone: Path, command: str) -> None:
    from hardening.sample import samples

    image = next(one.image for one in samples() if one.image is not None)
    target = {"check": "Dockerfile", "base": "Dockerfile", "rules": "root-user"}.get(command, image)
    printed = run(command, str(target))
    written = run(command, str(target), "--output", "out.txt")
    assert written.code == printed.code and written.out == ""
    assert (alone / "out.txt").read_text() == printed.out
    assert written.err == "drydock: wrote out.txt\n"
    assert run(command, str(target), "--output", "out.txt", "--quiet").err == ""
    refused = run(command, str(target), "--output", "no/such/folder")
    assert refused.code == 2 and "Cannot write no/such/folder" in refused.err
    assert (alone / "Dockerfile").read_text() == DOCKERFILE
