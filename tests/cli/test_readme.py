"""Every command and option that README.md and docs/ show is one that drydock takes, and runs."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import zipfile
from pathlib import Path

import pytest

from hardening.cli import main
from hardening.opening import OpenRequest
from tests.cli.conftest import Run

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
FLASK = ROOT / "sample_dockerfiles" / "python-flask"
IMAGE = "app:1.2"
"""The engine's image of the examples: here an archive stands for it."""


def _commands() -> list[str]:
    """The lines of README's shell blocks that call drydock."""
    text = (ROOT / "README.md").read_text()
    blocks = re.findall(r"```sh\n(.*?)```", text, re.S)
    return [line for block in blocks for line in block.splitlines() if line.startswith("drydock")]


def _words(line: str, folder: Path) -> list[str]:
    """The arguments as a shell gives them: comments and redirections away, patterns expanded."""
    words = shlex.split(line.replace(IMAGE, "image.tar.gz"), comments=True)[1:]
    words = words[: words.index(">")] if ">" in words else words
    return [
        name
        for word in words
        for name in (
            sorted(str(one.relative_to(folder)) for one in folder.glob(word))
            if "*" in word
            else [word]
        )
    ]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the examples speak of: a project with an image, services, and advisories."""
    shutil.copytree(FLASK, tmp_path, dirs_exist_ok=True)
    (tmp_path / ".git").mkdir()
    shutil.copy(FLASK / "image.tar.gz", tmp_path / "app.tar")
    for one in ("path/to", "services/a", "services/b", "src"):
        (tmp_path / one).mkdir(parents=True)
        shutil.copy(FLASK / "Dockerfile", tmp_path / one)
    (tmp_path / "compose.yaml").write_text("services:\n  web:\n    build: .\n")
    record = {"id": "CVE-2026-1", "modified": "2026-01-01T00:00:00Z", "affected": []}
    with zipfile.ZipFile(tmp_path / "osv-debian.zip", "w") as archive:
        archive.writestr("CVE-2026-1.json", json.dumps(record))
    monkeypatch.setenv("DRYDOCK_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _run(run: Run, words: list[str]) -> tuple[int, str]:
    """The code and the errors; the screen is only asked for."""
    asked: list[OpenRequest] = []

    def screen(request: OpenRequest) -> int:
        asked.append(request)
        return 0

    if words and words[0] in ("check", "fix", "layers", "rules", "secrets", "sbom", "vulns", "base", "db"):  # fmt: skip  # noqa: E501
        result = run(*words)
        return result.code, result.err
    return main(words, screen=screen), ""


@pytest.mark.parametrize("line", _commands())
def test_a_command_of_the_readme_runs(run: Run, folder: Path, line: str) -> None:
    words = _words(line, folder)
    if words[:2] == ["db", "update"]:
        code, said = _run(run, [*words, "--offline"])
        assert code == 2 and "needs the network" in said, "its names are understood before"
        return
    code, said = _run(run, words)
    if words[:1] == ["vulns"]:
        assert code == 2 and said == "", "the store of the test knows none of its packages"
        return
    assert code in (0, 1), said
    assert not [one for one in said.splitlines() if one.startswith("  why:")]


def test_the_readme_shows_every_command(run: Run) -> None:
    shown = {line.split()[1] for line in _commands() if len(line.split()) > 1}
    text = (ROOT / "README.md").read_text()
    listed = re.findall(r"^  drydock (\w+) ", run("--help").out, re.M)
    assert len(listed) > 9
    for one in set(listed) - {"cache"}:
        assert one in shown or f"`drydock {one}" in text, one


def _help_of(run: Run, command: str) -> str:
    return run(*([command] if command else []), "--help").out


@pytest.mark.parametrize("page", PAGES, ids=lambda one: one.name)
def test_every_option_in_the_docs_exists(run: Run, page: Path) -> None:
    known = set(re.findall(r"drydock (\w+)", run("--help").out))
    for command, rest in re.findall(r"`drydock ?(\w*)([^`\n]*)`", page.read_text()):
        name = command if command in known else ""
        options = re.findall(r"(?<![\w-])--[a-z-]+", rest)
        for option in options:
            assert option in _help_of(run, name), f"{page.name}: drydock {command}{rest}"
