"""Commands inside other commands: followed where it is certain what runs, left alone elsewhere."""

from __future__ import annotations

import pytest

from hardening.dockerfile import Command, parse


def commands_of(text: str) -> tuple[Command, ...]:
    script = parse(f"FROM a\nRUN {text}\n").instructions[-1].shell
    assert script is not None and not script.errors
    return script.commands


def said(text: str) -> list[str]:
    return [
        " ".join([*(f"{name}:" for name in one.wrappers), *(word.text for word in one.words)])
        for one in commands_of(text)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("eval make install", ["eval: make install"]),
        ("eval make 'a b'", ["eval make 'a b'"]),
        ("eval make $X", ["eval: make $X"]),
        ('eval "$(x)"', ['eval "$(x)"', "x"]),
        ('sh -c "make -j$(nproc) && b"', ["sh: make -j$(nproc)", "sh: nproc", "sh: b"]),
        ('sh -c "make -j`nproc` && b"', ["sh: make -j`nproc`", "sh: nproc", "sh: b"]),
        ('sh -c "set -e; $(x)"', ['sh -c "set -e; $(x)"', "x"]),
        ('sh -c "a && `x`"', ['sh -c "a && `x`"', "x"]),
        ('sh -c "X=$(y) a" $(z)', ["sh: X=$(y) a".replace("X=$(y) ", ""), "sh: y", "z"]),
        ('sh -c "\\$(x)"', ["sh: $(x)", "sh: x"]),
        ("find / -exec sh -c 'a; b' {} +",
         ["find / -exec sh -c 'a; b' {} +", "find: sh: a", "find: sh: b"]),
        ("sudo find / -exec sh -c 'a' \\;",
         ["sudo: find / -exec sh -c 'a' \\;", "sudo: find: sh: a"]),
        ("find / -exec rm {} +", ["find / -exec rm {} +", "find: rm {}"]),
        ("bash -s <<< 'a; b'", ["bash -s", "bash: a", "bash: b"]),
        ("cat <<< 'a; b'", ["cat"]),
        ("flock /x -c 'a b'", ["flock: a b"]),
        ("flock -n /x a b", ["flock: a b"]),
        ("script -qec 'a b' /dev/null", ["script: a b"]),
        ("scl enable x 'a && b'", ["scl: a", "scl: b"]),
        ("scl enable x y -- a b", ["scl: a b"]),
        ("corepack yarn install", ["corepack: yarn install"]),
        ("corepack enable", ["corepack enable"]),
        ("mise exec node@20 -- npm ci", ["mise: npm ci"]),
        ("mise exec node@20", ["mise exec node@20"]),
        ("uv run --with x pip install y", ["uv: pip install y"]),
        ("ssh-agent -t 5 a b", ["ssh-agent: a b"]),
        ("ssh-agent", ["ssh-agent"]),
        ("s6-setuidgid user a b", ["s6-setuidgid: a b"]),
        ("alias a=b; a c", ["alias a=b", "a c"]),
    ],
)  # fmt: skip
def test_what_runs_inside(text: str, expected: list[str]) -> None:
    assert said(text) == expected


@pytest.mark.parametrize("opener", ["sudo -s", "sudo -iu x", "su - x", "sudo su", "sudo bash"])
def test_here_documents_of_a_shell_in_disguise(opener: str) -> None:
    names = [one.name for one in commands_of(f"{opener} <<EOF\na\nb\nEOF")]
    assert names[-2:] == ["a", "b"]


def test_a_here_document_of_sudo_without_a_shell_is_none() -> None:
    assert [one.name for one in commands_of("sudo tee /x <<EOF\na\nEOF")] == ["tee"]


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("$VENV/bin/pip", "pip"), ('"${VENV}/bin/pip"', "pip"), ('"$(brew --prefix)/bin/x"', "x"),
        ("$PIP", None), ("${PIP:-/usr/bin/pip}", None), ("$A/$B", None), ("$A/", None),
    ],
)  # fmt: skip
def test_a_program_in_a_folder_of_a_variable(word: str, name: str | None) -> None:
    (found,) = {one.name for one in commands_of(f"{word} install x") if len(one.words) > 2}
    assert found == name


@pytest.mark.parametrize(
    ("text", "folder"),
    [
        ("cd /a; X", "/a"), ("cd /a && cd b/../c && X", "/a/c"), ("cd a; X", ""), ("cd $A; X", ""),
        ("cd /a; cd $A; X", ""), ("cd /a; cd -; X", ""), ("cd /a; cd /b; cd -; X", "/a"),
        ("pushd /a; pushd /b; popd; X", "/a"), ("cd /a; pushd b; popd; X", "/a"),
        ("(cd /a; X)", "/a"), ("(cd /a); X", ""), ("cd /a; (cd /b); X", "/a"),
        ("cd /a || exit 1; X", "/a"), ("a || cd /a; X", ""), ("cd ~/a; X", "~/a"), ("cd; X", ""),
        ("cd -P /a; X", "/a"), ("cd /a | b; X", ""), ("cd /a; b | X", "/a"),
        ("if b; then cd /a; X; fi", "/a"), ("if b; then cd /a; fi; X", ""),
        ("cd /b; if c; then cd /a; else X; fi", "/b"), ("cd /b; if c; then d; fi; X", "/b"),
        ("f() { cd /a; }; X", ""), ("cd /b; f() { cd /a; }; f; X", ""), ("f() { cd /a; X; }", "/a"),
        ("sh -c 'cd /a; X'", "/a"), ("cd /a; sh -c 'X'", "/a"), ("sh -c 'cd /a'; X", ""),
        ("eval 'cd /a'; X", "/a"), ("y=$(cd /a; b); X", ""), ("y=$(cd /a; X)", "/a"),
        ("sudo cd /a; X", ""), ("for i in a b; do cd /a; X; done", "/a"),
        ("for i in a b; do cd /a; done; X", ""), ("cd /a >/dev/null; X", "/a"),
    ],
)  # fmt: skip
def test_where_a_command_stands(text: str, folder: str) -> None:
    (found,) = (one for one in commands_of(text) if one.name == "X")
    assert found.folder == folder
