"""What a variable in a script stands for, as far as the Dockerfile and the script say."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from hardening.dockerfile.expansion import scope_at
from hardening.dockerfile.model import Instruction
from hardening.dockerfile.shell_model import Command, Loop, Script, ShellWord
from hardening.dockerfile.shell_tree import MAX_DEPTH
from hardening.model import Span

_VARIABLE = re.compile(r"\"?\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})\"?")
_PLAIN = re.compile(r"[^$`\"'\\*?\[{]*")


def words_of(
    instruction: Instruction, script: Script, command: Command, word: ShellWord
) -> tuple[str, ...]:
    """The words that one word of a command gives: itself, or the value of a variable (`$PKGS`) that
    ENV, ARG, the script or a `for` around the command sets; () where that is not certain."""
    if word.value is not None:
        return (word.value,)
    match = _VARIABLE.fullmatch(word.text)
    if match is None:
        return ()
    name = match[1] or match[2]
    values = _of_loop(script, name, command.span)
    if values:
        return values
    value = _value(instruction, script, command, name)
    if value is None or not _PLAIN.fullmatch(value):
        return ()
    return (value,) if word.text.startswith('"') else tuple(value.split())


def _of_loop(script: Script, name: str, span: Span) -> tuple[str, ...]:
    """What the innermost `for` of that variable around a command goes through."""
    index: dict[str, list[Loop]] | None = script.__dict__.get("_loops")
    if index is None:
        index = script.__dict__["_loops"] = {}
        for loop in script.loops:
            index.setdefault(loop.variable, []).append(loop)
    loops = index.get(name, [])
    last = bisect_right(loops, span.start, key=lambda one: one.span.start)
    for loop in reversed(loops[max(0, last - MAX_DEPTH) : last]):
        if loop.span.contains(span):
            return loop.values
    return ()


def _value(instruction: Instruction, script: Script, at: Command, name: str) -> str | None:
    """The last assignment before a command decides; without one ENV and ARG do."""
    index: dict[str, list[tuple[int, str | None]]] | None = script.__dict__.get("_assigned")
    if index is None:
        index = script.__dict__["_assigned"] = {}
        for command in script.commands:
            if command.name and command.name != "export":
                continue
            for key, word in command.assignments:
                known = None if word is None or command.conditional else word.value
                index.setdefault(key, []).append((command.span.start, known))
    assigned = index.get(name, [])
    last = bisect_left(assigned, at.span.start, key=lambda one: one[0])
    if last:
        return assigned[last - 1][1]
    if instruction.owner is None:
        return None
    return scope_at(instruction.owner, instruction, {}).get(name)
