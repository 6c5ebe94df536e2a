"""A shell text, its syntax tree (tree-sitter-bash), and the parts of one simple command."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from time import thread_time
from typing import TYPE_CHECKING

from hardening.dockerfile.mapped import MappedText
from hardening.dockerfile.shell_model import Loop, Redirection, ShellWord
from hardening.dockerfile.shell_words import unescaped, value_of
from hardening.model import Span

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

MAX_DEPTH = 60
"""Deepest nesting of groups, substitutions and `sh -c` strings that is followed."""

_SMALL = 1000
"""Bytes that even the worst script of that length takes only milliseconds for."""
_CHUNK = 1 << 16

REDIRECTS = frozenset({"file_redirect", "heredoc_redirect", "herestring_redirect"})
_REDIRECTORS = frozenset(
    {"<", ">", ">>", "&>", "&>>", "<&", ">&", ">|", "<&-", ">&-", "<<", "<<-", "<<<", "<>"}
)
SUBSTITUTIONS = frozenset({"command_substitution", "process_substitution"})
_LEAVES = frozenset({"word", "number", "raw_string", "variable_name", "string_content"})


@lru_cache(maxsize=1)
def _parser() -> Parser:
    import tree_sitter_bash
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_bash.language()))


def _encoded(text: str) -> bytes:
    """One byte for every character, so that offsets agree. Characters outside of ASCII become
    dots, which are as plain to a shell: the grammar's scanner hands them to C functions that read
    past their tables (a crash). A carriage return is a blank, as before a newline."""
    text = text.replace("\r", " ").replace("\0", ".")
    if not text.isascii():
        text = re.sub(r"[^\x00-\x7f]", ".", text)
    return text.encode("ascii")


def _parsed(data: bytes, seconds: float) -> Node | None:
    """The root node; None past so many seconds of processor time. A sound script needs a
    microsecond for two bytes, but recovery from errors may be quadratic."""
    parser = _parser()
    if len(data) <= _SMALL:
        return parser.parse(data).root_node
    end = thread_time() + seconds
    try:
        tree = parser.parse(
            lambda offset, _: data[offset : offset + _CHUNK],
            progress_callback=lambda _offset, _has_error: thread_time() > end,
        )
    except ValueError:
        parser.reset()
        return None
    return tree.root_node


@dataclass(slots=True)
class Parts:
    """What one simple command is made of; `nodes` belong to `words`, `substitutions` are the
    `$(...)` and `<(...)` in it."""

    words: list[ShellWord] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    assignments: list[tuple[str, ShellWord | None]] = field(default_factory=list)
    redirections: list[Redirection] = field(default_factory=list)
    substitutions: list[Node] = field(default_factory=list)
    herestring: Node | None = None


class ShellTree:
    """The tree of a text."""

    def __init__(self, mapped: MappedText, seconds: float) -> None:
        self.mapped = mapped
        self.text = mapped.text
        self.root = _parsed(_encoded(self.text), seconds)
        """None when the grammar's error recovery took too long."""

    def range(self, node: Node) -> tuple[int, int]:
        """Character offsets of a node."""
        return node.start_byte, node.end_byte

    def span(self, node: Node) -> Span:
        return self.mapped.span(*self.range(node))

    def source(self, node: Node) -> str:
        start, end = self.range(node)
        return self.text[start:end]

    def word(self, node: Node) -> ShellWord:
        start, end = self.range(node)
        text = self.text[start:end]
        return ShellWord(text, value_of(node, self.source), self.mapped.span(start, end))

    def errors(self) -> Iterator[Span]:
        """Where the grammar could not read the text, outermost nodes only."""
        waiting = [self.root] if self.root is not None and self.root.has_error else []
        while waiting:
            node = waiting.pop()
            if node.is_error or node.is_missing:
                yield self.span(node)
            elif node.has_error:
                waiting += node.children

    def substitutions(self, node: Node) -> Iterator[Node]:
        """The outermost `$(...)` and `<(...)` in a word or a here-document's body."""
        waiting = [node]
        while waiting:
            one = waiting.pop()
            kind = one.type
            if kind in SUBSTITUTIONS:
                yield one
            elif kind not in _LEAVES and one.child_count:
                waiting += reversed(one.children)

    def command_parts(self, node: Node) -> Parts:
        """The parts of a `command` node."""
        parts = Parts()
        for child in node.children:
            kind = child.type
            if kind in ("word", "number"):
                start, end = self.range(child)
                text = self.text[start:end]
                value = unescaped(text) if "\\" in text else text
                parts.words.append(ShellWord(text, value, self.mapped.span(start, end)))
                parts.nodes.append(child)
            elif kind == "variable_assignment" and not parts.words:
                self._assign(child, parts)
            elif kind in REDIRECTS:
                self.redirect(child, parts)
            elif kind != "comment":
                inner = child.children[0] if kind == "command_name" and child.children else child
                parts.words.append(self.word(inner))
                parts.nodes.append(inner)
                parts.substitutions += self.substitutions(inner)
        return parts

    def keyword_parts(self, node: Node) -> Parts:
        """The parts of `export`, `unset`, `[ ... ]` or a bare assignment."""
        parts = Parts()
        if node.type == "variable_assignment":
            self._assign(node, parts)
            return parts
        for child in node.children:
            if node.type != "test_command" or not parts.words:
                parts.words.append(self.word(child))
            if child.type == "variable_assignment":
                self._assign(child, parts)
            else:
                parts.substitutions += self.substitutions(child)
        return parts

    def loop(self, node: Node) -> Iterator[Loop]:
        """The loop of a `for_statement` over plain words."""
        name = node.child_by_field_name("variable")
        body = node.child_by_field_name("body")
        if name is None or body is None:
            return
        values = [self.word(one).value for one in node.children_by_field_name("value")]
        known = tuple(one for one in values if one is not None)
        if known and len(known) == len(values) and not any(set("*?[{") & set(x) for x in known):
            yield Loop(self.source(name), known, self.span(body))

    def redirect(self, node: Node, parts: Parts) -> None:
        """Adds a redirection; the body of a here-document and what hangs behind it left out."""
        operator = "".join(
            self.source(child)
            for child in node.children
            if child.type == "file_descriptor" or child.type in _REDIRECTORS
        )
        skipped = ("file_descriptor", "pipeline", "heredoc_body", "heredoc_end")
        named = [child for child in node.children if child.is_named and child.type not in skipped]
        if not named:
            parts.redirections.append(Redirection(operator, None, self.span(node)))
            return
        if node.type == "herestring_redirect":
            parts.herestring = named[0]
        parts.substitutions += self.substitutions(named[0])
        duplicated = named[0].type == "number" and operator.endswith("&")
        target = None if duplicated else self.word(named[0])
        span = Span(self.span(node).start, self.span(named[0]).end)
        parts.redirections.append(Redirection(operator, target, span))

    def _assign(self, node: Node, parts: Parts) -> None:
        children = node.children
        value = self.word(children[-1]) if len(children) > 2 else None
        if value is not None:
            parts.substitutions += self.substitutions(children[-1])
        parts.assignments.append((self.source(children[0]), value))
