"""The structure of a Dockerfile; every part knows its exact span in the original text.

Concatenating `Dockerfile.pieces` gives the text back character for character. Grammar:
BuildKit's `frontend/dockerfile/parser` and `instructions`.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from hardening.model import FilePlace, Span

if TYPE_CHECKING:
    from hardening.dockerfile.shell_model import Script


class Form(StrEnum):
    """How the arguments of RUN, CMD, ENTRYPOINT, SHELL, COPY, ADD, VOLUME, HEALTHCHECK stand."""

    SHELL = "shell"
    EXEC = "exec"


@dataclass(frozen=True, slots=True)
class Word:
    """One argument. `text` is the source slice; `value` has quotes and escapes removed and
    continuations joined, variables left as written (`${X}`). `raw` is `text` with continuations
    joined and quotes kept: what `expansion.expand` takes. Words of a shell-form command are a
    plain split: their quotes stay."""

    text: str
    value: str
    span: Span
    raw: str = ""

    @property
    def has_variable(self) -> bool:
        """True when Docker would replace a variable in it (not `'$X'`, not `\\$X`)."""
        if "$" not in self.value:
            return False
        from hardening.dockerfile.expansion import references

        return bool(references(self.raw or self.text))


@dataclass(frozen=True, slots=True)
class Flag:
    """`--name[=value]` before the arguments. `name` has no dashes (`"mount"`, `"from"`)."""

    name: str
    value: str | None
    span: Span
    value_span: Span | None = None

    def options(self) -> dict[str, str]:
        """The `key=value,key` list of `--mount`; keys lower case, a bare key has value ""."""
        pairs = (part.partition("=") for part in (self.value or "").split(",") if part)
        return {key.strip().lower(): value for key, _, value in pairs}


@dataclass(frozen=True, slots=True)
class Heredoc:
    """One here-document. `content` has tabs stripped when `strip_tabs`.

    `opener` spans `<<EOF`, `body` the lines between (with their newlines), `terminator` the
    closing line without its newline (empty span at the end of text when it is missing).
    """

    name: str
    content: str
    strip_tabs: bool
    expand: bool
    opener: Span
    body: Span
    terminator: Span


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment line, `#` included, newline not. `line` is one-based."""

    text: str
    span: Span
    line: int


@dataclass(frozen=True, slots=True)
class Directive:
    """A parser directive (`# syntax=`, `# escape=`, `# check=`); `name` is lower case."""

    name: str
    value: str
    span: Span
    line: int


@dataclass(frozen=True, slots=True)
class KeyValue:
    """One pair of ENV, LABEL or ARG. `value` is None for `ARG NAME`."""

    key: str
    value: Word | None
    span: Span


@dataclass(frozen=True)
class Instruction:
    """One instruction.

    `span` runs from the keyword (or a lone continuation above it) to the end of its last line
    (heredoc terminators included), without the final newline. Lines are one-based and inclusive.
    `arguments` spans what follows the flags, `words` are its words: for ENV and LABEL use
    `pairs`; for the shell form of RUN, CMD and ENTRYPOINT `words` is a plain split and `shell` the
    parsed commands.
    """

    keyword: str
    span: Span
    keyword_span: Span
    arguments: Span
    start_line: int
    end_line: int
    flags: tuple[Flag, ...] = ()
    words: tuple[Word, ...] = ()
    form: Form | None = None
    pairs: tuple[KeyValue, ...] = ()
    heredocs: tuple[Heredoc, ...] = ()
    comments: tuple[Comment, ...] = ()
    """Comments inside its continuation lines."""
    leading_comments: tuple[Comment, ...] = ()
    """Comment lines directly above it, no blank line between: pragmas live here."""
    trigger: Instruction | None = None
    """The instruction that ONBUILD defers."""
    stage: int = -1
    """Index of its stage; -1 before the first FROM."""
    index: int = 0
    """Position among all instructions of the file."""
    owner: Dockerfile | None = field(default=None, repr=False, compare=False)

    @cached_property
    def shell(self) -> Script | None:
        """The shell commands of a shell-form RUN, CMD, ENTRYPOINT or HEALTHCHECK CMD, heredoc
        bodies included, or None: exec form, other keywords, or a stage whose SHELL is not a
        POSIX-like shell (PowerShell, cmd). `RUN ["sh", "-c", "..."]` is None too."""
        from hardening.dockerfile.shell import script_of

        return script_of(self)

    def flag(self, name: str) -> Flag | None:
        """The last flag of that name."""
        return next((flag for flag in reversed(self.flags) if flag.name == name), None)

    def mounts(self, kind: str) -> tuple[dict[str, str], ...]:
        """Options of every `--mount=type=KIND` (bind is the default kind)."""
        found = (flag.options() for flag in self.flags if flag.name == "mount")
        return tuple(options for options in found if options.get("type", "bind") == kind)

    @property
    def exec_words(self) -> tuple[str, ...] | None:
        """The JSON array as plain strings (of HEALTHCHECK: what follows CMD), None for other
        forms."""
        if self.form is not Form.EXEC:
            return None
        first = 1 if self.keyword == "HEALTHCHECK" else 0
        return tuple(word.value for word in self.words[first:])

    @property
    def value(self) -> str:
        """Arguments with continuations joined and comments dropped, single-spaced words."""
        return " ".join(word.value for word in self.words)


@dataclass(frozen=True)
class Stage:
    """FROM and what follows it. `name` is the lower-cased alias; `base` the image word as
    written, `base_expanded` with global ARG defaults applied (None when an ARG has no value).
    `parent` is the index of the stage that it builds on, None for an image or scratch."""

    index: int
    name: str | None
    base: Word
    base_expanded: str | None
    platform: str | None
    origin: Instruction
    instructions: tuple[Instruction, ...]
    parent: int | None

    def all(self, *keywords: str) -> tuple[Instruction, ...]:
        """Its instructions of these keywords, in order (ONBUILD triggers not included)."""
        return tuple(one for one in self.instructions if one.keyword in keywords)

    def last(self, keyword: str) -> Instruction | None:
        return next((one for one in reversed(self.instructions) if one.keyword == keyword), None)


@dataclass(frozen=True, slots=True)
class Unparsed:
    """A span that BuildKit would refuse, with the reason; shown and never rewritten.

    An instruction that is well formed but before the first FROM, or with a flag that nobody
    knows, stands among the instructions too.
    """

    span: Span
    start_line: int
    end_line: int
    reason: str


@dataclass(frozen=True)
class Dockerfile:
    """A parsed Dockerfile. `text` is the decoded file, byte order mark and all."""

    path: str
    text: str
    newline: str
    escape: str
    directives: tuple[Directive, ...]
    comments: tuple[Comment, ...]
    instructions: tuple[Instruction, ...]
    stages: tuple[Stage, ...]
    unparsed: tuple[Unparsed, ...]
    pieces: tuple[Span, ...]
    """Spans of everything (instructions, comments, blanks, unparsed) that tile the text."""

    @cached_property
    def _line_starts(self) -> tuple[int, ...]:
        starts = [0]
        position = self.text.find("\n")
        while position >= 0:
            starts.append(position + 1)
            position = self.text.find("\n", position + 1)
        return tuple(starts)

    def line_at(self, offset: int) -> int:
        """One-based line of a character offset."""
        return bisect_right(self._line_starts, offset)

    def line_start(self, line: int) -> int:
        """Offset of the first character of a one-based line."""
        return self._line_starts[line - 1]

    def place(self, span: Span) -> FilePlace:
        last = max(span.start, span.end - 1)
        return FilePlace(self.path, span, self.line_at(span.start), self.line_at(last))

    @property
    def final_stage(self) -> Stage | None:
        """The stage that ships."""
        return self.stages[-1] if self.stages else None

    def chain(self, stage: Stage) -> tuple[Stage, ...]:
        """The stages that `stage` is built on, root first, itself last."""
        links = [stage]
        while (parent := links[-1].parent) is not None and len(links) <= len(self.stages):
            links.append(self.stages[parent])
        return tuple(reversed(links))

    @cached_property
    def _roots(self) -> tuple[int, ...]:
        roots: list[int] = []
        for stage in self.stages:
            parent = stage.parent
            roots.append(stage.index if parent is None else roots[parent])
        return tuple(roots)

    def root_of(self, stage: Stage) -> Stage:
        """The first stage of its chain, which begins from an image or from scratch."""
        return self.stages[self._roots[stage.index]]

    @cached_property
    def _instruction_starts(self) -> tuple[int, ...]:
        return tuple(instruction.span.start for instruction in self.instructions)

    def instruction_at(self, offset: int) -> Instruction | None:
        """The instruction that a character offset lies in or directly behind."""
        index = bisect_right(self._instruction_starts, offset) - 1
        if index < 0 or offset > self.instructions[index].span.end:
            return None
        return self.instructions[index]

    def stage_named(self, reference: str, *, before: int | None = None) -> Stage | None:
        """The stage that `FROM`, `COPY --from` or a mount's `from` means by a name (any case) or,
        where that is no name, by its number. Only stages with an index below `before` count; of
        several with one name the last one does."""
        earlier = self.stages if before is None else self.stages[:before]
        wanted = reference.lower()
        for stage in reversed(earlier):
            if stage.name == wanted:
                return stage
        if wanted.isascii() and wanted.isdigit() and len(wanted) < 6 and int(wanted) < len(earlier):
            return earlier[int(wanted)]
        return None

    def stage_of(self, instruction: Instruction) -> Stage | None:
        return self.stages[instruction.stage] if instruction.stage >= 0 else None
