"""What runs when a container starts: the words of ENTRYPOINT and CMD, and the commands of the shell
scripts that they name, read from the build context or from the image."""

from __future__ import annotations

import re
from typing import NamedTuple

from hardening.dockerfile import parse
from hardening.dockerfile.model import Form, Instruction
from hardening.dockerfile.shell_model import Command
from hardening.runtime.copied import context_path
from hardening.runtime.start import Start

MAX_SCRIPT = 64 << 10
MAX_DEPTH = 3
MAX_SCRIPTS = 12
_PROGRAMS = "_runtime_programs"
_PATH = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
_SHELLS = frozenset({"sh", "bash", "ash", "dash", "ksh", "busybox"})
_WRAPPERS = frozenset(
    {"exec", "tini", "dumb-init", "env", "nice", "stdbuf", "catatonit", "docker-init"}
)
_SHEBANG = re.compile(rb"#!\s*\S*?(?:/|\s)(?:sh|bash|ash|dash|ksh)\b")


class Program(NamedTuple):
    """One command that may run at start. Words that hold an expansion are kept as written."""

    name: str
    words: tuple[str, ...]
    where: str
    conditional: bool = False
    """True inside a condition, loop or function of a script."""


class Programs(NamedTuple):
    """`scripts` were read; `unread` are programs that look like scripts but could not be read."""

    commands: tuple[Program, ...]
    scripts: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    known: bool = True
    """False when neither the Dockerfile nor the image says what runs."""

    def named(self, *names: str) -> Program | None:
        """The first command of one of these names."""
        return next((one for one in self.commands if one.name in names), None)


class _Reader:
    def __init__(self, start: Start) -> None:
        self.start = start
        self.found: list[Program] = []
        self.scripts: list[str] = []
        self.unread: list[str] = []

    def words(
        self, words: tuple[str, ...], where: str, depth: int = 0, *, conditional: bool = False
    ) -> None:
        """One argument vector; `tini -- app`, `sh -c TEXT` and scripts are followed."""
        if not words or depth > MAX_DEPTH:
            return
        name = words[0].rpartition("/")[2]
        self.found.append(Program(name, words, where, conditional))
        if name in _WRAPPERS:
            rest = words[1:]
            while rest and (rest[0].startswith("-") or "=" in rest[0]):
                rest = rest[1:]
            self.words(rest, where, depth + 1, conditional=conditional)
        elif name in _SHELLS and len(words) > 2 and words[1].startswith("-") and "c" in words[1]:
            self.text(words[2], where, depth + 1)
        elif name in _SHELLS and len(words) > 1 and not words[1].startswith("-"):
            self.script(words[1], depth)
        else:
            self.script(words[0], depth)

    def commands(self, commands: tuple[Command, ...], where: str, depth: int) -> None:
        for command in commands:
            words = tuple(word.value or word.text for word in command.words)
            for wrapper in command.wrappers:
                found = Program(wrapper, (wrapper, *words), where, command.conditional)
                self.found.append(found)
            self.words(words, where, depth + 1, conditional=command.conditional)

    def text(self, text: str, where: str, depth: int) -> None:
        self.commands(shell_commands(text), where, depth)

    def script(self, path: str, depth: int) -> None:
        if "$" in path or len(self.scripts) >= MAX_SCRIPTS:
            return
        for candidate in self._places(path):
            if candidate in self.scripts:
                return
            data, source = self._read(candidate)
            if data is None:
                continue
            if _SHEBANG.match(data) or (candidate.endswith(".sh") and not data.startswith(b"#!")):
                self.scripts.append(candidate)
                self.text(data.decode("utf-8", "replace"), source, depth + 1)
            return
        if path.endswith(".sh") or "entrypoint" in path.rpartition("/")[2]:
            self.unread.append(path)

    def _places(self, path: str) -> tuple[str, ...]:
        if "/" in path:
            return (self.start.absolute(path),)
        return tuple(f"{folder}/{path}" for folder in _PATH)

    def _read(self, path: str) -> tuple[bytes | None, str]:
        source = context_path(self.start, path)
        if source is not None and self.start.subject.context is not None:
            return self.start.subject.context.read(source, MAX_SCRIPT), source
        image = self.start.image
        if image is not None and image.files_read:
            entry = image.tree.resolve(path.lstrip("/"))
            if entry is not None and entry.is_file and entry.size <= MAX_SCRIPT:
                return image.read(path.lstrip("/"), limit=MAX_SCRIPT), f"{path} in the image"
        return None, ""


def shell_commands(text: str) -> tuple[Command, ...]:
    """The commands of a shell script. It is read as the body of a RUN here-document, so that the
    one shell grammar of the Dockerfile reader serves; spans are of no use to the caller."""
    marker = "EOF"
    while marker in text:
        marker += "_"
    made = parse(f"FROM scratch\nRUN <<'{marker}'\n{text}\n{marker}\n")
    run = next((one for one in made.instructions if one.keyword == "RUN"), None)
    script = run.shell if run is not None else None
    return script.commands if script is not None else ()


def _add(reader: _Reader, instruction: Instruction) -> None:
    where = f"line {instruction.start_line}: {instruction.keyword}"
    script = instruction.shell if instruction.form is not Form.EXEC else None
    if script is not None:
        reader.commands(script.commands, where, 0)
    else:
        reader.words(tuple(word.value for word in instruction.words), where)


def start_programs(start: Start) -> Programs:
    """Everything that the start is known to run, worked out once."""
    cached = start.__dict__.get(_PROGRAMS)
    if cached is not None:
        return cached  # type: ignore[no-any-return]
    reader = _Reader(start)
    written = [one for one in (start.entrypoint, start.command) if one is not None]
    for instruction in written:
        _add(reader, instruction)
    image = start.image
    if image is not None and start.entrypoint is None:
        reader.words(image.config.entrypoint, "the image's ENTRYPOINT")
        if start.command is None:
            reader.words(image.config.cmd, "the image's CMD")
    known = bool(reader.found)
    result = Programs(tuple(reader.found), tuple(reader.scripts), tuple(reader.unread), known)
    start.__dict__[_PROGRAMS] = result
    return result
