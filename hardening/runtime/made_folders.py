"""Folders that a RUN of the image makes and leaves empty, and database files that it makes: what
the program will write to."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.model import Instruction
from hardening.dockerfile.shell_model import Command
from hardening.image.model import EntryType
from hardening.runtime.start import Start

DATABASES = (".sqlite", ".sqlite3", ".db")
_OUTSIDE = ("/var/log/", "/var/lib/", "/var/cache/", "/run/", "/var/run/", "/data", "/logs")
"""Where such folders lie besides the one that the program starts in."""
_VALUED = ("-m", "--mode", "-Z", "--context")
MAX_FOLDERS = 40


def made_folders(start: Start) -> tuple[tuple[str, str], ...]:
    """Absolute folders that `mkdir` makes in the image that ships and nothing fills, each with
    what says so. Where the image is known they are empty in it; where it is not, only those below
    the folder that the program starts in count."""
    found: dict[str, str] = {}
    for run in start.all("RUN"):
        for command in run.shell.named("mkdir") if run.shell is not None else ():
            for path in _folders(start, run, command):
                if path not in found and _is_for_data(start, run, path):
                    found[path] = f"Line {run.start_line} makes it and puts nothing in"
    return tuple(found.items())[:MAX_FOLDERS]


def _folders(start: Start, run: Instruction, command: Command) -> Iterator[str]:
    before = ""
    for word in command.arguments:
        text, last = word.value or word.text, before
        before = word.text
        if word.is_flag or last in _VALUED:
            continue
        expanded = start.expanded(run, text.strip('"'))
        if expanded is None or any(one in expanded for one in "$*?[{`\"' \\"):
            continue
        path = start.absolute(expanded, run)
        if expanded.startswith("/") or not _changes_folder(run):
            yield path


def _changes_folder(run: Instruction) -> bool:
    return run.shell is not None and bool(run.shell.named("cd", "pushd"))


def _is_for_data(start: Start, run: Instruction, path: str) -> bool:
    workdir = start.workdir.rstrip("/")
    inside = bool(workdir) and path.startswith(f"{workdir}/")
    if not inside and not path.startswith(_OUTSIDE):
        return False
    image = start.image
    if image is None or not image.files_read:
        return inside and not _is_used(start, run, path)
    entry = image.tree.get(path.lstrip("/"))
    if entry is None or entry.type is not EntryType.DIRECTORY:
        return False
    return not image.tree.children(path.lstrip("/"))


def _is_used(start: Start, run: Instruction, path: str) -> bool:
    """Whether anything else of the text names the folder: it may be filled."""
    name = path.rpartition("/")[2]
    dockerfile = start.dockerfile
    if dockerfile is None:
        return True
    around = [one for one in start.all("COPY", "ADD", "RUN") if one is not run]
    texts = [one.arguments.slice(dockerfile.text) for one in around]
    return (
        any(name in text for text in texts) or run.arguments.slice(dockerfile.text).count(name) > 1
    )


def made_databases(start: Start) -> tuple[str, ...]:
    """Absolute paths of the database files that the build makes, not copies, where the program
    starts or where its environment names one."""
    image = start.image
    if image is None or not image.files_read:
        return ()
    workdir = start.workdir.strip("/")
    paths = [f"{workdir}/{name}" for name in (image.tree.children(workdir) if workdir else ())]
    paths += [
        start.absolute(value.removeprefix("sqlite:///").removeprefix("file:")).lstrip("/")
        for value in start.environment.values()
        if "://" not in value.removeprefix("sqlite:///")
    ]
    found = []
    for path in dict.fromkeys(paths):
        entry = image.tree.get(path) if path.endswith(DATABASES) and " " not in path else None
        if entry is None or not entry.is_file:
            continue
        if not image.layers[entry.layer].command.startswith(("COPY", "ADD")):
            found.append(f"/{path}")
    return tuple(found)
