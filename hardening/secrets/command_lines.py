"""Passwords in parsed command lines: of a script, of an exec form, of a text in history."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from hardening.dockerfile.model import Form, Instruction
from hardening.dockerfile.shell_model import Command, Script, ShellWord
from hardening.model import Span
from hardening.secrets.arguments import Argument, fed, password_arguments, written_password
from hardening.secrets.judge import reason_of_text

_SHELLS: Final = frozenset({"sh", "bash", "ash", "dash", "zsh", "ksh"})
_WRITERS: Final = ("echo", "printf")
MAX_EXEC_WORDS: Final = 1000


@dataclass(frozen=True, slots=True)
class Password:
    """A password that stands on a command line. `span` is the password itself; `option` is what
    announced it."""

    span: Span
    option: str
    demoted: str = ""
    """Why it is probably none, as for a secret."""


def passwords_in(instruction: Instruction) -> Iterator[Password]:
    """Literal passwords in a RUN, CMD, ENTRYPOINT or HEALTHCHECK, in shell or exec form."""
    if instruction.form is Form.EXEC:
        yield from _of_exec_form(instruction)
    elif instruction.shell is not None:
        yield from passwords_of_script(instruction.shell)


def passwords_of_script(script: Script) -> Iterator[Password]:
    """Literal passwords given as arguments or through a pipe."""
    for command in script.commands:
        words = command.arguments
        texts = [word.text for word in words]
        for found in password_arguments(command.name or "", texts):
            yield _password(words[found.word], found, found.option)
        reader = fed(command.name or "", texts)
        if reader is None and "sudo" in command.wrappers:
            reader = fed("sudo", [word.text for word in command.wrapper_words])
        if reader is not None:
            yield from _fed_by(script, command, reader)


def _fed_by(script: Script, reader: Command, option: str) -> Iterator[Password]:
    for one in reader.redirections:
        if one.operator == "<<<" and one.target is not None:
            found = written_password("echo", [one.target.text])
            if found is not None:
                yield _password(one.target, found, option)
    for writer in script.pipeline_of(reader):
        if writer.position == reader.position - 1 and writer.name in _WRITERS:
            found = written_password(writer.name or "", [word.text for word in writer.arguments])
            if found is not None:
                yield _password(writer.arguments[found.word], found, option)


def _password(word: ShellWord, found: Argument, option: str) -> Password:
    """Part of a word; the whole word where continuations stand in it."""
    reason = reason_of_text(word.text[found.start : found.end])
    if word.span.end - word.span.start != len(word.text):
        return Password(word.span, option, reason)
    start = word.span.start
    return Password(Span(start + found.start, start + found.end), option, reason)


def _of_exec_form(instruction: Instruction) -> Iterator[Password]:
    dockerfile = instruction.owner
    values = instruction.exec_words
    if dockerfile is None or not values or len(values) > MAX_EXEC_WORDS:
        return
    words = instruction.words[-len(values) :]
    for index, start, end, option in passwords_of_words(values):
        source = words[index].span.slice(dockerfile.text)
        at = source.find(values[index][start:end])
        span = words[index].span
        if at >= 0:
            span = Span(span.start + at, span.start + at + end - start)
        yield Password(span, option, reason_of_text(values[index][start:end]))


def passwords_of_words(values: Sequence[str]) -> Iterator[tuple[int, int, int, str]]:
    """Passwords of a command given as a list: number of the word, start and end in it, option.
    The script of `sh -c` is parsed."""
    program = values[0].rpartition("/")[2] if values else ""
    if program in _SHELLS and len(values) > 2 and re.fullmatch(r"-[a-z]*c", values[1]):
        for one in passwords_of_script(parsed(values[2])):
            yield 2, one.span.start, one.span.end, one.option
        return
    for found in password_arguments(program, values[1:]):
        yield found.word + 1, found.start, found.end, found.option


def parsed(text: str) -> Script:
    """A shell text by itself; spans are offsets into it."""
    from hardening.dockerfile.mapped import MappedText
    from hardening.dockerfile.shell_walk import Walker

    walker = Walker()
    walker.read(MappedText(text, [0], [0], text))
    return Script(tuple(walker.commands))
