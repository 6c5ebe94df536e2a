"""A shell script and those that it carries in strings, as one list of commands; bounded."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from time import thread_time

from hardening.dockerfile import wrappers
from hardening.dockerfile.mapped import MappedText
from hardening.dockerfile.shell_folders import NOWHERE
from hardening.dockerfile.shell_model import Command, Loop, Script, Unread
from hardening.dockerfile.shell_reading import Context, Reading
from hardening.dockerfile.shell_tree import MAX_DEPTH, ShellTree
from hardening.model import Span

MAX_SCRIPT = 1 << 20
"""Longest script in characters that is parsed."""

MAX_SECONDS = 2.0
"""Processor time that the grammar may take for all scripts of a file together."""

TOO_LONG = f"longer than {MAX_SCRIPT:,} characters"
TOO_DEEP = f"nested deeper than {MAX_DEPTH} levels"
TOO_SLOW = f"the shell grammar needs more than {MAX_SECONDS:g} s for the file"
NOT_FOLLOWED = "the shell grammar does not understand it"


class Budget:
    """Processor time in seconds that the grammar may still take for the scripts of a file."""

    __slots__ = ("seconds",)

    def __init__(self) -> None:
        self.seconds = MAX_SECONDS


class Walker:
    """Collects the commands of one script and of those it carries in `sh -c` strings."""

    def __init__(self, budget: Budget | None = None) -> None:
        self.budget = budget or Budget()
        self.commands: list[Command] = []
        self.errors: list[Span] = []
        self.unread: list[Unread] = []
        self.loops: list[Loop] = []
        self.pipelines = 0
        self.depth = 0
        self.function = ""
        """The function whose body is being read."""
        self.place = NOWHERE
        self.moving: set[str] = set()
        """Functions that end in another folder than they begin."""

    def read(self, mapped: MappedText) -> None:
        """Parses one script and adds its commands and errors."""
        self.read_inside(mapped, wrappers.OUTERMOST, Context())

    def read_inside(self, mapped: MappedText, outer: wrappers.Outer, context: Context) -> bool:
        """The same for a script inside another one; whether it had any command."""
        length = len(mapped.text)
        if length > MAX_SCRIPT or self.depth >= MAX_DEPTH:
            self.give_up(mapped.span(0, length), TOO_LONG if length > MAX_SCRIPT else TOO_DEEP)
            return False
        tree = self._tree(mapped)
        if tree is None or tree.root is None:
            self.give_up(mapped.span(0, length), TOO_SLOW)
            return False
        before = len(self.commands)
        Reading(self, tree, outer).group(tree.root, context)
        self._mark_errors(list(tree.errors()), before)
        return len(self.commands) > before

    def enter(self, span: Span) -> bool:
        """One level deeper; False, and noted, where that is too deep."""
        if self.depth >= MAX_DEPTH:
            self.give_up(span, TOO_DEEP)
            return False
        self.depth += 1
        return True

    def give_up(self, span: Span, reason: str) -> None:
        """Notes that the commands of a span are not read."""
        self.errors.append(span)
        self.unread.append(Unread(span, reason))

    def script(self, options: tuple[str, ...] = (), shell: str = "") -> Script:
        """What was collected, in source order."""
        commands = sorted(self.commands, key=lambda command: command.span.start)
        return Script(
            commands=tuple(commands),
            errors=tuple(self.errors),
            options=options,
            shell=shell,
            unread=tuple(self.unread),
            loops=tuple(self.loops),
        )

    def _tree(self, mapped: MappedText) -> ShellTree | None:
        if self.budget.seconds <= 0:
            return None
        started = thread_time()
        tree = ShellTree(mapped, self.budget.seconds)
        self.budget.seconds -= thread_time() - started
        return tree

    def _mark_errors(self, errors: list[Span], before: int) -> None:
        """Commands that touch an error are not to be edited."""
        if not errors:
            return
        self.errors += errors
        self.unread += (Unread(one, NOT_FOLLOWED) for one in errors if one)
        ranges = sorted(errors)
        for index in range(before, len(self.commands)):
            span = self.commands[index].span
            place = bisect_left(ranges, span)
            near = ranges[max(0, place - 1) : place + 1]
            if any(error.start <= span.end and span.start <= error.end for error in near):
                self.commands[index] = replace(self.commands[index], editable=False)


def read_string(mapped: MappedText, outer: wrappers.Outer, budget: Budget) -> Script:
    """A script that stands in a string of another program's arguments."""
    walker = Walker(budget)
    walker.read_inside(mapped, outer, Context())
    return walker.script()
