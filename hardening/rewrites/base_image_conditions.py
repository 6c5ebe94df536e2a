"""What must hold before a base gives way to another, as far as Dockerfile and image show it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from hardening.dockerfile.model import Dockerfile, Form, Instruction, Stage
from hardening.dockerfile.packages import package_calls
from hardening.errors import ImageError
from hardening.facts.official import Tag
from hardening.image.model import Entry, EntryType, Image, Origin
from hardening.model import Precondition, Verdict, fails, holds, unknown
from hardening.rewrites.base_image import DATABASES, Candidate, Risk

_FULL_ONLY = frozenset(
    {
        "gcc", "g++", "cc", "c++", "make", "cmake", "autoconf", "automake", "git", "hg", "svn",
        "bzr", "curl", "wget", "ssh", "scp", "rsync", "unzip", "file", "patch", "pkg-config",
        "convert", "identify", "mysql_config", "mysql", "psql", "pg_config", "xz", "bzip2",
        "gpg", "ps",
    }
)  # fmt: skip
"""Commands of the full images (`buildpack-deps` beneath them) that the slim ones lack."""
_SLIM_HAS = re.compile(
    r"(?:lib(?:c|m|pthread|dl|rt|util|resolv|gcc_s|stdc\+\+|z|crypt|ssl|crypto|sqlite3|ffi|lzma|bz2|"
    r"uuid|ncursesw|tinfo|readline|expat|python3[\w.]*|ruby[\w.]*)|ld-linux[\w-]*)\.so\b"
)
"""Libraries that the slim images of Python and Ruby, and those of Debian, come with."""
MAX_PROGRAM = 8 << 20
MAX_PROGRAMS = 300
_COMPILING = frozenset({"pip", "npm", "yarn", "pnpm", "gem", "cpan", "cpanm", "bundle", "cargo"})
PLAIN_SYSTEMS = frozenset({"debian", "ubuntu"})
_DISTRO_MANAGERS = frozenset({"apt", "apt-get", "aptitude", "apk", "dnf", "yum", "microdnf"})


def conditions(
    dockerfile: Dockerfile, stage: Stage, old: Tag, row: Candidate, image: Image | None = None
) -> tuple[Precondition, ...]:
    """All preconditions of moving the stage's base from `old` to a row."""
    if row.name:
        return tuple(_distroless(dockerfile, stage, row))
    if row.libc_changes:
        return (unknown("Every binary and package runs on musl", "The C library changes"),)
    same = holds("The C library stays the same", "The kind of distribution does not change")
    if row.risk is Risk.FLAVOUR:
        return (same, *_slim(dockerfile, stage, old, image))
    return (same, *_version(old, row))


def _version(old: Tag, row: Candidate) -> Iterator[Precondition]:
    changed = "; ".join(row.changes)
    if row.risk is Risk.REFRESH:
        yield holds("The tag stays the same", changed)
    elif row.risk is Risk.PATCH:
        if old.system is None and old.image not in (*PLAIN_SYSTEMS, "alpine"):
            yield unknown(
                "The distribution stays the same",
                f"{old.text} names none and may have stood on an older one",
            )
        yield holds("Only the last part of the version changes", changed)
    elif row.risk is Risk.SYSTEM:
        yield unknown("Packages of the newer distribution fit", changed)
    elif row.risk is Risk.MAJOR and old.image in DATABASES:
        yield fails("The data on disk needs no migration", f"Another major release: {changed}")
    else:
        yield unknown(f"The application runs on the newer {old.image}", changed)


def _instructions(dockerfile: Dockerfile, stage: Stage) -> Iterator[Instruction]:
    """Of the stage and of all that are built on it."""
    for one in dockerfile.stages:
        if any(link.index == stage.index for link in dockerfile.chain(one)):
            yield from one.instructions


def _slim(
    dockerfile: Dockerfile, stage: Stage, old: Tag, image: Image | None
) -> Iterator[Precondition]:
    statement = "No RUN uses what the slim image leaves out"
    if old.image in PLAIN_SYSTEMS:
        yield holds(statement, "It leaves out documentation only")
        return
    used, builds, unread = _used(dockerfile, stage)
    if used:
        yield fails(statement, f"Used: {', '.join(sorted(used))}")
        return
    if unread:
        yield unknown(statement, "A RUN could not be read")
    else:
        yield holds(statement, "Every command of every RUN was looked at")
    if builds:
        yield unknown(
            "No dependency is compiled at installation", f"{', '.join(sorted(builds))} may compile"
        )
    yield _libraries(image)


def _used(dockerfile: Dockerfile, stage: Stage) -> tuple[set[str], set[str], bool]:
    """Commands that slim lacks and nothing installs, managers that may compile, and whether some
    RUN could not be read."""
    used, builds, installed, unread = set[str](), set[str](), set[str](), False
    for one in _instructions(dockerfile, stage):
        if one.keyword != "RUN":
            continue
        if one.shell is None:
            unread = True
            continue
        unread = unread or bool(one.shell.errors) or any(c.name is None for c in one.shell.commands)
        for call in package_calls(one.shell):
            names = {word.value or "" for word in call.packages}
            installed |= names if call.manager in _DISTRO_MANAGERS else set()
        for command in one.shell.commands:
            name = (command.name or "").rpartition("/")[2]
            if name.rstrip("3") in _COMPILING or "pip" in {w.value for w in command.words[:3]}:
                builds.add(name)
            if name in _FULL_ONLY and not _brought(name, installed):
                used.add(name)
    return used, builds, unread


def _brought(command: str, installed: set[str]) -> bool:
    """Whether a package that was installed before plainly brings a command."""
    known = {"ssh": "openssh-client", "scp": "openssh-client", "svn": "subversion",
             "xz": "xz-utils", "ps": "procps", "gpg": "gnupg", "hg": "mercurial"}  # fmt: skip
    compilers = {"gcc", "g++", "cc", "c++", "make", "patch"}
    if command in compilers and "build-essential" in installed:
        return True
    return known.get(command, command) in installed


def _libraries(image: Image | None) -> Precondition:
    """Whether the programs and libraries that the own layers add find what they load in slim."""
    from hardening.image.elf import elf_facts

    statement = "Programs that were added load nothing that the slim image leaves out"
    if image is None or not image.files_read:
        return unknown(statement, "No image was read")
    if any(one.attribution.origin is Origin.UNKNOWN for one in image.layers):
        return unknown(statement, "It is not known which layers are the base's")
    programs = list(islice(_own_programs(image), MAX_PROGRAMS + 1))
    if len(programs) > MAX_PROGRAMS or any(one.size > MAX_PROGRAM for one in programs):
        return unknown(statement, "There are too many programs, or too large ones")
    needed, own = set[str](), {one.path.rpartition("/")[2] for one in programs}
    for layer in {one.layer for one in programs}:
        want = {one.path: one.size for one in programs if one.layer == layer}
        try:
            for _, data in image.contents(layer, want, limit=MAX_PROGRAM):
                found = elf_facts(data)
                needed |= set(found.needed) if found is not None else set()
        except ImageError as error:
            return unknown(statement, error.what)
    left = sorted(one for one in needed - own if not _SLIM_HAS.match(one))
    if left:
        return fails(statement, f"Needed: {', '.join(left[:8])}")
    return holds(statement, f"{len(programs)} programs and libraries of the own layers were read")


def _own_programs(image: Image) -> Iterator[Entry]:
    for layer in image.layers:
        if layer.attribution.origin is Origin.OWN:
            for entry in layer.entries():
                name = entry.path.rpartition("/")[2]
                if entry.type is EntryType.FILE and (entry.mode & 0o111 or ".so" in name):
                    yield entry


def _distroless(dockerfile: Dockerfile, stage: Stage, row: Candidate) -> Iterator[Precondition]:
    """There is no shell and no package manager in there."""
    own = list(_instructions(dockerfile, stage))
    runs = sum(one.keyword == "RUN" for one in own)
    statement = "No RUN of the stage needs a shell"
    yield fails(statement, f"It has {runs} RUN") if runs else holds(statement, "It has no RUN")
    starts = [one for one in own if one.keyword in ("CMD", "ENTRYPOINT", "HEALTHCHECK")]
    statement = "Start commands are in exec form"
    shell = [one.keyword for one in starts if one.form is Form.SHELL]
    if shell:
        yield fails(statement, f"In shell form: {', '.join(shell)}")
    elif not any(one.keyword in ("CMD", "ENTRYPOINT") for one in starts):
        yield fails("The Dockerfile says what starts", "Neither CMD nor ENTRYPOINT is there")
    else:
        yield holds(statement, "All of them are JSON arrays")
    yield unknown("No script, shell or further library is needed at run time", "Not assessed")
    yield unknown("The interpreter is in the same place and of the same version", row.tag.image)


def all_hold(found: tuple[Precondition, ...]) -> bool:
    return all(one.verdict is Verdict.HOLDS for one in found)
