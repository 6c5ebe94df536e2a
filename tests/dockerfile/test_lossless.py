"""Nothing is lost: pieces tile the text, and every part says truly where it stands."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardening.dockerfile import Dockerfile, Instruction, parse
from hardening.dockerfile.source import decode, encode
from hardening.model import Span
from tests.dockerfile.strategies import texts


def _parts(instruction: Instruction) -> Iterator[Span]:
    """Spans that must lie inside the instruction."""
    yield instruction.keyword_span
    yield instruction.arguments
    for flag in instruction.flags:
        yield flag.span
        if flag.value_span is not None:
            assert flag.span.contains(flag.value_span)
    yield from (word.span for word in instruction.words)
    for pair in instruction.pairs:
        yield pair.span
        if pair.value is not None:
            assert pair.span.contains(pair.value.span)
    yield from (comment.span for comment in instruction.comments)
    for heredoc in instruction.heredocs:
        yield heredoc.opener
        yield heredoc.body
        yield heredoc.terminator


def _check(dockerfile: Dockerfile) -> None:
    text = dockerfile.text
    assert "".join(piece.slice(text) for piece in dockerfile.pieces) == text
    position = 0
    for piece in dockerfile.pieces:
        assert piece.start == position
        position = piece.end
    assert position == len(text)
    pieces = set(dockerfile.pieces)
    for instruction in dockerfile.instructions:
        assert instruction.span in pieces
        assert instruction.owner is dockerfile
        assert instruction.span.slice(text)[:1] not in "\t\n #"
        assert dockerfile.line_at(instruction.span.start) == instruction.start_line
        for part in _parts(instruction):
            assert instruction.span.contains(part)
        for word in instruction.words:
            assert word.text == word.span.slice(text)
        if instruction.trigger is not None:
            assert instruction.span.contains(instruction.trigger.span)
            for part in _parts(instruction.trigger):
                assert instruction.trigger.span.contains(part)
    for comment in dockerfile.comments:
        assert comment.text == comment.span.slice(text)
        assert dockerfile.line_at(comment.span.start) == comment.line
    for one in dockerfile.unparsed:
        assert one.reason
        assert one.span.end <= len(text)


@given(texts)
@settings(max_examples=600, deadline=None)
def test_any_text_is_tiled_and_its_parts_lie_where_they_say(text: str) -> None:
    _check(parse(text))


@given(texts)
@settings(max_examples=300, deadline=None)
def test_shell_spans_lie_inside_their_instruction(text: str) -> None:
    for instruction in parse("FROM a\nRUN " + text).instructions:
        script = (instruction.trigger or instruction).shell
        if script is None:
            continue
        for command in script.commands:
            assert instruction.span.contains(command.span)
            for word in command.words:
                assert instruction.span.contains(word.span)
                assert len(word.text) <= len(word.span)
        for error in script.errors:
            assert instruction.span.contains(error)


@given(st.binary(max_size=200))
def test_decoding_is_undone_by_encoding(data: bytes) -> None:
    assert encode(decode(data)) == data


@pytest.mark.parametrize(
    "text",
    [
        "FROM a",
        "\ufeffFROM a\r\nRUN b \\\r\n  # c\r\n\r\n  && d\r\n",
        "FROM a\nRUN <<A <<-B\n1\nA\n\t2\n\tB\nCMD x",
        "# escape=`\nFROM a `\n\n AS b\n",
        "FROM a\nRUN x \\",
        "FROM a\nONBUILD \\\n# c\nRUN x \\\n# d\n y\n",
        "\\\n# c\nFROM a\n\\\n\n  # d\n  RUN b\n",
        "FROM a\nRUN x \\\n\n\n",
        "FROM a\n\n\n\nBOGUS \\\n more\n#c\n",
        "FROM a\nCOPY <<X /y\nnever closed\n",
        "\n\n \t\n",
        "",
    ],
)
def test_known_shapes_are_tiled(text: str) -> None:
    _check(parse(text))


def test_newline_of_the_file_is_the_one_most_lines_have() -> None:
    assert parse("FROM a\r\nRUN b\r\nRUN c\n").newline == "\r\n"
    assert parse("FROM a\nRUN b\n").newline == "\n"
    assert parse("FROM a").newline == "\n"
