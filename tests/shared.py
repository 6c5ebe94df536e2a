"""The open data set that stands beside a developer's checkout."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
_DATA = Path(os.environ.get("DRYDOCK_SHARED_DATA", ROOT.parent / "shared" / "data"))


def shared_data(name: str) -> Path:
    """The folder `name` of the data set. Skips the test, with the reason, where it is missing;
    fails it when `CI=true`."""
    folder = _DATA / name
    if folder.is_dir():
        return folder
    reason = f"the data set {name!r} is not beside the checkout (set DRYDOCK_SHARED_DATA)"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def shared_files(name: str, pattern: str) -> tuple[Path, ...]:
    """Files of a data set for `parametrize`, which runs before a test may skip; empty when the
    set is missing."""
    folder = _DATA / name
    return tuple(sorted(path for path in folder.glob(pattern) if path.is_file()))
