"""Secrets of files and folders on disk.

Bounded: at most `MAX_FILES` files are read, `MAX_FILE` bytes of each; symbolic links are not
followed, and neither devices nor pipes are opened. Objects of git are compressed and left out,
`.git/config` is read.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from hardening.errors import InputError
from hardening.model import FilePlace, Span
from hardening.progress import SILENT, Progress
from hardening.secrets.engine import Hit
from hardening.secrets.grouping import Seen, grouped
from hardening.secrets.judge import reason_to_demote
from hardening.secrets.model import Secret
from hardening.secrets.pipeline import PHASE, search
from hardening.secrets.scanner import MAX_FILE

MAX_FILES: Final = 200_000
_SKIPPED: Final = frozenset({"objects", "lfs"})


def scan_paths(paths: Sequence[Path], *, progress: Progress = SILENT) -> tuple[Secret, ...]:
    """Secrets of files and of everything in folders; places are spans of the paths as given.
    Raises InputError for a path that is not there and Cancelled."""
    for path in paths:
        if not path.exists():
            raise InputError(f"There is no {path}", "", "Name a file, a folder or an image.")
    progress.start(PHASE, None, "files")
    seen: list[Seen] = []
    for one in search(_contents(paths, progress), progress):
        characters = _Characters(one.data)
        for hit in one.hits:
            place = characters.place(one.item, hit)
            seen.append(Seen(hit, place, reason_to_demote(hit, one.path), place.start_line))
    progress.finish(PHASE)
    return grouped(seen, None)


def _contents(paths: Sequence[Path], progress: Progress) -> Iterator[tuple[str, str, bytes]]:
    count = 0
    for root in paths:
        for path, name in _files(root):
            if count == MAX_FILES:
                return
            count += 1
            progress.advance(PHASE, 1)
            try:
                with path.open("rb") as handle:
                    data = handle.read(MAX_FILE)
            except OSError:
                continue
            yield str(path), name, data


def _files(root: Path) -> Iterator[tuple[Path, str]]:
    """Regular files below a path with their name relative to it."""
    if root.is_file():
        yield root, root.name
        return
    for folder, folders, names in os.walk(root):
        inside_git = Path(folder).name == ".git"
        folders[:] = sorted(
            one
            for one in folders
            if not (inside_git and one in _SKIPPED) and not Path(folder, one).is_symlink()
        )
        for name in sorted(names):
            path = Path(folder, name)
            try:
                regular = stat.S_ISREG(path.lstat().st_mode)
            except OSError:
                continue
            if regular:
                yield path, path.relative_to(root).as_posix()


class _Characters:
    """Byte offsets of one file's content as character offsets and lines."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._ascii = data.isascii()

    def place(self, path: str, hit: Hit) -> FilePlace:
        start, end = self._offset(hit.start), self._offset(hit.end)
        line = self._data.count(b"\n", 0, hit.start) + 1
        lines = hit.value.rstrip(b"\n").count(b"\n")
        return FilePlace(path, Span(start, end), line, line + lines)

    def _offset(self, position: int) -> int:
        if self._ascii:
            return position
        return len(self._data[:position].decode("utf-8", "surrogateescape"))
