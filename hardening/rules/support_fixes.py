"""Edits and preconditions that many rules share. No edit reaches into a command that is not
`editable`; inserted lines copy the continuation style that stands around them."""

from __future__ import annotations

import re
from itertools import pairwise

from hardening.dockerfile.edits import insert_at, replace_span
from hardening.dockerfile.model import Dockerfile, Instruction
from hardening.dockerfile.shell_model import Command, PackageCall, Script, ShellWord
from hardening.model import Edit, Precondition, Span, fails, holds, unknown
from hardening.rules.support import Run

LITERAL = "The command stands literally in the file"
_POINT = "_append_point"
UNCONDITIONAL = "The command is not inside a condition, loop or function"
_JOINT = re.compile(r"\A[ \t]*(?:[\\`][ \t]*\n[ \t]*)?(?:&&|;)[ \t]*(?:[\\`][ \t]*\n[ \t]*)?\Z")


def literal(command: Command) -> Precondition:
    """Fails where the text may not be touched."""
    if not command.editable:
        return fails(LITERAL, "It is built by the shell or could not be read exactly")
    return holds(LITERAL, "Read from the Dockerfile")


def unconditional(command: Command) -> Precondition:
    if command.conditional:
        return unknown(UNCONDITIONAL, "It stands inside a condition, loop or function")
    return holds(UNCONDITIONAL, "It runs on every build")


def no_volatile(run: Run, *paths: str) -> Precondition:
    statement = f"No cache or tmpfs mount covers {paths[0]}"
    if run.is_volatile(*paths):
        return fails(statement, "A --mount of this RUN does")
    return holds(statement, "No --mount of this RUN does")


def status_kept(statement: str = "The exit status of the RUN stays the same") -> Precondition:
    return holds(statement, "The new command is joined so that an earlier failure still counts")


def insert_after(dockerfile: Dockerfile, span: Span, text: str) -> Edit:
    return insert_at(dockerfile, span.end, text)


def insert_flag(dockerfile: Dockerfile, call: PackageCall, flag: str) -> Edit:
    """A flag right after the verb (after the program where the verb's place is unknown)."""
    span = call.verb_span or call.command.words[0].span
    return insert_at(dockerfile, span.end, " " + flag)


def remove_words(
    dockerfile: Dockerfile, command: Command, words: tuple[ShellWord, ...]
) -> tuple[Edit, ...]:
    """Words out of a command, each with what stands between it and the word before (blanks, a
    continuation). Empty when a comment would be lost with them."""
    edits = []
    for previous, word in pairwise(command.words):
        if word in words:
            edit = remove_after(dockerfile, previous.span, word.span)
            if edit is None:
                return ()
            edits.append(edit)
    return tuple(edits)


def remove_after(dockerfile: Dockerfile, previous: Span, span: Span) -> Edit | None:
    """One operand out of an instruction, from the end of the one before it; None when a comment
    stands between them."""
    gone = Span(previous.end, span.end)
    between = dockerfile.text[previous.end : span.start]
    return None if "#" in between else replace_span(dockerfile, gone, "")


def command_end(command: Command) -> int:
    """Where the command ends, redirections included."""
    return max([command.span.end, *(one.span.end for one in command.redirections)])


def append_command(
    dockerfile: Dockerfile, instruction: Instruction, script: Script, text: str
) -> Edit | None:
    """One more command at the end of a RUN, run only when the ones before went well. None when
    the end of the script cannot be extended safely (a closing `fi` or `)`, `&`, `exit`, an
    error)."""
    known = instruction.__dict__
    if _POINT not in known:
        known[_POINT] = _append_point(dockerfile, instruction, script)
    point: tuple[int, str] | None = known[_POINT]
    return None if point is None else insert_at(dockerfile, point[0], point[1] + text)


def _append_point(
    dockerfile: Dockerfile, instruction: Instruction, script: Script
) -> tuple[int, str] | None:
    """Where a command can be added to the script, and what joins it."""
    if not script.commands or script.errors:
        return None
    last = max(script.commands, key=lambda one: one.span.end)
    if last.conditional or not last.editable:
        return None
    leaves = last.name == "exit" or "exec" in last.wrappers
    if leaves and last.joined_by != "||":
        return None
    end = command_end(last)
    heredoc = next((one for one in instruction.heredocs if one.body.contains(last.span)), None)
    if heredoc is None and (instruction.heredocs or (last.wrappers and not last.wrapper_span)):
        return None
    limit = heredoc.body.end if heredoc else instruction.span.end
    if dockerfile.text[end:limit].strip():
        return None
    joint = _heredoc_joint if heredoc else _joint
    return end, joint(dockerfile, script, last)


def fails_fast(script: Script) -> bool:
    """True when the script stops at the first failure (`set -e`, `SHELL [..., "-e", ...]`)."""
    words = list(script.options)
    for command in script.commands[:1]:
        if command.name == "set":
            words += [word.text for word in command.arguments]
    return any(
        word == "errexit" or (word.startswith("-") and not word.startswith("--") and "e" in word)
        for word in words
    )


def _heredoc_joint(dockerfile: Dockerfile, script: Script, last: Command) -> str:
    if not fails_fast(script):
        return " && "
    start = dockerfile.line_start(dockerfile.line_at(last.span.start))
    line = dockerfile.text[start : last.span.start]
    return "\n" + line[: len(line) - len(line.lstrip())]


def _joint(dockerfile: Dockerfile, script: Script, last: Command) -> str:
    """What stands between the last two commands, or the house style."""
    text = dockerfile.text
    before = [one for one in script.commands if command_end(one) <= last.span.start]
    first = last.wrapper_span.start if last.wrapper_span else last.span.start
    if before:
        previous = max(before, key=command_end)
        between = text[command_end(previous) : first].replace("\r\n", "\n")
        if _JOINT.match(between):
            fast = fails_fast(script)
            return between if fast or "&&" in between else _with_and(between)
    if "\n" in text[last.span.start : last.span.end]:
        return f" {dockerfile.escape}\n    && "
    return " && "


def _with_and(between: str) -> str:
    """`; ` → ` && `; `; \\⏎  ` → ` && \\⏎  `."""
    replaced = between.replace(";", "&&", 1)
    return replaced if replaced[:1] in " \t" else " " + replaced


def needs_image(statement: str, answer: bool | None, *, yes: str, no: str) -> Precondition:
    """A statement that the image decides: holds, fails, or unknown without its files."""
    if answer is None:
        return unknown(statement, "The files of the image are not known")
    return holds(statement, yes) if answer else fails(statement, no)
