"""Secrets of files and folders on disk.

Bounded: at most `MAX_FILES` files are read, `windows.MAX_FILE` bytes of each; symbolic links inside
a folder are not followed, and neither devices nor pipes are opened. Of `.git` what git keeps
compressed (objects, packs, LFS) is left out; its configuration, logs and hooks are read.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hardening.errors import InputError
from hardening.model import FilePlace, Span
from hardening.progress import SILENT, Progress
from hardening.secrets.engine import Hit, prepare, without_overlaps
from hardening.secrets.grouping import Seen, grouped
from hardening.secrets.judge import reason_to_demote
from hardening.secrets.model import Secret
from hardening.secrets.pipeline import PHASE, Piece, Searched, search
from hardening.secrets.windows import MAX_FILE, WINDOW, Window, rest_of
from hardening.skipped import Skipped

MAX_FILES: Final = 200_000
MAX_DOCKERFILE: Final = 1 << 20
_SKIPPED: Final = frozenset({"objects", "lfs"})
_PREPARED: Final = 256
"""Files from which compiling for speed pays."""


def scan_paths(
    paths: Sequence[Path], *, progress: Progress = SILENT, unread: list[Skipped] | None = None
) -> tuple[Secret, ...]:
    """Secrets of files and of everything in folders; places are spans of the paths as given (of
    files larger than a window they count bytes). What could not be read is added to `unread`.
    Raises InputError for a path that is not there and Cancelled."""
    for path in paths:
        if not path.exists():
            raise InputError(f"There is no {path}", "", "Name a file, a folder or an image.")
    progress.start(PHASE, None, "files")
    skipped: list[Skipped] = [] if unread is None else unread
    seen: list[Seen] = []
    for one in search(_pieces(paths, progress, skipped), progress):
        seen.extend(_seen(one))
    seen.extend(_of_dockerfiles(paths))
    progress.finish(PHASE)
    return grouped(seen, None)


def _seen(one: Searched[str]) -> Iterator[Seen]:
    piece = one.piece
    characters = _Characters(piece.window)
    for hit in one.hits:
        place = characters.place(piece.item, hit)
        yield Seen(hit, place, reason_to_demote(hit, piece.path), place.start_line)


def _of_dockerfiles(paths: Sequence[Path]) -> Iterator[Seen]:
    """What only reading a Dockerfile as one tells: arguments of commands, here-documents."""
    from hardening.secrets.texts import hits_in_dockerfile, is_dockerfile

    for root in paths:
        for path, name in _files(root, []):
            if not is_dockerfile(name):
                continue
            data = _read(path, MAX_DOCKERFILE)
            hits = hits_in_dockerfile(data, name) if data else ()
            characters = _Characters(Window(data or b""))
            for hit in without_overlaps(hits):
                place = characters.place(str(path), hit)
                yield Seen(hit, place, reason_to_demote(hit, name), place.start_line)


def _read(path: Path, limit: int) -> bytes | None:
    try:
        with path.open("rb") as handle:
            return handle.read(limit)
    except OSError:
        return None


@dataclass(slots=True)
class _Open:
    """An open file as bytes by position."""

    descriptor: int

    def read(self, offset: int, size: int) -> bytes:
        return os.pread(self.descriptor, size, offset)


def _pieces(
    paths: Sequence[Path], progress: Progress, unread: list[Skipped]
) -> Iterator[Piece[str]]:
    count = 0
    for root in paths:
        for path, name in _files(root, unread):
            if count == MAX_FILES:
                unread.append(Skipped(str(root), f"it has more than {MAX_FILES:,} files"))
                return
            count += 1
            if count == _PREPARED:
                prepare(1 << 30)
            progress.advance(PHASE, 1)
            try:
                yield from _pieces_of(path, name, unread)
            except OSError as error:
                unread.append(Skipped(str(path), error.strerror or str(error)))


def _pieces_of(path: Path, name: str, unread: list[Skipped]) -> Iterator[Piece[str]]:
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode):
            return
        first = os.pread(descriptor, WINDOW, 0)
        size = max(state.st_size, len(first))
        yield Piece(str(path), name, first, Window(first, last=size <= len(first)))
        if size > len(first):
            for window in rest_of(_Open(descriptor), size, first):
                yield Piece(str(path), name, window.data, window)
        if size > MAX_FILE:
            unread.append(Skipped(str(path), f"only its first {MAX_FILE >> 30} GiB were searched"))
    finally:
        os.close(descriptor)


def _files(root: Path, unread: list[Skipped]) -> Iterator[tuple[Path, str]]:
    """Regular files below a path with their name relative to it."""
    if root.is_file():
        yield root, root.name
        return

    def closed(error: OSError) -> None:
        unread.append(Skipped(str(error.filename), error.strerror or str(error)))

    for folder, folders, names in os.walk(root, onerror=closed):
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
    """Byte offsets of one window as character offsets and lines of the file."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._ascii = window.data.isascii()

    def place(self, path: str, hit: Hit) -> FilePlace:
        window = self._window
        start = window.offset + self._offset(hit.start)
        end = window.offset + self._offset(hit.end)
        line = window.lines + window.data.count(b"\n", 0, hit.start) + 1
        lines = hit.value.rstrip(b"\n").count(b"\n")
        return FilePlace(path, Span(start, end), line, line + lines)

    def _offset(self, position: int) -> int:
        if self._ascii:
            return position
        return len(self._window.data[:position].decode("utf-8", "surrogateescape"))
