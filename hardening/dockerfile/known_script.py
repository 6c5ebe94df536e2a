"""What a RUN does as far as the Dockerfile says: the exec form is read too, and variables in the
place of a program or of flags have the value that ENV, ARG or the script gave them.

Nothing of that stands literally in the file: such commands are not editable.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from json import loads

from hardening.dockerfile import wrappers
from hardening.dockerfile.expansion import scope_at
from hardening.dockerfile.json_array import strings
from hardening.dockerfile.mapped import MappedText
from hardening.dockerfile.model import Form, Instruction
from hardening.dockerfile.packages import package_call
from hardening.dockerfile.shell import budget_of, in_windows_stage, instruction_text
from hardening.dockerfile.shell_model import Command, Script, ShellWord
from hardening.dockerfile.shell_walk import read_string
from hardening.model import Span

_VARIABLE = re.compile(r"\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})")
_ARRAY = re.compile(r"\"?\$\{([A-Za-z_]\w*)\[[@*]\]\}\"?")
_FLAG_NAME = re.compile(r"(?:^|_)(?:opts?|options?|flags?|args?|params?)(?:_|$)", re.IGNORECASE)
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|.)")
_DOWNLOADERS = ("curl", "wget")


def known_script(instruction: Instruction) -> Script | None:
    """The commands of a RUN, None as for `Instruction.shell` but for the exec form."""
    if instruction.form is Form.EXEC:
        return _of_array(instruction)
    script = instruction.shell
    return None if script is None else _with_values(instruction, script)


def holds_flags(word: ShellWord) -> bool:
    """A variable of unknown value whose name says that it holds flags: `$APT_OPTIONS`."""
    match = _VARIABLE.fullmatch(word.text) or _ARRAY.fullmatch(word.text)
    return match is not None and _FLAG_NAME.search(match[match.lastindex or 1]) is not None


def _of_array(instruction: Instruction) -> Script | None:
    """`RUN ["sh", "-c", "..."]` and `RUN ["program", "argument"]`."""
    if instruction.owner is None or in_windows_stage(instruction):
        return None
    mapped = instruction_text(instruction)
    begin = len(mapped.text) - len(mapped.text.lstrip())
    found = strings(mapped.text, begin, len(mapped.text)) if begin < len(mapped.text) else None
    if not found:
        return None
    words = [ShellWord(value, value, mapped.span(start, end)) for start, end, value in found]
    span = Span(words[0].span.start, words[-1].span.end)
    command = Command(wrappers.name_of(words), tuple(words), span, editable=False)
    if not wrappers.is_wrapper(command.name):
        return Script((command,), shell="")
    inner, index = wrappers.unwrap(command)
    if index is None:
        return Script((inner,), shell="")
    start, end, _ = found[index]
    text = _unescaped(mapped, start + 1, end - 1)
    outer = wrappers.OUTERMOST.inside(inner, editable=False)
    return read_string(text, outer, budget_of(instruction.owner))


def _unescaped(mapped: MappedText, start: int, end: int) -> MappedText:
    """A JSON string as the shell gets it; an escaped character stands where its backslash does."""
    pieces: list[str] = []
    starts: list[int] = []
    sources: list[int] = []
    length = 0
    for piece, text in _pieces(mapped.text, start, end):
        for offset, part in _unbroken(mapped, piece, text):
            starts.append(length)
            sources.append(offset)
            pieces.append(part)
            length += len(part)
    if not starts:
        return MappedText("", [0], [mapped.at(start)], mapped.file)
    return MappedText("".join(pieces), starts, sources, mapped.file)


def _pieces(text: str, start: int, end: int) -> list[tuple[int, str]]:
    pieces = []
    for match in _ESCAPE.finditer(text, start, end):
        if match.start() > start:
            pieces.append((start, text[start : match.start()]))
        character = loads(f'"{match.group()}"')
        pieces.append((match.start(), "\ufffd" if "\ud800" <= character <= "\udfff" else character))
        start = match.end()
    if start < end:
        pieces.append((start, text[start:end]))
    return pieces


def _unbroken(mapped: MappedText, start: int, text: str) -> list[tuple[int, str]]:
    """A piece cut where the file has a continuation in it."""
    picked = mapped.pick([(start, start + len(text))])
    if picked.text != text:
        return [(mapped.at(start), text)]
    ends = [*picked.starts[1:], len(text)]
    return [
        (source, text[first:last])
        for first, last, source in zip(picked.starts, ends, picked.sources, strict=True)
    ]


def _with_values(instruction: Instruction, script: Script) -> Script:
    if instruction.owner is None or not any(_takes_value(one) for one in script.commands):
        return script
    values: dict[str, str | None] = dict(scope_at(instruction.owner, instruction, {}))
    commands = []
    for command in script.commands:
        commands.append(_replaced(command, values) if _takes_value(command) else command)
        if not command.name or command.name == "export":
            for name, word in command.assignments:
                values[name] = None if word is None or command.conditional else word.value
    return replace(script, commands=tuple(commands))


def _takes_value(command: Command) -> bool:
    """Whether a value would tell which program runs, or with which flags."""
    words = command.words
    if not words or not any("$" in word.text for word in words):
        return False
    if _VARIABLE.fullmatch(words[0].text):
        return True
    flagged = command.name in _DOWNLOADERS or package_call(command) is not None
    return flagged and any(_VARIABLE.fullmatch(word.text) for word in words[1:])


def _replaced(command: Command, values: Mapping[str, str | None]) -> Command:
    words: list[ShellWord] = []
    for index, word in enumerate(command.words):
        match = _VARIABLE.fullmatch(word.text)
        value = values.get(match[1] or match[2]) if match else None
        if value is None or not (index == 0 or value.startswith("-")):
            words.append(word)
            continue
        words += (
            ShellWord(part, None if set(part) & set("$`\"'\\") else part, word.span)
            for part in value.split()
        )
    if not words or tuple(words) == command.words:
        return command
    changed = replace(command, name=wrappers.name_of(words), words=tuple(words), editable=False)
    return wrappers.unwrap(changed)[0] if wrappers.is_wrapper(changed.name) else changed
