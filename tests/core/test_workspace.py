"""Splicing and diffs: git and patch accept the diff of any change, and it gives the new text."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardening.model import Edit, Span
from hardening.workspace import (
    EditError,
    Workspace,
    line_opcodes,
    prepare_edits,
    splice,
    split_lines,
)

LINES = st.lists(st.sampled_from(["a", "b", "c\r", "", "RUN x \\", "é"]), max_size=30)


def apply_with(tool: list[str], folder: Path, workspace: Workspace) -> None:
    for path, text in workspace.before.items():
        (folder / path).write_bytes(text.encode())
    patch = folder / "the.patch"
    patch.write_bytes(workspace.diff().encode())
    command = [*tool, str(patch)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr + done.stdout + workspace.diff()
    for path, text in workspace.after.items():
        assert (folder / path).read_bytes() == text.encode()


TEXTS = [
    ("a\nb\n", "a\nc\n"),
    ("a\nb", "a\nb\nc"),
    ("a\nb", "a\nb\n"),
    ("", "new\n"),
    ("x\n" * 40, "y\n" + "x\n" * 39 + "z\n"),
    ("a\r\nb\r\n", "a\r\nB\r\n"),
    ("".join(f"{n}\n" for n in range(60)), "".join(f"{n if n % 13 else 'q'}\n" for n in range(60))),
]


@pytest.mark.parametrize(("before", "after"), TEXTS)
@pytest.mark.parametrize(
    "tool", [["git", "apply"], ["patch", "-p1", "--binary", "-i"]], ids=["git", "patch"]
)
def test_tools_accept_the_diff(tmp_path: Path, before: str, after: str, tool: list[str]) -> None:
    apply_with(tool, tmp_path, Workspace(tmp_path, {"Dockerfile": before}, {"Dockerfile": after}))


@pytest.mark.parametrize("tool", [["git", "apply"], ["patch", "-p1", "-i"]], ids=["git", "patch"])
def test_new_file_and_odd_name(tmp_path: Path, tool: list[str]) -> None:
    before = {"Docker file": "FROM a\n"}
    after = {"Docker file": "FROM b\n", ".dockerignore": ".git\n"}
    apply_with(tool, tmp_path, Workspace(tmp_path, before, after))


@given(LINES, LINES, st.booleans())
@settings(max_examples=200, deadline=None)
def test_opcodes_rebuild_both_sides(old: list[str], new: list[str], end: bool) -> None:
    before = split_lines("\n".join(old) + ("\n" if end else ""))
    after = split_lines("\n".join(new))
    left, right = [], []
    for tag, i1, i2, j1, j2 in line_opcodes(before, after):
        if tag == "equal":
            assert before[i1:i2] == after[j1:j2]
        left.extend(before[i1:i2])
        right.extend(after[j1:j2])
    assert left == before
    assert right == after


@given(LINES, LINES)
@settings(max_examples=40, deadline=None)
def test_git_accepts_any_diff(
    tmp_path_factory: pytest.TempPathFactory, old: list[str], new: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("diff")
    before, after = "\n".join(old), "\n".join(new)
    if before != after and after:
        apply_with(
            ["git", "apply", "--whitespace=nowarn"],
            folder,
            Workspace(folder, {"f": before}, {"f": after}),
        )


def test_patched_lines_are_those_of_the_new_text(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path, {"f": "a\nb\nc\n"}, {"f": "a\nx\ny\nc\n"})
    assert workspace.patched_lines("f") == {2, 3}


def test_edits_use_the_files_own_newline() -> None:
    text = "FROM a\r\nRUN b\r\n"
    edits = prepare_edits(text, [Edit("f", Span(8, 8), "USER 1\n")])
    assert splice(text, edits) == "FROM a\r\nUSER 1\r\nRUN b\r\n"


def test_overlap_is_refused() -> None:
    with pytest.raises(EditError):
        prepare_edits("abcdef", [Edit("f", Span(0, 3), "x"), Edit("f", Span(2, 4), "y")])
    with pytest.raises(EditError):
        prepare_edits("abc", [Edit("f", Span(2, 9), "x")])
