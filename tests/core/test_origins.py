"""Origins follow characters through edits."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hardening.model import Edit, Span
from hardening.origins import Origins
from hardening.workspace import splice


@st.composite
def edit_lists(draw: st.DrawFn) -> tuple[str, list[list[Edit]]]:
    text = draw(st.text("abc\n", min_size=1, max_size=40))
    length = len(text)
    rounds = []
    for _ in range(draw(st.integers(1, 4))):
        points = sorted(draw(st.lists(st.integers(0, length), max_size=6)))
        pairs = list(zip(points[::2], points[1::2], strict=False))
        edits = [Edit("f", Span(a, b), draw(st.text("XY", max_size=5))) for a, b in pairs]
        rounds.append(edits)
        length += sum(len(one.text) - len(one.span) for one in edits)
    return text, rounds


@given(edit_lists())
def test_copied_characters_are_the_original_ones(case: tuple[str, list[list[Edit]]]) -> None:
    original, rounds = case
    text, origins = original, Origins.of(original)
    for edits in rounds:
        text, origins = splice(text, edits), origins.edited(edits)
    assert sum(piece.length for piece in origins.pieces) == len(text)
    for offset, char in enumerate(text):
        if origins.is_copied(Span(offset, offset + 1)):
            where = origins.original(offset)
            assert where is not None
            assert original[where] == char
        else:
            assert char in "XY"


def test_insertion_is_new_and_replacement_remembers_its_place() -> None:
    origins = Origins.of("FROM a\nCMD x\n").edited(
        [Edit("f", Span(7, 7), "USER 1\n"), Edit("f", Span(11, 12), "[]")]
    )
    assert origins.original(7) is None
    assert origins.original(14) == 7
    assert origins.original(18) == 11
    assert origins.original(0) == 0
