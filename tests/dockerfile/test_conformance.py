"""BuildKit's own parser (the `dockerfile` wheel) is the oracle."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hardening.dockerfile import Dockerfile, Form, Instruction, parse
from hardening.dockerfile.source import decode
from tests.shared import shared_data, shared_files

SETS = (
    "dockerfiles-binnacle-gold",
    "dockerfiles-jessfraz",
    "dockerfiles-jupyter",
    "dockerfiles-library-python",
    "dockerfiles-misc",
)
REFUSED_BY_INSTRUCTION = (
    "FROM ", "HEALTHCHECK", "ARG needs", "ENV needs", "LABEL needs", "ENV names", "LABEL names",
    "ARG names", "EXPOSE needs", "VOLUME ", "SHELL ", "ONBUILD needs", "no command after",
    "unknown type", "unknown instruction", "empty instruction", "a source and a destination",
    "exactly one argument", "ONBUILD takes", "invalid name", "COPY cannot", "ADD cannot",
)  # fmt: skip
"""Refusals that BuildKit makes one step after parsing, where the oracle no longer looks."""


def _oracle() -> Any:
    return pytest.importorskip("dockerfile", reason="the oracle's wheel is Linux x86-64 only")


def _flags(instruction: Instruction) -> tuple[str, ...]:
    return tuple(
        f"--{flag.name}" if flag.value is None else f"--{flag.name}={flag.value}"
        for flag in instruction.flags
    )


def _words(one: Instruction) -> tuple[str, ...]:
    """Our words in the oracle's terms: raw text, a shell command as one single-spaced string."""
    if one.form is Form.EXEC:
        first = 1 if one.keyword == "HEALTHCHECK" else 0
        values = (word.value for word in one.words[first:])
        return (*(word.raw for word in one.words[:first]), *values)
    if one.keyword in ("RUN", "CMD", "ENTRYPOINT"):
        return (" ".join(" ".join(word.raw for word in one.words).split()),) if one.words else ()
    if one.keyword == "HEALTHCHECK":
        rest = " ".join(word.raw for word in one.words[1:])
        return (one.words[0].raw, rest) if rest else (one.words[0].raw,)
    if one.keyword in ("ENV", "LABEL") and "=" in one.words[0].raw:
        return tuple(part for word in one.words for part in word.raw.split("=", 1))
    return tuple(word.raw for word in one.words)


def _spaced(values: tuple[str, ...], one: Instruction) -> tuple[str, ...]:
    if one.keyword in ("RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK") and one.form is not Form.EXEC:
        return tuple(" ".join(value.split()) for value in values)
    return values


def _compare(dockerfile: Dockerfile, commands: tuple[Any, ...]) -> None:
    ours = {one.start_line: one for one in dockerfile.instructions}
    refused = {one.start_line: one for one in dockerfile.unparsed}
    assert set(ours) | set(refused) == {command.start_line for command in commands}
    for command in commands:
        one = ours.get(command.start_line)
        if one is None:
            assert refused[command.start_line].end_line == command.end_line
            assert refused[command.start_line].reason.startswith(REFUSED_BY_INSTRUCTION)
            continue
        assert (one.end_line, one.keyword) == (command.end_line, command.cmd.upper())
        if one.keyword == "ONBUILD" and one.trigger is None:
            continue
        inner = one.trigger or one
        assert (inner.form is Form.EXEC) == command.json
        mine = tuple(value.partition("\0")[0] for value in _words(inner))  # C strings there
        assert _spaced(mine, inner) == _spaced(command.value, inner)
        if one.trigger is not None:
            assert inner.keyword == command.sub_cmd.upper()
            continue
        assert _flags(one) == command.flags
        assert [doc.name for doc in one.heredocs] == [doc.name for doc in command.heredocs]
        for doc, theirs in zip(one.heredocs, command.heredocs, strict=True):
            assert doc.body.slice(dockerfile.text) == theirs.content


def agree(text: str) -> None:
    """Instructions, lines, flags, forms, words and here-documents are those of the oracle."""
    oracle = _oracle()
    dockerfile = parse(text)
    try:
        commands = oracle.parse_string(text)
    except oracle.GoParseError:
        reasons = [one.reason for one in dockerfile.unparsed]
        assert any(not reason.startswith(REFUSED_BY_INSTRUCTION) for reason in reasons)
        return
    _compare(dockerfile, commands)


@pytest.mark.shared
@pytest.mark.parametrize("name", SETS)
def test_every_dockerfile_of_the_set_agrees_with_buildkit(name: str) -> None:
    files = sorted((shared_data(name) / "files").iterdir())
    assert files
    for file in files:
        text = decode(file.read_bytes())
        if "\udc80" <= max(text, default="") <= "\udcff":
            continue
        try:
            agree(text)
        except AssertionError as error:
            raise AssertionError(file.name) from error


@pytest.mark.shared
def test_buildkits_own_files_agree() -> None:
    folder = shared_data("buildkit-parser") / "parser"
    files = sorted(folder.rglob("Dockerfile"))
    assert len(files) >= 38
    for file in files:
        try:
            agree(decode(file.read_bytes()))
        except AssertionError as error:
            raise AssertionError(str(file.relative_to(folder))) from error


@pytest.mark.shared
def test_formatters_files_agree() -> None:
    folder = shared_data("fmt-dockerfmt")
    for file in sorted([*(folder / "in").iterdir(), *(folder / "out").iterdir()]):
        try:
            agree(decode(file.read_bytes()))
        except AssertionError as error:
            raise AssertionError(file.name) from error


def _dump(one: Instruction) -> str:
    """One line of BuildKit's dump of a syntax tree (`Node.Dump`)."""
    parts = [one.keyword.lower()]
    if one.flags:
        parts.append("[" + " ".join(_quoted(flag) for flag in _flags(one)) + "]")
    if one.trigger is not None:
        return " ".join([*parts, _dump(one.trigger)])
    if one.form is Form.SHELL and one.keyword in ("RUN", "CMD", "ENTRYPOINT"):
        return " ".join([*parts, *([_quoted(_joined(one))] if one.words else [])])
    if one.keyword == "HEALTHCHECK" and one.form is Form.SHELL:
        rest = [_quoted(_joined(one).split(None, 1)[1])] if len(one.words) > 1 else []
        return " ".join([*parts, _quoted(one.words[0].raw), *rest])
    if one.keyword in ("ENV", "LABEL"):
        equals = "=" if "=" in one.words[0].raw else ""
        for word in one.words if equals else ():
            key, _, value = word.raw.partition("=")
            parts += [_quoted(key), _quoted(value), _quoted("=")]
        return " ".join(parts if equals else [*parts, *map(_quoted, _words(one)), _quoted("")])
    return " ".join([*parts, *map(_quoted, _words(one))])


def _joined(one: Instruction) -> str:
    from hardening.dockerfile.shell import logical_line

    line = logical_line(one)
    return line.text[line.text.index(one.words[0].raw) :].rstrip()


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\\u00", "\\x")


@pytest.mark.shared
@pytest.mark.parametrize(
    "file",
    shared_files("buildkit-parser", "parser/testfiles/*/Dockerfile"),
    ids=lambda path: path.parent.name,
)
def test_the_tree_is_the_one_that_buildkit_expects(file: Path) -> None:
    dockerfile = parse(decode(file.read_bytes()))
    refused = {one.start_line for one in dockerfile.unparsed}
    lines = (file.parent / "result").read_text(encoding="utf-8").strip().split("\n")
    trees = [line.strip() for line in lines if line.strip(" )")]
    spoken = {one.start_line: f"({_dump(one)})" for one in dockerfile.instructions}
    expected = _regrouped(trees)
    starts = sorted(set(spoken) | refused)
    assert len(starts) == len(expected)
    for start, tree in zip(starts, expected, strict=True):
        if start in spoken:
            assert spoken[start].replace("(", "").replace(")", "") == tree


def _regrouped(lines: list[str]) -> list[str]:
    """One string per instruction, without parentheses (ONBUILD's child stands in its own)."""
    return [line.replace("(", "").replace(")", "").strip() for line in lines]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "a file with no instructions"),
        ("# only\n", "a file with no instructions"),
        ("FROM a\nENV x\n", "ENV must have two arguments"),
        ("FROM a\nLABEL a=b c\n", "LABEL has a word without ="),
        ('FROM a\nCMD ["a", 1]\n', "a JSON array may hold nothing but strings"),
        ("FROM a\nRUN <<E\nx\n", "here-document 'E' has no end"),
        ("# escape=x\nFROM a\n", "escape takes \\ or `, not 'x'"),
        ("# escape=`\n# escape=`\nFROM a\n", "only one escape parser directive can be used"),
        ("FROM a\nRUN " + "x" * 70_000, "a line is longer than 65535 bytes"),
    ],
)
def test_what_buildkit_refuses_is_named(text: str, reason: str) -> None:
    assert reason in [one.reason for one in parse(text).unparsed]
    oracle = _oracle()
    with pytest.raises(oracle.GoParseError):
        oracle.parse_string(text)
