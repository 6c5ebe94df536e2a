"""Writes the generated pages: `python tools/generate_docs.py` (make docs).

docs/rules.md from the rules' own examples, docs/keys.md from the action table. A test compares
them with what lies in docs/.
"""

from __future__ import annotations

from pathlib import Path

from hardening.reports.markdown import rules_page
from hardening.rules import all_rules
from tui.keys import keys_page

DOCS = Path(__file__).resolve().parent.parent / "docs"


def pages() -> dict[str, str]:
    """File name in docs/ → its text."""
    return {"rules.md": rules_page(all_rules()), "keys.md": keys_page()}


def main() -> None:
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
