"""Settings that all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("person", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "person")
# CI repeats the same examples, so that a run says something about the change; new examples are
# looked for on people's machines.


@pytest.fixture(autouse=True, scope="session")
def no_advisories(tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test looks into the person's own advisory store."""
    folder: Path = tmp_path_factory.mktemp("no-advisories")
    os.environ["DRYDOCK_DATA_DIR"] = str(folder)
