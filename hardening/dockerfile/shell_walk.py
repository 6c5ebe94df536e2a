"""A shell script's syntax tree (tree-sitter-bash) to simple commands with true spans."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from hardening.dockerfile import shell_words, wrappers
from hardening.dockerfile.mapped import MappedText
from hardening.dockerfile.shell_model import Command, Redirection, ShellWord
from hardening.model import Span

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

MAX_SCRIPT = 1 << 20
"""Longest script in characters that is parsed."""
MAX_DEPTH = 60
"""Deepest nesting of groups, substitutions and `sh -c` strings that is followed."""

_REDIRECTS = frozenset({"file_redirect", "heredoc_redirect", "herestring_redirect"})
_SUBSTITUTIONS = frozenset({"command_substitution", "process_substitution"})
_LEAVES = frozenset({"word", "number", "raw_string", "variable_name", "string_content"})
_SKIPPED = frozenset({"comment", "heredoc_body", "heredoc_end", "variable_name"})
_CONDITIONAL = frozenset({"elif_clause", "else_clause", "case_item", "function_definition"})


class _Context(NamedTuple):
    """What a statement inherits from where it stands."""

    joined_by: str = ""
    conditional: bool = False
    pipe: tuple[int, int, int] | None = None
    redirections: tuple[Redirection, ...] = ()

    def then(self, operator: str) -> _Context:
        return _Context(operator, self.conditional, None, ())


@lru_cache(maxsize=1)
def _parser() -> Parser:
    import tree_sitter_bash
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_bash.language()))


class Walker:
    """Collects the commands of one script and of those it carries in `sh -c` strings."""

    def __init__(self) -> None:
        self.commands: list[Command] = []
        self.errors: list[Span] = []
        self.pipelines = 0

    def read(self, mapped: MappedText) -> None:
        """Parses one script and adds its commands."""
        _Reading(self, mapped, wrappers.OUTERMOST, 0).run(_Context())

    def new_pipeline(self) -> int:
        self.pipelines += 1
        return self.pipelines - 1


class _Reading:
    """One text under the walker: the whole script, or a string that a shell runs."""

    def __init__(
        self, walker: Walker, mapped: MappedText, outer: wrappers.Outer, depth: int
    ) -> None:
        self.walker = walker
        self.mapped = mapped
        self.text = mapped.text
        self.outer = outer
        self.depth = depth
        self.bytes: list[int] | None = None

    def run(self, context: _Context) -> bool:
        """Whether any command was found."""
        if len(self.text) > MAX_SCRIPT or self.depth > MAX_DEPTH:
            self.walker.errors.append(self.mapped.span(0, len(self.text)))
            return False
        data = self._encoded()
        root = _parser().parse(data).root_node
        before = len(self.walker.commands)
        self._group(root, context)
        if root.has_error:
            self._mark_errors(root, before)
        return len(self.walker.commands) > before

    def _encoded(self) -> bytes:
        text = self.text.replace("\r", " ")
        if text.isascii():
            return text.encode("ascii")
        data = text.encode("utf-8", "replace")
        self.bytes = list(accumulate((len(c.encode("utf-8", "replace")) for c in text), initial=0))
        return data

    def _range(self, node: Node) -> tuple[int, int]:
        if self.bytes is None:
            return node.start_byte, node.end_byte
        return bisect_left(self.bytes, node.start_byte), bisect_left(self.bytes, node.end_byte)

    def _span(self, node: Node) -> Span:
        return self.mapped.span(*self._range(node))

    def word(self, node: Node) -> ShellWord:
        start, end = self._range(node)
        text = self.text[start:end]
        return ShellWord(text, shell_words.value_of(node, text), self.mapped.span(start, end))

    def _mark_errors(self, root: Node, before: int) -> None:
        errors = [self._span(node) for node in shell_words.error_nodes(root)]
        self.walker.errors += errors
        ranges = sorted(errors)
        for index in range(before, len(self.walker.commands)):
            command = self.walker.commands[index]
            place = bisect_left(ranges, command.span)
            near = ranges[max(0, place - 1) : place + 1]
            if any(e.start <= command.span.end and command.span.start <= e.end for e in near):
                self.walker.commands[index] = replace(command, editable=False)

    def _deeper(self) -> bool:
        """False when the nesting went too deep; pairs with a decrement of `depth`."""
        self.depth += 1
        return self.depth <= MAX_DEPTH

    def _group(self, node: Node, context: _Context) -> None:
        """Statements one after another; the keywords of a compound stand between them."""
        if not self._deeper():
            self.walker.errors.append(self._span(node))
            self.depth -= 1
            return
        first = context
        joined = context.joined_by
        conditional = context.conditional or node.type in _CONDITIONAL
        for child in node.children:
            kind = child.type
            if not child.is_named:
                if kind in ("then", "do"):
                    conditional = conditional or (node.type == "if_statement" and kind == "then")
                if kind == "&":
                    joined = "&"
                elif kind not in (
                    "(",
                    "{",
                    "$(",
                    "`",
                    "<(",
                    ">(",
                    "!",
                    "if",
                    "while",
                    "until",
                    "elif",
                ):
                    joined = joined if joined == "&" and kind == "\n" else ";"
                continue
            if kind in _SKIPPED:
                continue
            inner = first._replace(joined_by=joined, conditional=conditional)
            if kind == "do_group" and node.type == "while_statement":
                inner = inner._replace(conditional=True)
            self._statement(child, inner)
            joined = ";"
        self.depth -= 1

    def _statement(self, node: Node, context: _Context) -> None:
        kind = node.type
        if kind == "command":
            self._command(node, context)
        elif kind == "list":
            self._list(node, context)
        elif kind == "pipeline":
            self._pipeline([node], context)
        elif kind == "redirected_statement":
            self._redirected(node, context)
        elif kind in ("declaration_command", "unset_command", "test_command"):
            self._other_command(node, context)
        elif kind == "variable_assignment":
            self._add(node, [], [self._assignment(node, context)], [], context)
        elif kind in _LEAVES:
            return
        elif kind in _SUBSTITUTIONS:
            self._group(node, _Context("", context.conditional))
        else:
            self._group(node, context)

    def _list(self, node: Node, context: _Context) -> None:
        """`a && b || c` leans to the left: unrolled, for a chain may be thousands long."""
        later: list[tuple[str, Node]] = []
        while node.type == "list":
            children = node.children
            operator = ""
            tail: list[tuple[str, Node]] = []
            for child in children[1:]:
                if child.type in ("&&", "||"):
                    operator = child.type
                elif child.is_named and child.type not in _SKIPPED:
                    tail.append((operator, child))
            later += reversed(tail)
            node = children[0]
        last = len(later)
        first = context if not last else context._replace(redirections=())
        self._statement(node, first)
        for index, (operator, child) in enumerate(reversed(later), 1):
            then = context.then(operator)
            if index == last:
                then = then._replace(redirections=context.redirections)
            self._statement(child, then)

    def _pipeline(
        self, nodes: list[Node], context: _Context, first: tuple[Redirection, ...] = ()
    ) -> None:
        """The commands of a pipeline; `nodes` are its parts in order, `first` the redirections
        of its first command."""
        members: list[tuple[str, Node]] = []
        operator = context.joined_by
        for node in nodes:
            if node.type != "pipeline":
                members.append((operator, node))
                continue
            for child in node.children:
                if not child.is_named:
                    operator = "|"
                elif child.type not in _SKIPPED:
                    members.append((operator, child))
        number = self.walker.new_pipeline()
        for position, (joined, member) in enumerate(members):
            redirections = context.redirections if position == len(members) - 1 else ()
            redirections += first if position == 0 else ()
            pipe = (number, position, len(members))
            self._statement(member, _Context(joined, context.conditional, pipe, redirections))

    def _redirected(self, node: Node, context: _Context) -> None:
        """A statement with redirections; after `<<EOF` the rest of its line hangs in the
        redirection's own node."""
        body: Node | None = None
        redirections: list[Redirection] = []
        piped: list[Node] = []
        rest: list[tuple[str, Node]] = []
        heredoc: Node | None = None
        for child in node.children:
            if child.type not in _REDIRECTS:
                if child.is_named and child.type not in _SKIPPED:
                    body = child
                continue
            redirections.append(self._redirection(child, context))
            if child.type == "heredoc_redirect":
                heredoc = child
                self._after_heredoc(child, piped, rest, redirections, context)
        inner = context._replace(redirections=(*context.redirections, *redirections))
        before = len(self.walker.commands)
        if body is None:
            self._add(node, [], [], [], inner)
        elif piped:
            self._pipeline([body, *piped], context, tuple(redirections))
        else:
            self._statement(body, inner)
        if heredoc is not None and len(self.walker.commands) > before:
            self._heredoc_script(heredoc, self.walker.commands[before])
        for operator, child in rest:
            self._statement(child, context.then(operator))

    def _after_heredoc(
        self,
        node: Node,
        piped: list[Node],
        rest: list[tuple[str, Node]],
        redirections: list[Redirection],
        context: _Context,
    ) -> None:
        operator = ""
        for child in node.children:
            if child.type == "pipeline":
                piped.append(child)
            elif child.type in ("&&", "||"):
                operator = child.type
            elif child.type in _REDIRECTS:
                redirections.append(self._redirection(child, context))
            elif child.type == "heredoc_body":
                self._substitutions(child, context)
            elif operator and child.is_named:
                rest.append((operator, child))

    def _heredoc_script(self, node: Node, command: Command) -> None:
        """A here-document that a shell reads as its script."""
        if not wrappers.reads_script(command):
            return
        body = next((child for child in node.children if child.type == "heredoc_body"), None)
        if body is None:
            return
        inner = self.outer.inside(command, editable=True)
        picked = self.mapped.pick([self._range(body)])
        context = _Context("", command.conditional)
        _Reading(self.walker, picked, inner, self.depth + 1).run(context)

    def _redirection(self, node: Node, context: _Context) -> Redirection:
        operator = "".join(
            self.text[slice(*self._range(child))]
            for child in node.children
            if child.type == "file_descriptor" or not child.is_named
        )
        skipped = ("file_descriptor", "pipeline", "heredoc_body", "heredoc_end")
        named = [child for child in node.children if child.is_named and child.type not in skipped]
        if not named:
            return Redirection(operator, None, self._span(node))
        self._substitutions(named[0], context)
        target = None if node.type == "file_redirect" and operator.endswith("&") else named[0]
        if target is None and named[0].type != "number":
            target = named[0]
        span = Span(self._span(node).start, self._span(named[0]).end)
        return Redirection(operator, self.word(target) if target else None, span)

    def _substitutions(self, node: Node, context: _Context) -> None:
        """Commands inside `$(...)` and `<(...)` anywhere in a word."""
        kind = node.type
        if kind in _LEAVES or node.child_count == 0:
            return
        if kind in _SUBSTITUTIONS:
            self._group(node, _Context("", context.conditional))
            return
        if self._deeper():
            for child in node.children:
                self._substitutions(child, context)
        self.depth -= 1

    def _assignment(self, node: Node, context: _Context) -> tuple[str, ShellWord | None]:
        children = node.children
        start, end = self._range(children[0])
        if len(children) < 3:
            return self.text[start:end], None
        self._substitutions(children[-1], context)
        return self.text[start:end], self.word(children[-1])

    def _command(self, node: Node, context: _Context) -> None:
        words: list[ShellWord] = []
        nodes: list[Node] = []
        assignments: list[tuple[str, ShellWord | None]] = []
        redirections: list[Redirection] = []
        for child in node.children:
            kind = child.type
            if kind == "word" or kind == "number":
                start, end = self._range(child)
                text = self.text[start:end]
                value = shell_words.unescaped(text) if "\\" in text else text
                words.append(ShellWord(text, value, self.mapped.span(start, end)))
                nodes.append(child)
            elif kind == "variable_assignment" and not words:
                assignments.append(self._assignment(child, context))
            elif kind in _REDIRECTS:
                redirections.append(self._redirection(child, context))
            elif child.is_named and kind != "comment":
                inner = child.children[0] if kind == "command_name" and child.children else child
                words.append(self.word(inner))
                nodes.append(inner)
                self._substitutions(inner, context)
            elif kind != "comment":
                words.append(self.word(child))
                nodes.append(child)
        self._add(node, words, assignments, redirections, context, nodes)

    def _other_command(self, node: Node, context: _Context) -> None:
        """`export`, `unset`, `[ ... ]`: keyword first, then whatever stands there."""
        words = [self.word(child) for child in node.children]
        if node.type == "test_command":
            words = words[:1]
        assignments = []
        for child in node.children:
            if child.type == "variable_assignment":
                assignments.append(self._assignment(child, context))
            else:
                self._substitutions(child, context)
        self._add(node, words, assignments, [], context)

    def _add(
        self,
        node: Node,
        words: list[ShellWord],
        assignments: list[tuple[str, ShellWord | None]],
        redirections: list[Redirection],
        context: _Context,
        nodes: list[Node] | None = None,
    ) -> None:
        if context.pipe is None:
            number, position, length = self.walker.new_pipeline(), 0, 1
        else:
            number, position, length = context.pipe
        command = Command(
            name=wrappers.name_of(words),
            words=tuple(words),
            span=self._span(node),
            assignments=tuple(assignments),
            redirections=(*redirections, *context.redirections),
            wrappers=self.outer.names,
            pipeline=number,
            position=position,
            pipeline_length=length,
            joined_by=context.joined_by,
            conditional=context.conditional,
            editable=self.outer.editable,
            shell_options=self.outer.options,
        )
        if not wrappers.is_wrapper(command.name):
            self.walker.commands.append(command)
            return
        unwrapped, script_word = wrappers.unwrap(command)
        if (
            script_word is None
            or nodes is None
            or not self._string(unwrapped, nodes[script_word], context)
        ):
            self.walker.commands.append(unwrapped)

    def _string(self, command: Command, node: Node, context: _Context) -> bool:
        """The commands of `sh -c '...'`; False when the string is not literally there."""
        start, end = self._range(node)
        found = shell_words.script_in_string(node, self.text[start:end])
        if found is None:
            return False
        ranges, literal = found
        picked = self.mapped.pick((start + first, start + last) for first, last in ranges)
        pipe = (command.pipeline, command.position, command.pipeline_length)
        inner = _Context(
            command.joined_by,
            command.conditional,
            pipe if command.pipeline_length > 1 else None,
            command.redirections,
        )
        outer = self.outer.inside(command, editable=literal)
        return _Reading(self.walker, picked, outer, self.depth + 1).run(inner)
