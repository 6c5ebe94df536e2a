"""A shell script's statements to simple commands, in the order and with the joints they have."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from hardening.dockerfile import wrappers
from hardening.dockerfile.mapped import MappedText
from hardening.dockerfile.shell_folders import MOVES, NOWHERE, Whereabouts, moved
from hardening.dockerfile.shell_model import Command, Redirection
from hardening.dockerfile.shell_tree import REDIRECTS, SUBSTITUTIONS, Parts, ShellTree
from hardening.dockerfile.shell_words import script_in_string

if TYPE_CHECKING:
    from tree_sitter import Node

    from hardening.dockerfile.shell_walk import Walker

_SKIPPED = frozenset(
    {"comment", "heredoc_body", "heredoc_end", "variable_name", "word", "number", "raw_string"}
)
_KEYWORD_COMMANDS = frozenset(
    {"declaration_command", "unset_command", "test_command", "variable_assignment"}
)
_CONDITIONAL = frozenset({"elif_clause", "else_clause", "case_item", "function_definition"})
_BRANCHING = frozenset(
    {"if_statement", "while_statement", "for_statement", "c_style_for_statement", "case_statement"}
)
_OPENING = frozenset(
    {"(", "{", "$(", "`", "<(", ">(", "!", "if", "while", "until", "elif", "for", "case", "in"}
)


class Context(NamedTuple):
    """What a statement inherits from where it stands."""

    joined_by: str = ""
    conditional: bool = False
    pipe: tuple[int, int, int] | None = None
    """Number of the pipeline, place in it, and its length."""
    redirections: tuple[Redirection, ...] = ()

    def then(self, operator: str) -> Context:
        return Context(operator, self.conditional)


class Reading:
    """One tree under the walker."""

    def __init__(self, walker: Walker, tree: ShellTree, outer: wrappers.Outer) -> None:
        self.walker = walker
        self.tree = tree
        self.outer = outer

    def group(self, node: Node, context: Context) -> None:
        """Statements one after another; the keywords of a compound stand between them."""
        if not self.walker.enter(self.tree.span(node)):
            return
        joined = context.joined_by
        kind = node.type
        around, before = self.walker.function, self.walker.place
        if kind == "function_definition" and (name := node.child_by_field_name("name")):
            self.walker.function = self.tree.source(name)
            self.walker.place = NOWHERE
        if kind == "for_statement":
            self.walker.loops += self.tree.loop(node)
        conditional = context.conditional or kind in _CONDITIONAL
        for child in node.children:
            if not child.is_named:
                token = child.type
                if token == "&":
                    joined = "&"
                elif token not in _OPENING:
                    joined = "&" if joined == "&" and token == "\n" else ";"
                    conditional = conditional or (token == "then" and kind == "if_statement")
                continue
            if child.type in _SKIPPED:
                continue
            if child.type in _CONDITIONAL and kind in _BRANCHING:
                self.walker.place = before
            loop = child.type == "do_group" and kind == "while_statement"
            inner = context._replace(joined_by=joined, conditional=conditional or loop)
            self._statement(child, inner)
            joined = ";"
        self._leave(kind, before)
        self.walker.function = around
        self.walker.depth -= 1

    def _leave(self, kind: str, before: Whereabouts) -> None:
        """Where the script stands behind a compound: a subshell changes nothing, a branch may."""
        walker = self.walker
        if kind == "function_definition" and walker.place != NOWHERE:
            walker.moving.add(walker.function)
        if kind == "subshell" or kind == "function_definition" or kind in SUBSTITUTIONS:
            walker.place = before
        elif kind in _BRANCHING and walker.place != before:
            walker.place = NOWHERE

    def _statement(self, node: Node, context: Context) -> None:
        kind = node.type
        if node.start_byte == node.end_byte:  # the grammar put in what is missing
            return
        if kind == "command":
            self._add(node, self.tree.command_parts(node), context)
        elif kind == "list":
            self._list(node, context)
        elif kind == "pipeline":
            self._pipeline([node], context)
        elif kind == "redirected_statement":
            self._redirected(node, context)
        elif kind in _KEYWORD_COMMANDS:
            self._add(node, self.tree.keyword_parts(node), context)
        elif kind in SUBSTITUTIONS:
            self.group(node, context.then(""))
        elif kind not in _SKIPPED:
            self.group(node, context)

    def _list(self, node: Node, context: Context) -> None:
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
        self._statement(node, context if not later else context._replace(redirections=()))
        for index in range(len(later) - 1, -1, -1):
            operator, child = later[index]
            then = context.then(operator)
            if index == 0:
                then = then._replace(redirections=context.redirections)
            self._statement(child, then)

    def _pipeline(
        self, nodes: list[Node], context: Context, first: tuple[Redirection, ...] = ()
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
        number = self._new_pipeline()
        last = len(members) - 1
        before = self.walker.place
        for position, (joined, member) in enumerate(members):
            redirections = context.redirections if position == last else ()
            redirections += first if position == 0 else ()
            pipe = (number, position, len(members))
            self._statement(member, Context(joined, context.conditional, pipe, redirections))
            if last:
                self.walker.place = before

    def _new_pipeline(self) -> int:
        self.walker.pipelines += 1
        return self.walker.pipelines - 1

    def _redirected(self, node: Node, context: Context) -> None:
        """A statement with redirections; after `<<EOF` the rest of its line hangs in the
        redirection's own node."""
        parts = Parts()
        body: Node | None = None
        heredoc: Node | None = None
        piped: list[Node] = []
        rest: list[tuple[str, Node]] = []
        for child in node.children:
            if child.type in REDIRECTS:
                self.tree.redirect(child, parts)
                if child.type == "heredoc_redirect":
                    heredoc = child
                    self._behind_heredoc(child, parts, piped, rest)
            elif child.is_named and child.type not in _SKIPPED:
                body = child
        added = tuple(parts.redirections)
        before = len(self.walker.commands)
        if body is None:
            self._add(node, Parts(), context._replace(redirections=context.redirections + added))
        elif piped:
            self._pipeline([body, *piped], context, added)
        else:
            self._statement(body, context._replace(redirections=context.redirections + added))
        if heredoc is not None and len(self.walker.commands) > before:
            self._heredoc_script(heredoc, self.walker.commands[before])
        self._substitutions(parts, context)
        for operator, child in rest:
            self._statement(child, context.then(operator))

    def _behind_heredoc(
        self, node: Node, parts: Parts, piped: list[Node], rest: list[tuple[str, Node]]
    ) -> None:
        operator = ""
        for child in node.children:
            if child.type == "pipeline":
                piped.append(child)
            elif child.type in ("&&", "||"):
                operator = child.type
            elif child.type in REDIRECTS:
                self.tree.redirect(child, parts)
            elif child.type == "heredoc_body":
                parts.substitutions += self.tree.substitutions(child)
            elif operator and child.is_named and child.type not in _SKIPPED:
                rest.append((operator, child))

    def _heredoc_script(self, node: Node, command: Command) -> None:
        """A here-document that a shell reads as its script."""
        body = next((child for child in node.children if child.type == "heredoc_body"), None)
        if body is None or not wrappers.reads_script(command):
            return
        picked = self.tree.mapped.pick([self.tree.range(body)])
        outer = self.outer.inside(command, editable=True)
        self._read_inside(picked, outer, Context("", command.conditional))

    def _read_inside(self, text: MappedText, outer: wrappers.Outer, context: Context) -> bool:
        self.walker.depth += 1
        before = self.walker.place
        found = self.walker.read_inside(text, outer, context)
        if outer.names[-1:] != ("eval",):
            self.walker.place = before
        self.walker.depth -= 1
        return found

    def _substitutions(self, parts: Parts, context: Context, *, but: Node | None = None) -> None:
        """The commands whose output is put in; those in the node `but` were read already."""
        for node in parts.substitutions:
            if but is None or not but.start_byte <= node.start_byte < but.end_byte:
                self.group(node, context.then(""))

    def _add(self, node: Node, parts: Parts, context: Context) -> None:
        number, position, length = context.pipe or (self._new_pipeline(), 0, 1)
        command = Command(
            name=wrappers.name_of(parts.words),
            words=tuple(parts.words),
            span=self.tree.span(node),
            assignments=tuple(parts.assignments),
            redirections=(*parts.redirections, *context.redirections),
            wrappers=self.outer.names,
            pipeline=number,
            position=position,
            pipeline_length=length,
            joined_by=context.joined_by,
            conditional=context.conditional,
            editable=self.outer.editable,
            shell_options=self.outer.options,
            function=self.walker.function,
            folder=self.walker.place.folder,
        )
        if wrappers.is_wrapper(command.name):
            command, script = wrappers.unwrap(command)
            if script is not None and self._string(command, parts.nodes[script], context):
                self._substitutions(parts, context, but=parts.nodes[script])
                return
        self._substitutions(parts, context)
        self.walker.commands.append(command)
        self._move(command)
        if parts.herestring is not None and wrappers.reads_script(command):
            self._string(replace(command, redirections=()), parts.herestring, context)
        if command.name == "find":
            self._run_by_find(command, parts, context)

    def _run_by_find(self, command: Command, parts: Parts, context: Context) -> None:
        cut = len(parts.nodes) - len(command.words)
        for run, script in wrappers.run_by_find(command):
            run = replace(run, pipeline=self._new_pipeline())
            inner = Context("", conditional=True)
            node = None if script is None or cut < 0 else parts.nodes[cut + script]
            if node is None or not self._string(run, node, inner):
                self.walker.commands.append(run)

    def _move(self, command: Command) -> None:
        """Notes where the script stands after a command."""
        walker = self.walker
        if command.name in MOVES:
            sure = command.joined_by != "||" and command.wrappers == self.outer.names
            walker.place = moved(walker.place, command) if sure else NOWHERE
        elif command.name in walker.moving:
            walker.place = NOWHERE

    def _string(self, command: Command, node: Node, context: Context) -> bool:
        """The commands of `sh -c '...'`; False when the string is not literally there."""
        start, end = self.tree.range(node)
        found = script_in_string(node, self.tree.text[start:end])
        if found is None:
            return False
        ranges, literal = found
        picked = self.tree.mapped.pick((start + first, start + last) for first, last in ranges)
        pipe = context.pipe if command.pipeline_length > 1 else None
        inner = Context(command.joined_by, command.conditional, pipe, command.redirections)
        return self._read_inside(picked, self.outer.inside(command, editable=literal), inner)
