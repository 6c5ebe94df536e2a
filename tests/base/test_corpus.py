"""Every row of every base of a thousand Dockerfiles: the builder would read what was promised."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from hardening.cli.base_rows import assess, base_values
from hardening.dockerfile import parse
from hardening.dockerfile.source import decode
from hardening.opening import memory_subject
from hardening.replay import edited
from hardening.rules.support_images import external_bases
from hardening.subject import Subject
from tests.shared import shared_data

TODAY = date(2026, 11, 24)
SETS = ("binnacle-gold", "jessfraz", "jupyter", "library-python", "misc")


@pytest.mark.parametrize("name", SETS)
def test_a_patch_gives_the_base_that_its_row_names(name: str) -> None:
    seen: Counter[str] = Counter()
    for path in sorted((shared_data(f"dockerfiles-{name}") / "files").iterdir()):
        text = decode(path.read_bytes())
        subject = replace(memory_subject(text), today=TODAY)
        for stage, _ in external_bases(subject) if subject.dockerfile is not None else ():
            seen += _check(subject, str(stage.index), path)
    assert seen["patches"] or seen["none"]
    print(name, dict(seen))


def _check(subject: Subject, stage: str, path: Path) -> Counter[str]:
    found = assess(subject, ask=False, libc=True, stage=stage)
    values = base_values(found)
    assert values["rows"] or values["not_assessed"], path
    seen: Counter[str] = Counter()
    for row, told in zip(found.rows, values["rows"], strict=True):
        fix = found.fix(row)
        if fix is None:
            assert told["no_fix"], path
            seen["none"] += 1
            continue
        after, _ = edited(subject.texts, {}, fix.edits)
        now = parse(after["Dockerfile"])
        assert now.stages[int(stage)].base_expanded == told["image"], path
        assert subject.dockerfile is not None
        written = [one for one in subject.dockerfile.instructions if one.keyword in ("FROM", "ARG")]
        for edit in fix.edits:
            assert any(one.span.contains(edit.span) for one in written), path
        seen["patches"] += 1
    return seen
