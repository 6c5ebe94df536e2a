"""Puts a workspace on disk: atomically, with a backup, never over someone else's change.

A file is written beside itself under a temporary name, flushed to the disk, and renamed over the
old one: whoever looks, at any moment, sees the old text or the new one, whole.
"""

from __future__ import annotations

import os
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from hardening.dockerfile.source import encode
from hardening.errors import ChangedOnDisk, WriteError
from hardening.workspace import Workspace

NEW_FILE_MODE = 0o644


@dataclass(frozen=True, slots=True)
class Written:
    """Files that were written and the backups that were left."""

    files: tuple[Path, ...]
    backups: tuple[Path, ...]


def target_of(workspace: Workspace, path: str) -> Path:
    """Where a workspace path lives; symbolic links are followed, so that the link stays.

    Raises WriteError for a path that leaves the root.
    """
    if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
        raise WriteError(f"Cannot write {path}", "it lies outside the project")
    return (workspace.root / path).resolve()


def write(workspace: Workspace) -> Written:
    """Write every changed file. Raises ChangedOnDisk before anything was touched when a file is
    not what it was when it was opened, WriteError when the disk refuses."""
    changed = workspace.changed
    targets = {path: target_of(workspace, path) for path in changed}
    for path, target in targets.items():
        _check_unchanged(path, target, workspace.before.get(path))
    backups = []
    for path, target in targets.items():
        try:
            if workspace.before.get(path) is not None and not is_tracked(target):
                backups.append(_back_up(target))
            write_atomically(target, encode(workspace.after[path]))
        except OSError as error:
            raise WriteError(
                f"Cannot write {path}",
                error.strerror or str(error),
                "Free the disk or mend the permissions, or write the patch to another file",
            ) from error
    return Written(tuple(targets.values()), tuple(backups))


def write_patch(workspace: Workspace, file: Path) -> Path:
    """Write the unified diff to a file instead. Raises WriteError."""
    return write_text(file, workspace.diff())


def write_text(file: Path, text: str) -> Path:
    """Write one text atomically; a link stays one, and what is no regular file (a pipe, a device)
    is written into. Raises WriteError."""
    try:
        if file.exists() and not file.is_file():
            with file.open("wb") as stream:
                stream.write(encode(text))
            return file
        write_atomically(file.resolve(), encode(text))
    except (OSError, ValueError) as error:
        raise WriteError(
            f"Cannot write {file}",
            getattr(error, "strerror", None) or str(error),
            "Name a file in a folder that you may write to and that has room",
        ) from error
    return file


def _check_unchanged(path: str, target: Path, before: str | None) -> None:
    try:
        on_disk: bytes | None = target.read_bytes()
    except FileNotFoundError:
        on_disk = None
    except OSError as error:
        raise WriteError(f"Cannot read {path} again", error.strerror or str(error)) from error
    expected = None if before is None else encode(before)
    if on_disk != expected:
        happened = "it was deleted" if on_disk is None else "someone changed it"
        raise ChangedOnDisk(
            f"{path} is not the file that was opened",
            f"{happened} since",
            "Reload it; the accepted fixes are kept",
        )


def write_atomically(target: Path, data: bytes) -> None:
    """Old or new, never a mixture. Keeps the mode (and, where allowed, the owner) of the old."""
    try:
        old = target.stat()
    except FileNotFoundError:
        old = None
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".drydock", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fchmod(stream.fileno(), stat.S_IMODE(old.st_mode) if old else _new_mode())
            if old is not None:
                _keep_owner(stream.fileno(), old)
            os.fsync(stream.fileno())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _new_mode() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return NEW_FILE_MODE & ~mask


def _keep_owner(descriptor: int, old: os.stat_result) -> None:
    try:
        os.fchown(descriptor, old.st_uid, old.st_gid)
    except PermissionError:
        return


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _back_up(target: Path) -> Path:
    """Copy to `NAME.bak`; an older, different backup is not overwritten but numbered past."""
    data = target.read_bytes()
    backup = target.with_name(target.name + ".bak")
    number = 1
    while backup.exists() and backup.read_bytes() != data:
        number += 1
        backup = target.with_name(f"{target.name}.bak{number}")
    if not backup.exists():
        write_atomically(backup, data)
        backup.chmod(stat.S_IMODE(target.stat().st_mode))
    return backup


def is_tracked(target: Path) -> bool:
    """True when git keeps this file."""
    command = ["git", "-C", str(target.parent), "ls-files", "--error-unmatch", "--", target.name]
    try:
        done = subprocess.run(command, capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0
