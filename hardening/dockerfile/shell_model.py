"""What a RUN does, as parsed by a real shell grammar; every part with its span in the file."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from hardening.model import Span

CURL_VALUED = frozenset("AbcCdDeEFhHKmoPQrtTuUwxXyYz")
"""curl's short flags that take a value."""

LAST = 1 << 60
"""An offset behind every text."""


@dataclass(frozen=True, slots=True)
class ShellWord:
    """One word. `value` has quotes removed; it is None when the word holds an expansion or a
    substitution, whose source is in `text`."""

    text: str
    value: str | None
    span: Span

    @property
    def is_flag(self) -> bool:
        return self.text.startswith("-") and self.text != "-"


@dataclass(frozen=True, slots=True)
class Redirection:
    """`2>/dev/null`, `<<<word`; `target` is None for a duplicated descriptor."""

    operator: str
    target: ShellWord | None
    span: Span


@dataclass(frozen=True, slots=True)
class Command:
    """One simple command.

    `name` is the base name of its first word (`/usr/bin/apt-get` → `apt-get`), None when that is
    an expansion. `words` includes the name. Wrappers that run another command (`sudo`, `env`,
    `exec`, `time`, `nice`, `sh -c '...'`) are listed in `wrappers` and the wrapped command stands
    here in its own right. `pipeline` numbers the pipelines of the script; `position` is its place
    in that pipeline. `joined_by` is the operator before it (`""` first, `&&`, `||`, `;`, newline as
    `;`, `&`, `|`). `conditional` is true inside if/while/case bodies and functions.
    """

    name: str | None
    words: tuple[ShellWord, ...]
    span: Span
    assignments: tuple[tuple[str, ShellWord | None], ...] = ()
    redirections: tuple[Redirection, ...] = ()
    wrappers: tuple[str, ...] = ()
    wrapper_span: Span | None = None
    """From the first wrapper word to where the wrapped command begins: deleting it removes the
    wrappers. None without wrappers or when they cannot be cut (`sh -c '...'`)."""
    wrapper_words: tuple[ShellWord, ...] = ()
    """The words in that span."""
    pipeline: int = 0
    position: int = 0
    pipeline_length: int = 1
    joined_by: str = ""
    conditional: bool = False
    editable: bool = True
    """False inside an error node, a quoted `sh -c` string with escapes, or a substitution whose
    text does not stand literally in the file: no fix may touch it."""
    shell_options: tuple[str, ...] = ()
    """Options of the `sh -c` or `sh <<EOF` that it runs in (`-e`, `-o`, `pipefail`); those of the
    stage's SHELL are in `Script.options`."""
    function: str = ""
    """The function in whose body it stands, empty outside of any."""
    folder: str = ""
    """Where a `cd` or `pushd` before it in the script leads (`/tmp`, `~/.cache`), empty where none
    does or it is not certain."""

    @property
    def arguments(self) -> tuple[ShellWord, ...]:
        return self.words[1:]

    def has_flag(self, *names: str) -> bool:
        """True when a word is one of the flags: bundled (`-qy`) or with a value (`--x=...`) too."""
        for word in self.words[1:]:
            text = word.text
            if not text.startswith("-"):
                continue
            for name in names:
                if text == name or (name.startswith("--") and text.startswith(name + "=")):
                    return True
                bundled = len(name) == 2 and not text.startswith("--") and not name.startswith("--")
                if bundled and name[1] in self._bundle(text):
                    return True
        return False

    def _bundle(self, text: str) -> str:
        """The letters of a bundle, without the value that curl's last one may bring."""
        letters = text[1:].partition("=")[0]
        if self.name != "curl":
            return letters
        ends = (at for at, one in enumerate(letters, 1) if one in CURL_VALUED)
        return letters[: next(ends, len(letters))]

    def positionals(self) -> tuple[ShellWord, ...]:
        """Words after the name that are not flags (values of separate flags still included)."""
        return tuple(word for word in self.words[1:] if not word.is_flag)


class Unread(NamedTuple):
    """A span with commands in it that are not, or not all, among those of the script."""

    span: Span
    reason: str


class Loop(NamedTuple):
    """`for VARIABLE in VALUES`, all of them plain words; `span` holds the commands of its body."""

    variable: str
    values: tuple[str, ...]
    span: Span


@dataclass(frozen=True)
class Script:
    """The commands of one RUN in source order. `errors` are spans the grammar could not read:
    commands outside them are still good; `unread` says which of them hide commands, and why.
    `options` are the words given to SHELL and to a `set`
    in front of everything else, bundles taken apart (`-e`, `-o`, `pipefail`)."""

    commands: tuple[Command, ...]
    errors: tuple[Span, ...] = ()
    options: tuple[str, ...] = ()
    shell: str = "/bin/sh"
    """Base program of the stage's SHELL (`/bin/sh`, `/bin/bash`, `/bin/ash`)."""
    unread: tuple[Unread, ...] = ()
    loops: tuple[Loop, ...] = ()
    """In source order."""

    @cached_property
    def _by_name(self) -> dict[str | None, list[int]]:
        index: dict[str | None, list[int]] = {}
        for number, command in enumerate(self.commands):
            index.setdefault(command.name, []).append(number)
        return index

    def named(self, *names: str) -> tuple[Command, ...]:
        """Its calls of these programs, in source order."""
        lists = (self._by_name.get(name, ()) for name in dict.fromkeys(names))
        return tuple(self.commands[number] for number in sorted(chain.from_iterable(lists)))

    @cached_property
    def _pipelines(self) -> dict[int, list[Command]]:
        pipelines: dict[int, list[Command]] = {}
        for command in self.commands:
            pipelines.setdefault(command.pipeline, []).append(command)
        return pipelines

    def pipeline_of(self, command: Command) -> tuple[Command, ...]:
        """The commands of its pipeline, itself included."""
        return tuple(self._pipelines.get(command.pipeline, ()))

    @cached_property
    def _last_calls(self) -> dict[str, int]:
        names = {command.function for command in self.commands if command.function}
        calls: dict[str, int] = {}
        for command in self.commands:
            if command.name in names and command.name != command.function:
                calls[command.name] = max(calls.get(command.name, -1), self.runs_at(command, calls))
        return calls

    def runs_at(self, command: Command, calls: dict[str, int] | None = None) -> int:
        """The offset that says when a command runs for the last time: its own; in a function that
        of the last call (-1 when nothing calls it); in `trap '...' EXIT` behind everything."""
        if "trap" in command.wrappers:
            return LAST
        if command.function:
            return (self._last_calls if calls is None else calls).get(command.function, -1)
        return command.span.start

    @cached_property
    def _by_start(self) -> tuple[list[int], list[Command]]:
        ordered = sorted(self.commands, key=lambda one: one.span.start)
        return [one.span.start for one in ordered], ordered

    def after(self, command: Command) -> tuple[Command, ...]:
        """Commands that stand later in the same script. Asked for every command of a script it
        costs the square of its length: see `Run.happens_after` in the rules."""
        starts, ordered = self._by_start
        return tuple(ordered[bisect_right(starts, command.span.start) :])


@dataclass(frozen=True, slots=True)
class PackageCall:
    """A call of a package manager. `manager` is canonical (`apt-get`, `apt`, `apk`, `yum`, `dnf`,
    `microdnf`, `zypper`, `pip`, `npm`, `yarn`, `pnpm`, `gem`, `go`, `cargo`, `composer`, `conda`);
    `verb` is canonical per manager (`install`, `update`, `upgrade`, `clean`, ...: `apk add` is
    `install`, `npm ci` is `ci`). `packages` are the operands as words, `flags` all flag words."""

    manager: str
    verb: str
    packages: tuple[ShellWord, ...]
    flags: tuple[ShellWord, ...]
    command: Command
    verb_span: Span | None = None

    @property
    def written(self) -> str:
        """Manager and verb as the file has it: `apk add`, whose `verb` is `install`."""
        span = self.verb_span
        words = () if span is None else (w for w in self.command.words if span.contains(w.span))
        verb = " ".join(word.value or word.text for word in words)
        return f"{self.manager} {verb or self.verb}"


@dataclass(frozen=True, slots=True)
class Download:
    """curl, wget, or `ADD url`. `output` is the file written, None for standard output."""

    url: ShellWord
    output: str | None
    command: Command
    piped_into: Command | None = None
    """The shell or interpreter that runs what was downloaded."""
    flags: tuple[ShellWord, ...] = field(default=())
