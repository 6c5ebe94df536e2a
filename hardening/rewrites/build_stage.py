"""A stage that builds and ships at once, as the recipes read it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from posixpath import basename, join, normpath

from hardening.dockerfile.model import Dockerfile, Form, Instruction, Stage
from hardening.dockerfile.packages import package_calls
from hardening.dockerfile.shell_model import Command, PackageCall, Script, ShellWord
from hardening.model import Precondition
from hardening.rewrites.packages import COMPILERS
from hardening.runtime.base_facts import Reference, split_reference
from hardening.runtime.copied import copied_files
from hardening.runtime.start import Start
from hardening.subject import Subject

_REMOVAL = ("remove", "purge", "autoremove", "del")
_CODENAMES = ("trixie", "bookworm", "bullseye", "buster", "noble", "jammy", "focal")


@dataclass(frozen=True, slots=True)
class Runtime:
    """What a recipe gives: extra stages before it, the base of the last stage, its own lines (they
    stand after the environment and before what is derived), and replaced CMD or ENTRYPOINT."""

    base: str
    lines: tuple[str, ...]
    preconditions: tuple[Precondition, ...]
    stages: str = ""
    replaced: tuple[tuple[Instruction, str], ...] = ()
    owner: str = ""
    """`--chown` value for what is copied, "" for root."""


class BuildStage:
    """The last stage of a Dockerfile with what a recipe asks of it."""

    def __init__(self, start: Start, dockerfile: Dockerfile, stage: Stage) -> None:
        self.start = start
        self.dockerfile = dockerfile
        self.stage = stage
        self.subject: Subject = start.subject

    @cached_property
    def reference(self) -> Reference:
        """The base that the shipped stages are built on."""
        return split_reference(self.start.base or "")

    @cached_property
    def name(self) -> str:
        """Its alias, or the one that it will get."""
        if self.stage.name is not None:
            return self.stage.name
        taken = {stage.name for stage in self.dockerfile.stages}
        return next(one for one in ("build", "builder", "build-stage") if one not in taken)

    def free_name(self, wanted: str) -> str:
        taken = {stage.name for stage in self.dockerfile.stages} | {self.name}
        return wanted if wanted not in taken else f"{wanted}-stage"

    @cached_property
    def runs(self) -> tuple[tuple[Instruction, Script], ...]:
        """RUN instructions of the shipped chain with their commands."""
        pairs = ((one, one.shell) for one in self.start.all("RUN"))
        return tuple((one, script) for one, script in pairs if script is not None)

    def commands(self, *names: str) -> Iterator[tuple[Instruction, Script, Command]]:
        for instruction, script in self.runs:
            for command in script.named(*names):
                yield instruction, script, command

    @cached_property
    def calls(self) -> tuple[tuple[Instruction, PackageCall], ...]:
        return tuple((one, call) for one, script in self.runs for call in package_calls(script))

    def folder_at(self, instruction: Instruction, script: Script, command: Command) -> str:
        """The folder that a command of a RUN works in; `cd` before it is followed."""
        folder = self.start.workdir_at(instruction) or "/"
        for earlier in script.named("cd"):
            if earlier.span.start >= command.span.start:
                break
            target = self.text_of(instruction, earlier.words[1]) if len(earlier.words) > 1 else None
            if target is not None:
                folder = normpath(join(folder, target))
        return folder

    def text_of(self, instruction: Instruction, word: ShellWord) -> str | None:
        """A shell word with the Dockerfile's variables put in; None when it cannot be said."""
        if word.value is not None:
            return word.value
        text = word.text.strip("\"'")
        if any(one in text for one in "`(*?"):
            return None
        return self.start.expanded(instruction, text)

    @cached_property
    def compilers(self) -> tuple[tuple[Instruction, str], ...]:
        """Compilers and build tools that are installed and stay: a RUN that removes packages again
        is taken at its word."""
        found = []
        for instruction, script in self.runs:
            calls = package_calls(script)
            if any(call.verb in _REMOVAL for call in calls):
                continue
            for call in calls:
                if call.verb == "install":
                    words = (word.value or word.text for word in call.packages)
                    names = (re.split(r"[=~<>:]", word)[0] for word in words)
                    found += [(instruction, name) for name in names if name in COMPILERS]
        return tuple(found)

    @cached_property
    def installed(self) -> tuple[tuple[str, str], ...]:
        """System packages that the stage installs: manager and word as written, each once."""
        found: dict[tuple[str, str], None] = {}
        for _, call in self.calls:
            if call.verb == "install" and call.manager in ("apt-get", "apt", "apk"):
                for word in call.packages:
                    if word.value is not None:
                        found["apk" if call.manager == "apk" else "apt-get", word.value] = None
        return tuple(found)

    @cached_property
    def codename(self) -> str | None:
        """Release of the base by its tag or by the image."""
        for name in _CODENAMES:
            if name in self.reference.tag:
                return name
        return None

    @cached_property
    def is_alpine(self) -> bool:
        return "alpine" in self.reference.tag or self.reference.name == "alpine"

    def file_in_context(self, name: str) -> str | None:
        """Text of a file of the build context, None without it."""
        context = self.subject.context
        data = context.read(name) if context is not None else None
        return None if data is None else data.decode("utf-8", "replace")

    def outside(self, *covered: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Paths outside `covered` that COPY and ADD lines fill, and words for those that cannot be
        named exactly."""
        paths, unclear = [], []
        for instruction, sources, destination in copied_files(self.start):
            folder = destination.rstrip("/") or "/"
            if _covered(folder, covered):
                continue
            plain = all(not set(source) & set("*?[") for source in sources)
            if destination.endswith("/") and plain and folder != "/":
                paths += [join(folder, basename(source)) for source in sources]
            elif not destination.endswith("/") and folder != "/":
                paths.append(folder)
            else:
                unclear.append(f"line {instruction.start_line}")
        gone = self.deleted
        kept = [path for path in dict.fromkeys(paths) if not _covered(path, (*covered, *gone))]
        return tuple(kept), tuple(unclear)

    @cached_property
    def deleted(self) -> tuple[str, ...]:
        """Absolute paths that a RUN of the stage deletes."""
        found = []
        for instruction, script, command in self.commands("rm"):
            for word in command.arguments:
                text = None if word.is_flag else self.text_of(instruction, word)
                if text:
                    found.append(normpath(join(self.folder_at(instruction, script, command), text)))
        return tuple(found)

    def simple_exec(self, instruction: Instruction | None) -> tuple[str, ...] | None:
        """The words of CMD or ENTRYPOINT when no shell is needed for them, else None."""
        if instruction is None:
            return ()
        if instruction.form is Form.EXEC:
            words = tuple(word.value for word in instruction.words)
            return None if words and basename(words[0]) in ("sh", "bash", "ash") else words
        script = instruction.shell
        if script is None or len(script.commands) != 1 or script.errors:
            return None
        command = script.commands[0]
        plain = all(word.value is not None for word in command.words)
        if not plain or command.redirections or command.assignments or command.conditional:
            return None
        if set(command.wrappers) - {"exec"} or any(
            set(word.value or "") & set("*?~") for word in command.words
        ):
            return None
        return tuple(word.value or "" for word in command.words)


def _covered(path: str, covered: tuple[str, ...]) -> bool:
    return any(path == one or path.startswith(one.rstrip("/") + "/") for one in covered)
