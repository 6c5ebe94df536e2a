"""Keeps files and functions small: `python -m tests.file_sizes` lists what has grown too far.

The house aims at 300 lines for a file, 120 for a rule, 40 for a function; a tenth more is let
pass. Blank lines and docstrings count: a reader scrolls past them too. Data tables (modules whose
name ends in `_table`) are free.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
FILE_LINES = 330
RULE_LINES = 132
FUNCTION_LINES = 44
CODE = ("hardening", "tui")
KNOWN: dict[str, int] = {}
"""What is past its limit and waits to be split: it may shrink, never grow, and nothing joins it."""


def offences() -> Iterator[str]:
    for path in sorted(one for folder in CODE for one in (ROOT / folder).rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(ROOT).as_posix()
        lines = text.count("\n")
        limit = _limit(name)
        if lines > limit:
            yield f"{name}: {lines} lines, the limit is {limit}"
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            most = max(FUNCTION_LINES, KNOWN.get(f"{name}:{node.name}", 0))
            if length > most:
                yield f"{name}:{node.lineno}: {node.name} has {length} lines, the limit is {most}"


def _limit(name: str) -> int:
    if name.endswith("_table.py"):
        return sys.maxsize
    is_rule = name.startswith("hardening/rules/") and name.count("/") > 2
    return max(RULE_LINES if is_rule else FILE_LINES, KNOWN.get(name, 0))


def main() -> int:
    found = list(offences())
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
