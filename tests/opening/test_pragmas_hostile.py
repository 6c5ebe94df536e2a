"""Ignore comments made to hurt: long ones, and any mixture of their words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.model import FilePlace
from hardening.opening import memory_subject
from hardening.pragmas import apply
from hardening.subject import Subject
from tests.opening.test_pragmas import TODAY, finding_on


@pytest.mark.parametrize(
    "comment",
    [
        "# drydock: " + "a" * 1_000_000,
        "# drydock: " + "ignore= " * 100_000,
        "# drydock: ignore=" + "a," * 500_000,
        "# check=" + "skip=a," * 100_000,
        "# hadolint ignore=" + "DL3008," * 100_000,
        "# trivy:ignore:" + "a" * 1_000_000,
        "# kics-scan " + " " * 1_000_000 + "disable=x",
    ],
    ids=lambda text: text[:20],
)
def test_a_long_comment_costs_nothing(comment: str) -> None:
    subject = memory_subject(f"FROM a\n{comment}\nRUN x\n")
    kept, _, _ = apply(subject, [finding_on(subject, 3)], TODAY)
    assert len(kept) == 1
    apply(Subject(root=Path(), texts={"compose.yaml": f"a: {comment}\n"}), [], TODAY)


WORDS = st.sampled_from(
    ["# ", "drydock:", "hadolint ", "global ", "ignore=", "DL3008", "check=", "skip=",
     "trivy:ignore:", "DS-0002", ":exp:", "2026-01-01", "checkov:skip=", "CKV_DOCKER_2",
     "kics-scan ", "ignore-line",
     "reason=", '"', "'", " ", ",", ";", "until=", "\\", "\t", "é", "\n", "RUN x", "FROM a"]
)  # fmt: skip


@given(st.lists(WORDS, max_size=25))
def test_any_comment_is_read_or_left(words: list[str]) -> None:
    subject = memory_subject("FROM a\n" + "".join(words) + "\nRUN x\n")
    assert subject.dockerfile is not None
    findings = [
        replace(finding_on(subject, one.start_line), subject=str(one.index))
        for one in subject.dockerfile.instructions
    ]
    kept, ignored, about = apply(subject, findings, TODAY)
    assert len(kept) + len(ignored) == len(findings)
    for finding in about:
        place = finding.places[0]
        assert isinstance(place, FilePlace)
        assert "#" in place.span.slice(subject.dockerfile.text)
