"""The small edits that fixes share."""

from __future__ import annotations

import pytest

from hardening.dockerfile import Dockerfile, parse
from hardening.dockerfile.edits import delete_instruction, insert_line_after, insert_line_before
from hardening.model import Edit


def _applied(dockerfile: Dockerfile, edit: Edit) -> str:
    text = dockerfile.text
    return text[: edit.span.start] + edit.text + text[edit.span.end :]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM a\nRUN b\n", "FROM a\nNEW\nRUN b\n"),
        ("FROM a\n# far\n\n# near\nRUN b\n", "FROM a\n# far\n\nNEW\n# near\nRUN b\n"),
        ("FROM a\n  RUN b", "FROM a\nNEW\n  RUN b"),
        ("FROM a\nRUN <<E\nRUN no\nE\n", "FROM a\nNEW\nRUN <<E\nRUN no\nE\n"),
    ],
)
def test_a_line_before(text: str, expected: str) -> None:
    dockerfile = parse(text)
    edit = insert_line_before(dockerfile, dockerfile.instructions[1], "NEW")
    assert _applied(dockerfile, edit) == expected


def test_a_line_before_the_first_stays_behind_the_mark() -> None:
    dockerfile = parse("\ufeffFROM a\n")
    edit = insert_line_before(dockerfile, dockerfile.instructions[0], "# NEW")
    assert _applied(dockerfile, edit) == "\ufeff# NEW\nFROM a\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM a\nRUN b\nUSER c\n", "FROM a\nRUN b\nNEW\nUSER c\n"),
        ("FROM a\nRUN b", "FROM a\nRUN b\nNEW"),
        ("FROM a\nRUN b \\\n  # c\n  d\nUSER e\n", "FROM a\nRUN b \\\n  # c\n  d\nNEW\nUSER e\n"),
        ("FROM a\nRUN <<E\nb\nE\nUSER c\n", "FROM a\nRUN <<E\nb\nE\nNEW\nUSER c\n"),
    ],
)
def test_a_line_after(text: str, expected: str) -> None:
    dockerfile = parse(text)
    edit = insert_line_after(dockerfile, dockerfile.instructions[1], "NEW")
    assert _applied(dockerfile, edit) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM a\n# why\nRUN b \\\n  c\nUSER d\n", "FROM a\n# why\nUSER d\n"),
        ("FROM a\r\nRUN b\r\nUSER c\r\n", "FROM a\r\nUSER c\r\n"),
        ("FROM a\nRUN b", "FROM a\n"),
        ("FROM a\nRUN <<E\nb\nE\nUSER c\n", "FROM a\nUSER c\n"),
    ],
)
def test_an_instruction_is_taken_out_whole(text: str, expected: str) -> None:
    dockerfile = parse(text)
    edit = delete_instruction(dockerfile, dockerfile.instructions[1])
    assert _applied(dockerfile, edit) == expected
