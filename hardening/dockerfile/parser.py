"""A Dockerfile's text to its structure; never raises, never loses a character.

Grammar: BuildKit's `frontend/dockerfile/parser`. What BuildKit would refuse becomes `Unparsed`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from hardening.dockerfile import heredocs
from hardening.dockerfile.instructions import check_sources, flag_problem, read_instruction
from hardening.dockerfile.lines import MAX_LINE, SPACE, LineReader, read_logical_line
from hardening.dockerfile.model import (
    Comment,
    Directive,
    Dockerfile,
    Form,
    Heredoc,
    Instruction,
    Unparsed,
)
from hardening.dockerfile.source import newline_of
from hardening.dockerfile.stages import group
from hardening.dockerfile.words import RefusedError
from hardening.model import Span

_DIRECTIVE = rf"(?a)#[{SPACE}]*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(\S(?:.*\S)?)\s*"
_DIRECTIVES = frozenset({"syntax", "escape", "check"})
_HEREDOC_KEYWORDS = frozenset({"RUN", "COPY", "ADD"})


MAX_REMEMBERED = 200_000
"""Characters of a text whose structure is kept for the next time."""


def parse(text: str, path: str = "Dockerfile") -> Dockerfile:
    """The structure of a Dockerfile. Never raises, whatever the text; equal texts share one."""
    if len(text) > MAX_REMEMBERED:
        return _Parser(text, path).run()
    return _remembered(text, path)


@lru_cache(maxsize=64)
def _remembered(text: str, path: str) -> Dockerfile:
    return _Parser(text, path).run()


def forget() -> None:
    """Drops the remembered parses: a benchmark wants to do the work again."""
    _remembered.cache_clear()


class _Parser:
    def __init__(self, text: str, path: str) -> None:
        self.text = text
        self.path = path
        self.reader = LineReader(text)
        self.escape = "\\"
        self.directives: list[Directive] = []
        self.directives_done = False
        self.comments: list[Comment] = []
        self.leading: list[Comment] = []
        self.instructions: list[Instruction] = []
        self.unparsed: list[Unparsed] = []
        self.pieces: list[Span] = []
        self.stage = -1

    def run(self) -> Dockerfile:
        while self.reader.more:
            self._line()
        if not self.instructions and not self.unparsed:
            end = len(self.text)
            last = max(1, len(self.reader.lines))
            self.unparsed.append(
                Unparsed(Span(end, end), last, last, "a file with no instructions")
            )
        instructions = tuple(self.instructions)
        dockerfile = Dockerfile(
            path=self.path,
            text=self.text,
            newline=newline_of(self.text),
            escape=self.escape,
            directives=tuple(self.directives),
            comments=tuple(self.comments),
            instructions=instructions,
            stages=group(instructions, self.escape),
            unparsed=tuple(self.unparsed),
            pieces=_tiled(self.pieces, len(self.text)),
        )
        for instruction in instructions:
            object.__setattr__(instruction, "owner", dockerfile)
            if instruction.trigger is not None:
                object.__setattr__(instruction.trigger, "owner", dockerfile)
        return dockerfile

    def _line(self) -> None:
        offset, content = self.reader.take()
        stripped = content.lstrip(SPACE)
        offset += len(content) - len(stripped)
        if not self.directives_done and self._directive(stripped, offset):
            self.leading.clear()
            return
        if not stripped:
            self.leading.clear()
            return
        if stripped[0] == "#":
            comment = Comment(stripped, Span(offset, offset + len(stripped)), self.reader.next)
            self.comments.append(comment)
            self.leading.append(comment)
            self.pieces.append(comment.span)
            return
        self._instruction(offset, stripped)
        self.leading.clear()

    def _directive(self, stripped: str, offset: int) -> bool:
        match = re.fullmatch(_DIRECTIVE, stripped) if stripped.startswith("#") else None
        name = match[1].lower() if match else ""
        if match is None or name not in _DIRECTIVES:
            self.directives_done = True
            return False
        span = Span(offset, offset + len(stripped))
        line = self.reader.next
        self.pieces.append(span)
        if any(one.name == name for one in self.directives):
            self._refuse(span, line, f"only one {name} parser directive can be used")
            return True
        value = match[2]
        if name == "escape":
            if value not in ("\\", "`"):
                self._refuse(span, line, f"escape takes \\ or `, not {value[:20]!r}")
                return True
            self.escape = value
        self.directives.append(Directive(name, value, span, line))
        return True

    def _refuse(self, span: Span, first_line: int, reason: str) -> None:
        self.unparsed.append(Unparsed(span, first_line, self.reader.next, reason))

    def _instruction(self, offset: int, first: str) -> None:
        before = self.reader.next - 1
        line = read_logical_line(self.reader, offset, first, self.escape)
        self.comments += line.comments
        try:
            self._refuse_long_lines(before)
            made = read_instruction(line, self.escape)
            opened = heredocs.openers(line) if _may_open(made) else []
            if opened:
                first_body = self.reader.next
                docs = heredocs.read_bodies(self.text, self.reader, opened)
                self._refuse_long_lines(first_body)
                self._attach(made, docs, docs[-1].terminator.end)
            check_sources(made)
        except RefusedError as refused:
            span = Span(offset, self.reader.end)
            self._refuse(span, line.start_line, str(refused))
            self.pieces.append(span)
            return
        self._add(made)

    def _refuse_long_lines(self, since: int) -> None:
        for content in self.reader.lines[since : self.reader.next]:
            if len(content) * 4 < MAX_LINE:
                continue
            if len(content.encode("utf-8", "surrogateescape")) >= MAX_LINE:
                raise RefusedError(f"a line is longer than {MAX_LINE} bytes")

    def _attach(self, made: Instruction, docs: tuple[Heredoc, ...], end: int) -> None:
        for one in (made, made.trigger):
            if one is not None:
                object.__setattr__(one, "heredocs", docs)
                object.__setattr__(one, "span", Span(one.span.start, end))
                object.__setattr__(one, "end_line", self.reader.next)

    def _add(self, made: Instruction) -> None:
        if made.keyword == "FROM":
            self.stage += 1
        problem = flag_problem(made)
        if self.stage < 0 and made.keyword != "ARG":
            problem = f"{made.keyword} stands before the first FROM"
        if problem:
            self.unparsed.append(Unparsed(made.span, made.start_line, made.end_line, problem))
        for one in (made, made.trigger):
            if one is not None:
                object.__setattr__(one, "stage", self.stage)
                object.__setattr__(one, "index", len(self.instructions))
                object.__setattr__(one, "leading_comments", tuple(self.leading))
        self.instructions.append(made)
        self.pieces.append(made.span)


def _may_open(made: Instruction) -> bool:
    target = made.trigger or made
    return target.keyword in _HEREDOC_KEYWORDS and target.form is not Form.EXEC


def _tiled(spans: list[Span], length: int) -> tuple[Span, ...]:
    """The spans with the gaps between them filled."""
    pieces: list[Span] = []
    position = 0
    for span in spans:
        if span.start > position:
            pieces.append(Span(position, span.start))
        pieces.append(span)
        position = span.end
    if position < length:
        pieces.append(Span(position, length))
    return tuple(pieces)
