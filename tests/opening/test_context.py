"""The build context as the builder sees it, on disk and in memory."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from hardening.context import FilteredContext, FolderContext, MemoryContext, default_ignore_path
from hardening.context import source as context_source
from hardening.dockerfile.ignore import IgnoreFile

Make = Callable[[dict[str, str], str | None], FilteredContext]

FILES = {
    "app.py": "print()",
    ".env": "TOKEN=x",
    "src/main.go": "package main",
    "src/main_test.go": "package main",
    "docs/a.md": "a",
    "docs/keep/b.md": "b",
    "node_modules/x/index.js": "x",
}


def _in_memory(files: dict[str, str], ignore: str | None) -> FilteredContext:
    rules = None if ignore is None else IgnoreFile(ignore)
    return MemoryContext(
        files, ignore=rules, ignore_path=None if ignore is None else ".dockerignore"
    )


@pytest.fixture(params=["folder", "memory"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    if request.param == "memory":
        return _in_memory

    def on_disk(files: dict[str, str], ignore: str | None) -> FilteredContext:
        for name, text in files.items():
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        rules = None if ignore is None else IgnoreFile(ignore)
        path = None if ignore is None else ".dockerignore"
        return FolderContext(tmp_path, ignore=rules, ignore_path=path)

    return on_disk


def test_without_an_ignore_file_everything_is_sent(make: Make) -> None:
    context = make(FILES, None)
    assert sorted(context.paths()) == sorted(FILES)
    assert context.ignore_path is None
    assert default_ignore_path(context) == ".dockerignore"
    assert context.exists("src") and context.is_directory("src")
    assert context.exists("src/main.go") and not context.is_directory("src/main.go")
    assert not context.exists("nothing") and not context.is_directory("nothing")
    assert context.exists(".") and context.is_directory("/")


def test_the_ignore_file_hides_paths(make: Make) -> None:
    context = make(FILES, "node_modules\n.env\n**/*_test.go\n")
    assert sorted(context.paths()) == ["app.py", "docs/a.md", "docs/keep/b.md", "src/main.go"]
    assert sorted(context.all_paths()) == sorted(FILES)
    assert context.is_ignored(".env") and not context.exists(".env")
    assert context.read(".env") is None
    assert context.read("app.py") == b"print()"
    assert context.read("app.py", limit=3) == b"pri"
    assert not context.is_directory("node_modules")


def test_an_exception_below_an_ignored_folder_is_seen(make: Make) -> None:
    context = make(FILES, "docs\n!docs/keep\nnode_modules\n")
    assert sorted(context.paths()) == [
        ".env", "app.py", "docs/keep/b.md", "src/main.go", "src/main_test.go",
    ]  # fmt: skip
    assert context.exists("docs"), "the folder is sent for the sake of what is in it"
    assert not context.exists("docs/a.md")


def test_an_exception_with_a_wildcard_reopens_every_folder(make: Make) -> None:
    context = make(FILES, "*\n!**/*.md\n")
    assert sorted(context.paths()) == ["docs/a.md", "docs/keep/b.md"]


def test_globs_are_those_of_copy(make: Make) -> None:
    context = make(FILES, ".env\n")
    assert context.glob("*.py") == ("app.py",)
    assert context.glob("src/*.go") == ("src/main.go", "src/main_test.go")
    assert context.glob("s?c") == ("src",)
    assert context.glob(".") == (".",)
    assert context.glob("/") == (".",)
    assert context.glob("./src/") == ("src",)
    assert context.glob("../../src") == ("src",), "nothing leaves the context"
    assert context.glob("[") == ()
    assert context.glob(".e*") == (), "an ignored file is not there"
    assert context.glob("docs/*/b.md") == ("docs/keep/b.md",)
    assert context.glob("app.py/x") == ()


def test_files_can_be_written_over_it(make: Make) -> None:
    context = make(FILES, None).with_files({"new/run.sh": b"echo", "app.py": b"changed"})
    assert context.exists("new") and context.glob("new/*.sh") == ("new/run.sh",)
    assert context.read("app.py") == b"changed"
    assert context.read("docs/a.md") == b"a"
    assert sorted(context.paths()) == sorted([*FILES, "new/run.sh"])
    again = context.with_files({"app.py": b"twice"})
    assert again.read("app.py") == b"twice" and again.exists("new/run.sh")


def test_links_are_there_and_never_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("s")
    root = tmp_path / "root"
    root.mkdir()
    (root / "link").symlink_to(outside)
    (root / "file").symlink_to(outside / "secret")
    (root / "loop").symlink_to(root)
    context = FolderContext(root)
    assert sorted(context.paths()) == ["file", "link", "loop"]
    assert context.exists("link") and not context.is_directory("link")
    assert not context.exists("link/secret") and context.read("link/secret") is None
    assert context.read("file") is None
    assert context.glob("link/*") == () and context.glob("*/secret") == ()
    assert context.read("../outside/secret") is None


def test_odd_files_are_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "a").write_text("x")
    context = FolderContext(tmp_path)
    assert sorted(context.paths()) == ["a", "pipe"]
    assert context.read("pipe") is None
    assert context.read("a\0b") is None and not context.exists("a\0b")
    assert context.read("a" * 5000) is None


def test_a_listing_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context_source, "MAX_PATHS", 10)
    for number in range(30):
        (tmp_path / f"f{number}").write_text("")
    context = FolderContext(tmp_path)
    assert not context.truncated
    assert len(list(context.paths())) == 10
    assert context.truncated


def test_nothing_is_listed_before_it_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_text("x")

    def refuse(path: str) -> object:
        raise AssertionError(f"listed {path}")

    monkeypatch.setattr(os, "scandir", refuse)
    context = FolderContext(tmp_path, ignore=IgnoreFile("*.log\n"), ignore_path=".dockerignore")
    assert context.exists("a") and not context.exists("b.log")
    assert context.glob("a") == ("a",)
    assert context.read("a") == b"x"


def test_below_lists_one_part(make: Make) -> None:
    context = make(FILES, "docs\n!docs/keep\n.env\n")
    assert list(context.below("src")) == ["src/main.go", "src/main_test.go"]
    assert list(context.below("docs")) == ["docs/keep/b.md"]
    assert list(context.below("app.py")) == ["app.py"]
    assert list(context.below(".env")) == [] and list(context.below("nothing")) == []
    assert list(context.below(".")) == list(context.paths()) == list(context.paths())


def test_a_listing_can_be_left_and_taken_up(make: Make) -> None:
    context = make(FILES, None)
    first = next(context.paths())
    assert next(context.paths()) == first
    assert sorted(context.paths()) == sorted(FILES)
