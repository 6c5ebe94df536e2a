"""The shell commands of an instruction.

The grammar is tree-sitter-bash's. The text it reads is what the shell gets: continuations joined,
comments between them dropped, here-documents put back; every command, word and redirection keeps
its span in the file.
"""

from __future__ import annotations

import re
from dataclasses import replace

from hardening.dockerfile.lines import SPACE, LineReader, LogicalLine, read_logical_line
from hardening.dockerfile.mapped import MappedText
from hardening.dockerfile.model import Dockerfile, Form, Heredoc, Instruction, Stage
from hardening.dockerfile.shell_model import Script
from hardening.dockerfile.shell_walk import Budget, Walker
from hardening.dockerfile.wrapper_table import SHELLS
from hardening.dockerfile.wrappers import shell_options, split_options

_KEYWORDS = frozenset({"RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK"})
_WINDOWS_BASE = re.compile(r"nanoserver|windowsservercore|servercore|/windows(/|:|$)")
_DEFAULT_SHELL = ("/bin/sh", "-c")
_Change = tuple[int, tuple[str, ...]]


def script_of(instruction: Instruction) -> Script | None:
    """The commands of a shell-form RUN, CMD, ENTRYPOINT or HEALTHCHECK CMD, None for everything
    else and for a stage whose SHELL is no POSIX-like shell."""
    found = shell_text(instruction)
    dockerfile = instruction.owner
    if found is None or dockerfile is None:
        return None
    mapped, shell = found
    walker = Walker(budget_of(dockerfile))
    walker.read(mapped)
    return _with_first_set(walker.script(split_options(shell[1:]), shell[0]))


def budget_of(dockerfile: Dockerfile) -> Budget:
    """The processor time that is left for the scripts of a file."""
    budget: Budget = dockerfile.__dict__.setdefault("_shell_budget", Budget())
    return budget


def shell_text(instruction: Instruction) -> tuple[MappedText, tuple[str, ...]] | None:
    """The text that the shell gets, and the words of that shell; None as for `script_of`."""
    found = _text_and_program(instruction)
    return found if found is not None and _program(found[1][0]) in SHELLS else None


def foreign_shell(instruction: Instruction) -> str | None:
    """The program that runs a shell-form instruction where it is no POSIX-like shell: `cmd`,
    `powershell`, the `python3` of a here-document's first line."""
    found = _text_and_program(instruction)
    name = "" if found is None else _program(found[1][0])
    return name if name and name not in SHELLS else None


def _text_and_program(instruction: Instruction) -> tuple[MappedText, tuple[str, ...]] | None:
    dockerfile = instruction.owner
    if dockerfile is None or instruction.form is not Form.SHELL:
        return None
    if instruction.keyword not in _KEYWORDS:
        return None
    shell = shell_in_force(instruction)
    mapped = instruction_text(instruction)
    if len(instruction.heredocs) == 1 and _is_opener(mapped.text, instruction.heredocs[0]):
        body = _body(instruction.heredocs[0], dockerfile.text)
        shebang = re.match(r"#![ \t]*(\S+)[ \t]*(.*)", body.text)
        if shebang:
            shell = _of_shebang(shebang[1], shebang[2].split())
        mapped = body
    elif instruction.heredocs:
        mapped = _with_bodies(mapped, instruction)
    return mapped, shell


def shell_in_force(instruction: Instruction) -> tuple[str, ...]:
    """The words of the SHELL that runs an instruction's commands."""
    dockerfile = instruction.owner
    stage = dockerfile.stage_of(instruction) if dockerfile else None
    if dockerfile is None or stage is None:
        return _DEFAULT_SHELL
    changes: list[list[_Change]] | None = dockerfile.__dict__.get("_shells")
    if changes is None:
        changes = dockerfile.__dict__.setdefault("_shells", _shells(dockerfile))
    before = [words for index, words in changes[stage.index] if index < instruction.index]
    return before[-1]


def _shells(dockerfile: Dockerfile) -> list[list[_Change]]:
    """For every stage its shells, each with the index of the instruction it follows."""
    shells: list[list[_Change]] = []
    for stage in dockerfile.stages:
        start: tuple[str, ...] = ("cmd",) if _is_windows(stage) else _DEFAULT_SHELL
        if stage.parent is not None:
            start = shells[stage.parent][-1][1]
        own = [(one.index, one.exec_words) for one in stage.instructions if one.keyword == "SHELL"]
        shells.append([(-1, start), *((index, words) for index, words in own if words)])
    return shells


def _is_windows(root: Stage) -> bool:
    if (root.platform or "").lower().startswith("windows"):
        return True
    return bool(_WINDOWS_BASE.search((root.base_expanded or root.base.value).lower()))


def in_windows_stage(instruction: Instruction) -> bool:
    """True in a stage whose base runs on Windows."""
    dockerfile = instruction.owner
    stage = dockerfile.stage_of(instruction) if dockerfile else None
    return dockerfile is not None and stage is not None and _is_windows(dockerfile.chain(stage)[0])


def _program(path: str) -> str:
    name = re.split(r"[/\\]", path)[-1].lower()
    return name.removesuffix(".exe")


def _of_shebang(program: str, arguments: list[str]) -> tuple[str, ...]:
    if _program(program) != "env":
        return (program, *arguments)
    rest = [word for word in arguments if word != "-S" and "=" not in word]
    return tuple(rest) or (program,)


def logical_line(instruction: Instruction) -> LogicalLine:
    """The instruction's line as it was joined while parsing."""
    known: LogicalLine | None = instruction.__dict__.get("_line")
    if known is not None:
        return known
    assert instruction.owner is not None
    text, escape = instruction.owner.text, instruction.owner.escape
    start = instruction.span.start
    reader = LineReader(text[start : instruction.span.end])
    _, first = reader.take()
    line = read_logical_line(reader, 0, first, escape)
    line.sources = [source + start for source in line.sources]
    line.file = text
    return line


def instruction_text(instruction: Instruction) -> MappedText:
    """The arguments of the instruction (of HEALTHCHECK: what follows CMD)."""
    line = logical_line(instruction)
    end = len(line.text.rstrip(SPACE))
    begin = instruction.arguments.start
    if instruction.keyword == "HEALTHCHECK" and len(instruction.words) > 1:
        begin = instruction.words[1].span.start
    piece = max(i for i, source in enumerate(line.sources) if source <= begin)
    return line.pick([(line.starts[piece] + begin - line.sources[piece], end)])


def _is_opener(text: str, heredoc: Heredoc) -> bool:
    return re.fullmatch(r"\d*<<-?[^<\s]*|\d*<<-?(['\"]).*\1", text) is not None


def _body(heredoc: Heredoc, text: str) -> MappedText:
    """The lines between, without the leading tabs that `<<-` drops."""
    span = heredoc.body
    whole = MappedText(span.slice(text), [0], [span.start], text)
    if not heredoc.strip_tabs:
        return whole
    ranges = [(m.end(), m.end(1)) for m in re.finditer(r"^\t*(?=([^\n]*\n?))", whole.text, re.M)]
    return whole.pick(ranges)


def _with_bodies(mapped: MappedText, instruction: Instruction) -> MappedText:
    """The line and its here-documents, as the builder hands them to the shell. A line that begins
    with `<<EOF` has it moved behind the command, where the grammar expects it."""
    first, last = instruction.heredocs[0], instruction.heredocs[-1]
    length = len(mapped.text)
    opener = len(first.opener)
    text = instruction.owner.text if instruction.owner else ""
    if mapped.text.startswith(first.opener.slice(text)) and mapped.at(0) == first.opener.start:
        gap = (opener, opener + 1)
        mapped = mapped.pick([(opener + 1, length), gap, (0, opener)])
    begin = first.body.start - 1
    tail = MappedText(text[begin : last.terminator.end], [0], [begin], text)
    return mapped.joined_with(tail)


def _with_first_set(script: Script) -> Script:
    """Options that a `set` in front of everything else turns on are in force at the start."""
    options = list(script.options)
    for command in script.commands:
        if command.name != "set" or command.conditional or command.wrappers:
            break
        options += shell_options(command)
    return replace(script, options=tuple(options))
