"""Variables outside of RUN, with Docker's syntax and Docker's scoping."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hardening.dockerfile import parse
from hardening.dockerfile.expansion import expand, references, scope_at
from hardening.dockerfile.lexer import Lexer, LexError
from tests.shared import shared_data

VALUES = {"A": "foo/bar/baz.tar.gz", "EMPTY": "", "SPACED": "a b"}


def _vectors(name: str) -> Iterator[tuple[str, str]]:
    """Lines of BuildKit's own vectors: a word, `|`, what becomes of it."""
    text = (shared_data("buildkit-parser") / "shell" / name).read_text(encoding="utf-8")
    for line in text.split("\n"):
        if line.strip() and not line.startswith("#"):
            left, _, right = line.partition("|") if name == "wordsTest" else line.rpartition("|")
            yield left, right


@pytest.mark.shared
def test_buildkits_word_vectors_agree() -> None:
    environment = {
        "HOME": "/root", "SHELL": "bash", "PWD": "/home", "KOREAN": "한국어", "NULL": "",
    }  # fmt: skip
    seen = 0
    for left, right in _vectors("envVarTest"):
        platform, _, word = left.partition("|")
        if platform.strip() == "W":
            continue
        seen += 1
        try:
            value = Lexer(word.strip(), environment).word()
        except LexError:
            value = "error"
        assert value == right.strip(), word
    assert seen > 200


@pytest.mark.shared
def test_buildkits_splitting_vectors_agree() -> None:
    environment: dict[str, str] = {}
    seen = 0
    text = (shared_data("buildkit-parser") / "shell" / "wordsTest").read_text(encoding="utf-8")
    for line in text.split("\n"):
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("ENV "):
            name, _, value = line[4:].partition("=")
            environment[name.strip()] = value
            continue
        word, _, expected = line.partition("|")
        seen += 1
        try:
            words = ",".join(value for value, _, _ in Lexer(word.strip(), environment).words())
        except LexError:
            words = "error"
        assert words.rstrip() == expected.lstrip().rstrip(), line
    assert seen >= 20


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("plain", "plain"),
        ("$A", "foo/bar/baz.tar.gz"),
        ("${A}x", "foo/bar/baz.tar.gzx"),
        ("$Ax", None),
        ("${B:-y}", "y"),
        ("${EMPTY:-y}", "y"),
        ("${EMPTY-y}", ""),
        ("${B-y}", "y"),
        ("${A:+y}", "y"),
        ("${B:+y}", ""),
        ("${EMPTY+y}", "y"),
        ("${A:+$B}", None),
        ("${B:+$C}", ""),
        ("${A:-$B}", "foo/bar/baz.tar.gz"),
        ("${B:-${C:-deep}}", "deep"),
        ("${B?needed}", None),
        ("${A#*/}", "bar/baz.tar.gz"),
        ("${A##*/}", "baz.tar.gz"),
        ("${A%.*}", "foo/bar/baz.tar"),
        ("${A%%.*}", "foo/bar/baz"),
        ("${A#nope}", "foo/bar/baz.tar.gz"),
        ("${A/ba/BA}", "foo/BAr/baz.tar.gz"),
        ("${A//ba/BA}", "foo/BAr/BAz.tar.gz"),
        ("${A/\\//-}", "foo-bar/baz.tar.gz"),
        ("${A/b?r/X}", "foo/X/baz.tar.gz"),
        ("${B#x}", None),
        ("'$A'", "$A"),
        ('"$SPACED"', "a b"),
        ("\\$A", "$A"),
        ("${", None),
        ("${A", None),
        ("'open", None),
        ("${A^^}", None),
        ("${" * 200, None),
        ("${A:-" * 200 + "}" * 200, None),
        ("${A//" + "*a" * 60 + "/x}", "foo/bar/baz.tar.gz"),
    ],
)
def test_words_expand_as_docker_does_it(word: str, expected: str | None) -> None:
    assert expand(word, VALUES) == expected


def test_backtick_escapes_when_the_directive_says_so() -> None:
    assert expand("`$A", VALUES, "`") == "$A"
    assert expand("\\$EMPTY", VALUES, "`") == "\\"


def test_references_leave_out_what_is_quoted() -> None:
    assert references("'$A'${B:-$C}\\$D") == {"B", "C"}


SCOPED = """\
ARG VERSION=12
ARG FLAVOUR=${VERSION}-slim
FROM debian:${FLAVOUR} AS one
ARG VERSION
ARG LOCAL=x${VERSION}
ENV A=1 B=$A C=${LOCAL}
ENV B=$A
RUN one
FROM one AS two
RUN two
FROM scratch
ARG VERSION=13
ARG UNKNOWN
ENV D=$UNKNOWN E=e
RUN three
"""


def _scope(text: str, command: str, **build_args: str) -> dict[str, str]:
    dockerfile = parse(text)
    instruction = next(one for one in dockerfile.instructions if one.value == command)
    return scope_at(dockerfile, instruction, build_args)


def test_global_arguments_reach_from_only() -> None:
    dockerfile = parse(SCOPED)
    assert dockerfile.stages[0].base_expanded == "debian:12-slim"
    origin = dockerfile.stages[0].origin
    assert scope_at(dockerfile, origin, {}) == {"VERSION": "12", "FLAVOUR": "12-slim"}
    assert scope_at(dockerfile, origin, {"VERSION": "9"})["FLAVOUR"] == "9-slim"


def test_a_stage_sees_what_stands_above_in_it() -> None:
    assert _scope(SCOPED, "one") == {
        "VERSION": "12", "LOCAL": "x12", "A": "1", "B": "1", "C": "x12",
    }  # fmt: skip


def test_all_pairs_of_one_env_see_the_values_before_it() -> None:
    text = "FROM a\nENV A=1\nENV A=2 B=$A\nRUN x\n"
    assert _scope(text, "x") == {"A": "2", "B": "1"}


def test_a_child_stage_inherits_from_its_parent() -> None:
    assert _scope(SCOPED, "two") == _scope(SCOPED, "one")


def test_an_unknown_value_is_left_out() -> None:
    assert _scope(SCOPED, "three") == {"VERSION": "13", "E": "e"}


def test_build_arguments_win_over_defaults() -> None:
    assert _scope(SCOPED, "three", VERSION="7", UNKNOWN="u")["VERSION"] == "7"
    assert _scope(SCOPED, "three", UNKNOWN="u")["D"] == "u"


def test_the_base_images_environment_may_be_given() -> None:
    dockerfile = parse("FROM a\nENV PATH=/x:$PATH\nRUN x\n")
    scope = scope_at(dockerfile, dockerfile.instructions[2], {}, {"PATH": "/bin"})
    assert scope == {"PATH": "/x:/bin"}


@pytest.mark.parametrize(
    "lines",
    [
        "ENV A=aaaaaaaa\n" + "ENV A=$A$A\n" * 60,
        "ENV A=" + "a" * 60_000 + "\nENV A=" + "$A" * 30_000 + "\n",
        "ENV A=" + "a" * 60_000 + "\nENV A=${A//a/$A}\n",
        "".join(f"ENV A{number}=x\n" for number in range(3000)),
    ],
)
def test_hostile_values_stay_small(lines: str) -> None:
    dockerfile = parse("FROM a\n" + lines + "RUN x\n")
    scope = scope_at(dockerfile, dockerfile.instructions[-1], {})
    assert sum(len(value) for value in scope.values()) < 1 << 20
