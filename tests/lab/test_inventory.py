"""The packages of images that an engine built, beside those that syft names."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.inventory.referee import differences, syft
from tests.lab.conftest import PREFIX

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("lab")]


def test_a_built_sample_has_the_packages_that_syft_names(project: Path) -> None:
    syft()
    assert differences(f"{PREFIX}/{project.name}:before", "docker:") == (Counter(), Counter())
