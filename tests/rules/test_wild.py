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
    ("brings", "consecutive-runs -> unverified-download"): (
        "a download and what uses it are one RUN now, where they can be seen together"
    ),
    (
        "brings",
        "single-stage-build -> end-of-life-base, invalid-label-key, legacy-key-value, "
        "unpinned-apk-packages, unpinned-base",
    ): "the second stage repeats what the first one already says",
}


def _files(name: str) -> tuple[Path, ...]:
    files = shared_files(name, "files/*")
    if os.environ.get("DRYDOCK_WILD") == "all":
        return files
    return tuple(random.Random(name).sample(files, min(SAMPLE, len(files))))


def is_argued(one: Complaint) -> bool:
    return (one.kind, one.rule) in ARGUED


@pytest.mark.parametrize("name", SETS)
def test_fixes_are_sound_on_wild_files(name: str) -> None:
    shared_data(name)
    files = _files(name)
    assert files
    found = [one for path in files for one in complaints(path) if not is_argued(one)]
    assert not found, "\n".join(f"{one.kind}: {one.rule}: {one.file}" for one in found)
