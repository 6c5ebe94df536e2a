"""Generated pages are what their sources say now."""

from __future__ import annotations

import pytest

from tools.generate_docs import DOCS, pages

PAGES = pages()


@pytest.mark.parametrize("name", sorted(PAGES))
def test_generated_page_is_current(name: str) -> None:
    assert (DOCS / name).read_bytes() == PAGES[name].encode(), "run make docs"
