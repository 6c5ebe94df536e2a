"""Small edits that many fixes share; each keeps the line structure of the file."""

from __future__ import annotations

from hardening.dockerfile.model import Dockerfile, Instruction
from hardening.model import Edit, Span


def replace_span(dockerfile: Dockerfile, span: Span, text: str) -> Edit:
    return Edit(dockerfile.path, span, text)


def insert_at(dockerfile: Dockerfile, offset: int, text: str) -> Edit:
    return Edit(dockerfile.path, Span(offset, offset), text)


def insert_line_before(dockerfile: Dockerfile, instruction: Instruction, text: str) -> Edit:
    """New line(s) before an instruction, above the comments that stand directly over it."""
    first = instruction.leading_comments[:1]
    line = first[0].line if first else instruction.start_line
    offset = dockerfile.line_start(line)
    if offset == 0 and dockerfile.text.startswith("\ufeff"):
        offset = 1
    return insert_at(dockerfile, offset, text.rstrip("\n") + "\n")


def insert_line_after(dockerfile: Dockerfile, instruction: Instruction, text: str) -> Edit:
    """New line(s) after an instruction; works on a last line without a newline too."""
    end = instruction.span.end
    following = dockerfile.text.find("\n", end)
    if following < 0:
        return insert_at(dockerfile, len(dockerfile.text), "\n" + text.strip("\n"))
    return insert_at(dockerfile, following + 1, text.strip("\n") + "\n")


def delete_instruction(dockerfile: Dockerfile, instruction: Instruction) -> Edit:
    """Takes the instruction out with its line end; comments above it stay."""
    start = dockerfile.line_start(instruction.start_line)
    if start == 0 and dockerfile.text.startswith("\ufeff"):
        start = 1
    following = dockerfile.text.find("\n", instruction.span.end)
    end = len(dockerfile.text) if following < 0 else following + 1
    return Edit(dockerfile.path, Span(start, end), "")
