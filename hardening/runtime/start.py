"""How a container of the subject starts: user, program, folder, ports, volumes; as far as the
Dockerfile, the image and the name of the base say.

The Dockerfile as it stands now goes before the image, which may have been built from an older text.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from posixpath import join, normpath
from typing import NamedTuple

from hardening.dockerfile.expansion import expand, scope_at
from hardening.dockerfile.model import Dockerfile, Form, Instruction, Stage
from hardening.image.accounts import Accounts, accounts
from hardening.image.model import Image
from hardening.image.release import os_release
from hardening.runtime.base_facts import (
    Family,
    family_by_name,
    is_name_placeholder,
    non_root_by_name,
)
from hardening.subject import Subject

_START = "_runtime_start"
_ROOT_NAMES = ("", "root", "0")
_IMAGE_FAMILIES = {
    "debian": Family.DEBIAN,
    "alpine": Family.ALPINE,
    "rhel": Family.RHEL,
    "suse": Family.SUSE,
    "arch": Family.ARCH,
    "wolfi": Family.WOLFI,
    "azurelinux": Family.RHEL,
    "photon": Family.RHEL,
}


class StartUser(NamedTuple):
    """Who the container runs as. `root` is None when it cannot be said. `instruction` is the USER
    that decides, None when the base does."""

    value: str
    root: bool | None
    evidence: str
    instruction: Instruction | None = None


class Port(NamedTuple):
    number: int
    protocol: str
    evidence: str


class Volume(NamedTuple):
    """A declared volume; `instruction` is None when the base image declares it."""

    path: str
    evidence: str
    instruction: Instruction | None = None


class Start:
    """Get it from `start_of`."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.dockerfile: Dockerfile | None = subject.dockerfile
        final = self.dockerfile.final_stage if self.dockerfile is not None else None
        self.final: Stage | None = final
        self.chain: tuple[Stage, ...] = ()
        if self.dockerfile is not None and final is not None:
            self.chain = self.dockerfile.chain(final)

    @cached_property
    def base(self) -> str | None:
        """The image that the shipped chain is built on; None when a variable or a template's
        placeholder hides it."""
        found = self.chain[0].base_expanded if self.chain else None
        return None if found is None or is_name_placeholder(found) else found

    @cached_property
    def is_windows(self) -> bool:
        image = self.subject.image
        if image is not None and image.config.os == "windows":
            return True
        platform = self.chain[0].platform if self.chain else None
        if (platform or "").lower().startswith("windows"):
            return True
        return self.base is not None and family_by_name(self.base) is Family.WINDOWS

    @cached_property
    def image(self) -> Image | None:
        """The image where it can speak for the present text: not when the text now builds on
        something of quite another kind."""
        image = self.subject.image
        if image is None or self.base is None:
            return image
        named = family_by_name(self.base)
        if named in (Family.SCRATCH, Family.DISTROLESS) and image.files_read:
            release = os_release(image)
            carries_shell = image.tree.resolve("bin/sh") is not None
            if carries_shell or (named is Family.SCRATCH and release is not None):
                return None
        return image

    @cached_property
    def accounts(self) -> Accounts | None:
        """The accounts of the image, None when its files are not known."""
        if self.image is None or not self.image.files_read:
            return None
        return accounts(self.image)

    @cached_property
    def family(self) -> tuple[Family, str, bool]:
        """Family, evidence, and whether the image itself says so."""
        if self.image is not None and self.image.files_read:
            release = os_release(self.image)
            if release is not None:
                tree = self.image.tree
                bare = tree.resolve("bin/sh") is None and tree.resolve("usr/bin/sh") is None
                family = _IMAGE_FAMILIES.get(release.family, Family.UNKNOWN)
                name = release.pretty_name or release.id
                if bare:
                    return Family.DISTROLESS, f"the image is {name} without a shell", True
                return family, f"the image is {name} ({release.path})", True
        if self.base is None:
            return Family.UNKNOWN, "the base image is not known", False
        family = family_by_name(self.base)
        return family, f"judged by the name of the base image {self.base}", False

    def _instructions(self, *keywords: str) -> Iterator[Instruction]:
        """Instructions of the chain in order; ONBUILD triggers where a child stage runs them."""
        for position, stage in enumerate(self.chain):
            if position:
                for deferred in self.chain[position - 1].all("ONBUILD"):
                    if deferred.trigger is not None and deferred.trigger.keyword in keywords:
                        yield deferred.trigger
            yield from stage.all(*keywords)

    def last(self, keyword: str) -> Instruction | None:
        """The last instruction of this keyword in the chain."""
        found = None
        for found in self._instructions(keyword):  # noqa: B007
            pass
        return found

    def all(self, *keywords: str) -> tuple[Instruction, ...]:
        return tuple(self._instructions(*keywords))

    def expanded(self, instruction: Instruction, text: str) -> str | None:
        """`text` with the variables in force at an instruction; None when one has no value."""
        if "$" not in text or self.dockerfile is None:
            return text
        scope = scope_at(self.dockerfile, instruction, self.subject.build_args)
        if self.image is not None:
            scope = {**self.image.config.environment(), **scope}
        return expand(text, scope, self.dockerfile.escape)

    @cached_property
    def user(self) -> StartUser:
        instruction = self.last("USER")
        if instruction is not None:
            return self._written_user(instruction)
        if self.base is not None and non_root_by_name(self.base):
            evidence = f"{self.base} is known to start as an unprivileged user"
            return StartUser("", False, evidence)
        if self.image is not None:
            value = self.image.config.user
            evidence = f"the image's configuration says User={value!r}"
            return StartUser(value, self._is_root(value), evidence)
        if self.base is None:
            return StartUser("", None, "the base image is not known")
        name = self.base if len(self.base) < 60 else self.base.partition("@")[0]
        return StartUser("", True, f"nothing sets a user and {name} starts as root")

    def _written_user(self, instruction: Instruction) -> StartUser:
        written = instruction.words[0].value if instruction.words else ""
        value = self.expanded(instruction, written)
        line = f"line {instruction.start_line}"
        if value is None:
            return StartUser(written, None, f"{line}: {written} has no value here", instruction)
        return StartUser(value, self._is_root(value), f"{line}: USER {written}", instruction)

    def _is_root(self, value: str) -> bool:
        name = value.partition(":")[0].strip()
        if name in _ROOT_NAMES or (name.isdigit() and int(name) == 0):
            return True
        known = self.accounts.user(name) if self.accounts is not None else None
        return known is not None and known.uid == 0

    @cached_property
    def workdir(self) -> str:
        """The folder it starts in, absolute."""
        path = self.workdir_at(None)
        if path is not None:
            return path
        return (self.image.config.working_dir if self.image is not None else "") or "/"

    def workdir_at(self, instruction: Instruction | None) -> str | None:
        """The folder in force at an instruction of the chain (None: at the end); None when no
        WORKDIR came before it or a variable hides it."""
        starts, paths = self._workdirs
        if instruction is None:
            return paths[-1]
        return paths[bisect_left(starts, instruction.span.start)]

    @cached_property
    def _workdirs(self) -> tuple[list[int], list[str | None]]:
        """Offsets of the WORKDIRs, and the folder before the first and after each of them."""
        starts: list[int] = []
        paths: list[str | None] = [None]
        hidden = False
        for one in self._instructions("WORKDIR"):
            value = self.expanded(one, one.value)
            hidden = hidden or value is None
            starts.append(one.span.start)
            paths.append(None if hidden else normpath(join(paths[-1] or "/", value or "")))
        return starts, paths

    def absolute(self, path: str, at: Instruction | None = None) -> str:
        """`path` as seen from the folder in force at an instruction."""
        folder = self.workdir_at(at) if at is not None else self.workdir
        return normpath(join(folder or "/", path))

    @cached_property
    def entrypoint(self) -> Instruction | None:
        return self.last("ENTRYPOINT")

    @cached_property
    def command(self) -> Instruction | None:
        """The CMD in force: one that stands before the ENTRYPOINT of a later stage is reset."""
        found = self.last("CMD")
        entry = self.entrypoint
        if found is None or entry is None or found.stage >= entry.stage:
            return found
        return None

    @cached_property
    def argv(self) -> tuple[str, ...]:
        """Words of ENTRYPOINT and CMD together, a shell form as its plain words; from the image
        where the Dockerfile says nothing."""
        config = self.image.config if self.image is not None else None
        entry = words_of(self.entrypoint)
        if entry is None:
            entry = config.entrypoint if config is not None else ()
        if self.entrypoint is not None and self.entrypoint.form is not Form.EXEC:
            return entry
        command = words_of(self.command)
        if command is None:
            inherited = config is not None and self.entrypoint is None
            command = config.cmd if config is not None and inherited else ()
        return (*entry, *command)

    @cached_property
    def ports(self) -> tuple[Port, ...]:
        """EXPOSEd ports, ranges by their first port, each once."""
        found: dict[tuple[int, str], Port] = {}
        for instruction in self._instructions("EXPOSE"):
            for word in instruction.words:
                value = self.expanded(instruction, word.value) or ""
                _add_port(found, value, f"line {instruction.start_line}: EXPOSE {value}")
        if self.image is not None:
            for value in self.image.config.exposed_ports:
                _add_port(found, value, f"the image exposes {value}")
        return tuple(found.values())

    @cached_property
    def volumes(self) -> tuple[Volume, ...]:
        found: dict[str, Volume] = {}
        for instruction in self._instructions("VOLUME"):
            for word in instruction.words:
                value = self.expanded(instruction, word.value)
                if value and value.startswith("/"):
                    path = normpath(value)
                    evidence = f"line {instruction.start_line}: VOLUME {value}"
                    found[path] = Volume(path, evidence, instruction)
        if self.image is not None:
            for value in self.image.config.volumes:
                path = normpath(value)
                found.setdefault(path, Volume(path, f"the image declares the volume {value}"))
        return tuple(found.values())

    @cached_property
    def environment(self) -> dict[str, str]:
        """Environment at run time: the image's, then the ENV of the chain, as far as known."""
        values = self.image.config.environment() if self.image is not None else {}
        for instruction in self._instructions("ENV"):
            for pair in instruction.pairs:
                value = self.expanded(instruction, pair.value.value) if pair.value else ""
                if value is not None:
                    values[pair.key] = value
        return values


def words_of(instruction: Instruction | None) -> tuple[str, ...] | None:
    """The words of CMD or ENTRYPOINT, None without one."""
    if instruction is None:
        return None
    return tuple(word.value for word in instruction.words)


def _add_port(found: dict[tuple[int, str], Port], value: str, evidence: str) -> None:
    number, _, protocol = value.partition("/")
    first = number.partition("-")[0]
    if first.isdigit() and len(first) <= 5:
        port = Port(int(first), protocol.lower() or "tcp", evidence)
        found.setdefault((port.number, port.protocol), port)


def start_of(subject: Subject) -> Start:
    """The start of the subject's container, worked out once per subject."""
    cached = subject.__dict__.get(_START)
    if cached is None:
        cached = subject.__dict__[_START] = Start(subject)
    return cached
