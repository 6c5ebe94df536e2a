"""What an unprivileged user must own or be able to read, and the commands that see to it."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from posixpath import join

from hardening.context import BuildContext, folder_of
from hardening.dockerfile.model import Instruction
from hardening.model import Precondition, holds, unknown
from hardening.rewrites.accounts import Choice
from hardening.runtime.copied import copied_files
from hardening.runtime.made_folders import DATABASES, made_databases, made_folders
from hardening.runtime.start import Start
from hardening.runtime.writable import WritablePath, scripted_folders, servers_of, writable_paths

MAX_FILES = 5_000
_SYSTEM = ("/", "/tmp", "/var/tmp", "/dev", "/proc", "/sys", "/etc", "/usr", "/bin", "/lib",
           "/var", "/usr/local", "/usr/local/bin", "/usr/bin", "/sbin", "/opt", "/home",
           "/srv", "/root", "/run", "/var/run", "/mnt", "/media")  # fmt: skip
_DATA_FOLDERS = ("storage", "uploads", "tmp", "log", "logs", "cache", "data", "bootstrap/cache",
                 "media", "instance")  # fmt: skip
READABLE = "Everything copied in can be read by an ordinary user"
WRITABLE = "Every path that is written at run time is known and owned"


@dataclass(frozen=True, slots=True)
class Ownership:
    """`folders` are made and owned on their own, `trees` with all inside; `volumes` are those of
    the folders that a VOLUME line declares. `unreadable` are COPY lines that need `--chown`."""

    folders: tuple[str, ...]
    trees: tuple[str, ...]
    volumes: tuple[str, ...]
    unreadable: tuple[Instruction, ...]
    preconditions: tuple[Precondition, ...]

    def commands(self, choice: Choice) -> tuple[str, ...]:
        """Shell commands for everything but the volumes."""
        lines = []
        if self.folders:
            lines.append(made_for(choice, self.folders))
        trees = " ".join(path for path in self.trees if not path.endswith(DATABASES))
        if trees:
            lines.append(f"mkdir -p {trees}")
            lines.append(f"chown -R {choice.ids} {trees}")
        files = " ".join(path for path in self.trees if path.endswith(DATABASES))
        if files:
            lines.append(f"chown {choice.ids} {files}")
        return tuple(lines)


def made_for(choice: Choice, folders: tuple[str, ...]) -> str:
    """The command that makes folders and gives them, not what is in them, away."""
    account = choice.account
    return f"install -d -o {account.uid} -g {account.gid} {' '.join(folders)}"


def ownership(start: Start, *, with_shell: bool) -> Ownership:
    """What must change hands. Without a shell nothing can: it is said instead."""
    paths = writable_paths(start)
    declared = {one.path for one in start.volumes if one.instruction is not None}
    made = [path for path, _ in made_folders(start)]
    made += [path for path, _ in scripted_folders(start) if path not in _SYSTEM]
    kept = [one.path for one in paths if one.kept and one.path not in declared]
    trees = [*_server_paths(start, paths), *_data_paths(start), *made_databases(start)]
    folders = [path for path in (_workdir(start), *kept, *made) if path and path not in trees]
    volumes = sorted(declared)
    unreadable = _unreadable(start)
    preconditions = (_readable(start, unreadable), _written(start, paths, with_shell))
    if not with_shell:
        return Ownership((), (), (), unreadable, preconditions)
    return Ownership(
        tuple(dict.fromkeys(folders)),
        tuple(dict.fromkeys(trees)),
        tuple(volumes),
        unreadable,
        preconditions,
    )


def _workdir(start: Start) -> str | None:
    """The WORKDIR that this Dockerfile sets, unless it is a folder of the system."""
    if start.last("WORKDIR") is None or start.workdir in _SYSTEM or " " in start.workdir:
        return None
    return start.workdir


def _server_paths(start: Start, paths: tuple[WritablePath, ...]) -> list[str]:
    if not servers_of(start):
        return []
    others = {path for path, _ in (*made_folders(start), *scripted_folders(start))}
    others = (others | {"/tmp", "/run/lock"}) - {"/run"}
    return [one.path for one in paths if not one.kept and one.path not in others]


def _data_paths(start: Start) -> list[str]:
    """Folders and database files of the copied project that such projects write to."""
    context = start.subject.context
    if context is None:
        return []
    found = []
    for instruction, sources, destination in copied_files(start):
        if instruction.flag("chown") is not None:
            continue
        for source in sources:
            root = source.strip("/").removeprefix("./")
            root = "" if root == "." else root
            folder = destination.rstrip("/") or "/"
            if root and not context.is_directory(root):
                continue
            for name in _DATA_FOLDERS:
                if context.is_directory(join(root, name)):
                    found.append(join(folder, name))  # noqa: PERF401
            found.extend(
                join(folder, path.removeprefix(f"{root}/")) for path in _data_files(context, root)
            )
    return found


def _data_files(context: BuildContext, root: str) -> Iterator[str]:
    prefix = f"{root}/" if root else ""
    for suffix in DATABASES:
        yield from context.glob(f"{prefix}*{suffix}")


def _unreadable(start: Start) -> tuple[Instruction, ...]:
    """COPY lines of the final stage that bring files which only their owner may read."""
    context = start.subject.context
    folder = folder_of(context) if context is not None else None
    if context is None or folder is None or start.final is None:
        return ()
    found = []
    for instruction, sources, _ in copied_files(start):
        if instruction.stage != start.final.index or instruction.flag("chown") is not None:
            continue
        if instruction.flag("chmod") is not None:
            continue
        if any(_private(context, folder, source) for source in sources):
            found.append(instruction)
    return tuple(found)


def _private(context: BuildContext, folder: Path, source: str) -> bool:
    matches = context.glob(source.lstrip("/") or ".")
    paths = chain.from_iterable(context.below(match) for match in matches)
    for path in islice(paths, MAX_FILES):
        try:
            mode = (folder / path).lstat().st_mode
        except OSError:
            continue
        if stat.S_ISREG(mode) and not mode & stat.S_IROTH:
            return True
    return False


def _readable(start: Start, unreadable: tuple[Instruction, ...]) -> Precondition:
    home = "/root"
    words = [*start.argv[:1], start.workdir, *start.environment.get("PATH", "").split(":")]
    inside = next((word for word in words if word == home or word.startswith(home + "/")), None)
    if inside is not None:
        return unknown(READABLE, f"{inside} lies in /root, which is opened for searching")
    if unreadable:
        lines = ", ".join(str(one.start_line) for one in unreadable)
        return holds(READABLE, f"Files that only their owner may read: line {lines} gets --chown")
    context = start.subject.context
    if not start.all("COPY", "ADD"):
        return holds(READABLE, "Nothing is copied in")
    if context is None or folder_of(context) is None:
        return unknown(READABLE, "The modes of the files in the build context are not known")
    return holds(READABLE, "Every copied file may be read by others")


def _written(start: Start, paths: tuple[WritablePath, ...], with_shell: bool) -> Precondition:
    known = ", ".join(one.path for one in paths)
    run = start.subject.run_configuration
    if not with_shell:
        return unknown(WRITABLE, "There is no shell to give folders away with")
    if any(volume.instruction is None for volume in start.volumes):
        return unknown(WRITABLE, "The base image declares a volume, which keeps its owner")
    if start.volumes:
        return unknown(WRITABLE, "A named volume that exists already keeps its old owner: chown it")
    if run is not None and run.read_only and not run.volumes:
        return holds(WRITABLE, f"{run.source or 'The service'} runs read-only")
    return unknown(WRITABLE, f"Shown so far: {known}; only a run can show the rest")


def opens_root_home(start: Start) -> bool:
    """True when the container starts inside `/root`, which is closed to everybody else."""
    words = [*start.argv[:1], start.workdir, *start.environment.get("PATH", "").split(":")]
    return any(word == "/root" or word.startswith("/root/") for word in words)
