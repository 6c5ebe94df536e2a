"""Values of shell words, from their syntax nodes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED_IN_QUOTES = re.compile(r"\\([$`\"\\])")
PRINTED_COMMAND = re.compile(
    r"(?:\A\"|[;&|({\n!]|\b(?:then|do|else|exec|eval|sudo))\s*(?:\\?[\"'])?(?:\$\((?!\()|`)"
)
"""A substitution where a command begins; an escaped one is the inner shell's."""
_LITERAL = frozenset({"word", "number", "extglob_pattern", "regex", "variable_name"})
_JOINED = frozenset({"concatenation", "command_name", "brace_expression"})


def unescaped(text: str) -> str:
    """An unquoted word without its backslashes."""
    return _ESCAPED.sub(r"\1", text)


def value_of(node: Node, source: Callable[[Node], str], depth: int = 0) -> str | None:
    """The word's value, None when it holds an expansion. `source` gives the text of a node."""
    kind = node.type
    if kind in _JOINED and depth < 20:
        parts = [value_of(child, source, depth + 1) for child in node.children]
        known = [part for part in parts if part is not None]
        return "".join(known) if len(known) == len(parts) else None
    text = source(node)
    if kind in _LITERAL:
        return unescaped(text) if "\\" in text else text
    if kind == "raw_string":
        return text[1:-1]
    if kind == "string":
        if any(child.is_named and child.type != "string_content" for child in node.children):
            return None
        return _ESCAPED_IN_QUOTES.sub(r"\1", text[1:-1])
    if not node.is_named or kind == "variable_assignment":
        return text if "$" not in text and "`" not in text else None
    return None


def script_in_string(node: Node, text: str) -> tuple[list[tuple[int, int]], bool] | None:
    """What a shell gets when this quoted word is its script: ranges of `text`, and whether it
    stands there literally (no escapes, no variables). None when it is no such string."""
    if node.type == "raw_string":
        return [(1, len(text) - 1)], True
    if node.type == "word" and "\\" not in text:
        return [(0, len(text))], True
    if node.type != "string" or len(text) < 2:
        return None
    if PRINTED_COMMAND.search(text):
        return None
    ranges: list[tuple[int, int]] = []
    begin = 1
    for match in _ESCAPED_IN_QUOTES.finditer(text, 1, len(text) - 1):
        ranges.append((begin, match.start()))
        begin = match.start() + 1
    ranges.append((begin, len(text) - 1))
    expands = any(child.is_named and child.type != "string_content" for child in node.children)
    return ranges, len(ranges) == 1 and not expands
