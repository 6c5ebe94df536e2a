"""`.dockerignore` as Docker reads and matches it."""

from __future__ import annotations

import pytest

from hardening.dockerfile.ignore import IgnoreFile


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("a.go", "a.go", True),
        ("*", "a.go", True),
        ("*.go", "a.go", True),
        ("*.go", "sub/a.go", False),
        ("**/*.go", "sub/deep/a.go", True),
        ("**/*.go", "a.go", True),
        ("**", "a/b/c", True),
        ("**/", "a/b", True),
        ("**file", "dir/xfile", True),
        ("dir/**", "dir/a/b", True),
        ("dir/**", "dir", False),
        ("dir", "dir/a/b", True),
        ("dir/", "dir/a", True),
        ("/dir", "dir/a", True),
        ("./dir", "dir/a", True),
        ("dir/../other", "other/x", True),
        ("dir/", "dir", True),
        ("**/dir", "a/dir/b", True),
        ("a/*/c", "a/b/c/d", True),
        ("a/*/c", "a/b/d/c", False),
        ("a?c", "abc", True),
        ("a?c", "a/c", False),
        ("a[b-d]e", "ace", True),
        ("a[^b-d]e", "ace", False),
        ("a\\*b", "a*b", True),
        ("a\\*b", "axb", False),
        ("a.c", "abc", False),
        ("a+(b)|{c}$", "a+(b)|{c}$", True),
        ("README.md", "readme.md", False),
        ("é*", "école", True),
        ("**/.git", "a/.git/config", True),
        ("**/.foo", "bar.foo", False),
        ("a**/*.txt", "a/dir/dir/file.txt", True),
        (".", "a", False),
    ],
)
def test_one_pattern(pattern: str, path: str, expected: bool) -> None:
    assert IgnoreFile(pattern).ignored(path) is expected


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("*.md\n!README.md\n", "README.md", False),
        ("*.md\n!README.md\n", "other.md", True),
        ("!README.md\n*.md\n", "README.md", True),
        ("docs\n!docs/README.md\n", "docs/README.md", False),
        ("docs\n!docs/README.md\n", "docs/other", True),
        ("**\n!util/web\n", "util/web/foo", False),
        ("**\n!util/web\nutil/web/foo\n", "util/web/foo", True),
        ("*\n!a\na/b\n", "a/c", False),
        ("*\n!a\na/b\n", "a/b/c", True),
        ("# a\n", "# a", False),
        (" # a\n", "# a", True),
        ("\ufeffa\n", "a", True),
        ("a\r\nb\r\n", "a", True),
        ("  a  \n", "a", True),
        ("! a\nb", "a", False),
        ("a\n! a\n", "a", False),
        ("a\n!/a\n", "a", False),
        ("", "a", False),
    ],
)
def test_several_lines(text: str, path: str, expected: bool) -> None:
    assert IgnoreFile(text).ignored(path) is expected


def test_paths_may_be_written_in_other_ways() -> None:
    ignore = IgnoreFile("dir\n")
    assert ignore.ignored("./dir//a")
    assert ignore.ignored("/dir")
    assert not ignore.ignored(".")
    assert not ignore.ignored("")


def test_rules_know_where_they_stand() -> None:
    text = "\ufeff# c\n\n  /a/ \r\n! b\n"
    rules = IgnoreFile(text).rules
    assert [(one.pattern, one.negated, one.line) for one in rules] == [
        ("a", False, 3), ("b", True, 4),
    ]  # fmt: skip
    assert [one.span.slice(text) for one in rules] == ["/a/", "! b"]
    assert IgnoreFile(text).has_exceptions


@pytest.mark.parametrize(
    "pattern", ["!", "/!", "[", "a[", "[]a]", "[-x]", "[^", "a\\", "[b-a]", "\\é"]
)
def test_a_pattern_that_docker_refuses_says_so_and_matches_nothing(pattern: str) -> None:
    rule = IgnoreFile(pattern).rules[0]
    assert rule.problem
    assert not rule.matches("a")


def test_a_hostile_pattern_takes_linear_time() -> None:
    ignore = IgnoreFile("*a" * 200 + "\n" + "**/x" * 200 + "\n")
    assert not ignore.ignored("a" * 5_000 + "b")
