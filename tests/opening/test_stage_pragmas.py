"""hadolint's comment for a whole stage."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hardening.analyse import analyse
from hardening.model import FilePlace
from hardening.opening import memory_subject

TEXT = """\
# hadolint stage ignore=DL3000
FROM debian:13 AS build
WORKDIR app
FROM debian:13
WORKDIR app
"""


def lines(text: str) -> list[int]:
    today = date(2026, 11, 24)
    report = analyse(replace(memory_subject(text), today=today), today=today)
    places = [one.places[0] for one in report.findings if one.rule == "relative-workdir"]
    return [place.start_line for place in places if isinstance(place, FilePlace)]


def test_only_that_stage_is_left_out() -> None:
    assert lines(TEXT) == [5]


def test_without_the_comment_both_are_reported() -> None:
    assert lines(TEXT.replace("# hadolint stage ignore=DL3000", "# nothing")) == [3, 5]
