"""Every proposed fix on files from the wild: a seeded sample, or all with `DRYDOCK_WILD=all`."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests.rules.wild import Complaint, complaints
from tests.shared import shared_data, shared_files

SETS = (
    "dockerfiles-binnacle-gold",
    "dockerfiles-jessfraz",
    "dockerfiles-jupyter",
    "dockerfiles-library-python",
    "dockerfiles-misc",
)
SAMPLE = 8
"""Files of each set when not all are asked for."""

ARGUED = {
    # A download and what uses it are one RUN now, where they can be seen together.
    "consecutive-runs": {"unverified-download", "archive-left-behind"},
    # The second stage repeats what the first one already says.
    "single-stage-build": {
        "end-of-life-base",
        "invalid-label-key",
        "legacy-key-value",
        "unpinned-apk-packages",
        "unpinned-base",
    },
    # Style of the new instructions beside old ones.
    "root-user": {"consecutive-runs", "instruction-casing"},
    # ADD has the same relative target; only COPY has a rule for it.
    "add-instead-of-copy": {"copy-relative-without-workdir"},
    # The clean-up runs through sudo where the install does.
    "apt-lists-left-behind": {"sudo-used"},
    # The base is known only now.
    "undefined-argument-in-from": {"end-of-life-base", "root-user", "invalid-default-argument"},
}
"""Findings that a fix may bring, by the rule whose fix it is."""


def _files(name: str) -> tuple[Path, ...]:
    files = shared_files(name, "files/*")
    if os.environ.get("DRYDOCK_WILD") == "all":
        return files
    return tuple(random.Random(name).sample(files, min(SAMPLE, len(files))))


def is_argued(one: Complaint) -> bool:
    rule, _, brought = one.rule.partition(" -> ")
    return one.kind == "brings" and set(brought.split(", ")) <= ARGUED.get(rule, set())


@pytest.mark.parametrize("name", SETS)
def test_fixes_are_sound_on_wild_files(name: str) -> None:
    shared_data(name)
    files = _files(name)
    assert files
    found = [one for path in files for one in complaints(path) if not is_argued(one)]
    assert not found, "\n".join(f"{one.kind}: {one.rule}: {one.file}" for one in found)
