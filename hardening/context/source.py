"""Where the files of a build context come from: a folder, memory, or memory over a folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from enum import Enum, auto
from pathlib import Path
from typing import Protocol

MAX_PATHS = 200_000
MAX_DEPTH = 255


class Kind(Enum):
    FILE = auto()
    DIRECTORY = auto()
    LINK = auto()
    """A symbolic link: it is there, and it is not followed."""
    OTHER = auto()


Enter = Callable[[str], bool]


class Source(Protocol):
    """Raw files by clean relative path ("" is the root); no ignore file yet."""

    @property
    def root(self) -> Path | None: ...
    @property
    def opened(self) -> object:
        """Stands for the source as it was opened, below all that was laid over it."""

    @property
    def truncated(self) -> bool: ...
    def kind(self, path: str) -> Kind | None: ...
    def children(self, folder: str) -> list[tuple[str, Kind]]:
        """Sorted names in a folder, empty for anything else."""

    def walk(self, folder: str, enter: Enter) -> Iterator[str]:
        """Every path below that is no directory, sorted folder by folder; `enter` says whether to
        go into a directory."""

    def read(self, path: str, limit: int) -> bytes | None: ...

    def over(self, files: Mapping[str, bytes]) -> Source:
        """This source with files in memory that hide or add to its own."""


class FolderSource:
    """A folder on disk. What was asked once is kept: a subject sees one state of it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._real = os.path.realpath(root)
        self._listed: dict[str, list[tuple[str, Kind]]] = {}
        self._kinds: dict[str, Kind | None] = {}
        self._plain: dict[str, bool] = {}
        self._count = 0
        self.truncated = False

    @property
    def root(self) -> Path:
        return self._root

    @property
    def opened(self) -> object:
        return self

    def kind(self, path: str) -> Kind | None:
        if path not in self._kinds:
            self._kinds[path] = self._look(path)
        return self._kinds[path]

    def _look(self, path: str) -> Kind | None:
        full = self._inside(path)
        if full is None:
            return None
        try:
            return _kind_of(os.lstat(full).st_mode)
        except (OSError, ValueError):
            return None

    def children(self, folder: str) -> list[tuple[str, Kind]]:
        known = self._listed.get(folder)
        if known is not None:
            return known
        full = self._inside(folder)
        names: list[tuple[str, Kind]] = []
        if full is not None:
            try:
                with os.scandir(full) as entries:
                    for entry in entries:
                        if self._count >= MAX_PATHS:
                            self.truncated = True
                            break
                        self._count += 1
                        names.append((entry.name, _kind_of_entry(entry)))
            except OSError:
                names = []
        names.sort(key=lambda one: one[0])
        self._listed[folder] = names
        return names

    def walk(self, folder: str, enter: Enter) -> Iterator[str]:
        return _walk(self, folder, enter)

    def read(self, path: str, limit: int) -> bytes | None:
        full = self._inside(path)
        if full is None:
            return None
        try:
            descriptor = os.open(full, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except (OSError, ValueError):
            return None
        try:
            with os.fdopen(descriptor, "rb") as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    return None
                return file.read(limit)
        except OSError:
            return None

    def over(self, files: Mapping[str, bytes]) -> Source:
        return OverlaySource(self, files)

    def _inside(self, path: str) -> str | None:
        """The full path, None when a folder on the way is a link."""
        full = os.path.join(self._real, path) if path else self._real  # noqa: PTH118
        folder = path.rpartition("/")[0]
        if folder not in self._plain:
            self._plain[folder] = self._is_plain(folder)
        return full if self._plain[folder] else None

    def _is_plain(self, folder: str) -> bool:
        full = os.path.join(self._real, folder) if folder else self._real  # noqa: PTH118
        try:
            return os.path.realpath(full) == full
        except (OSError, ValueError):
            return False


class MemorySource:
    """Files in memory; directories are those that the paths imply."""

    def __init__(self, files: Mapping[str, bytes], opened: object = None) -> None:
        self._files = dict(files)
        self.opened = self if opened is None else opened
        self._folders: dict[str, dict[str, Kind]] = {"": {}}
        for path in self._files:
            parent, _, name = path.rpartition("/")
            kind = Kind.FILE
            while True:
                known = parent in self._folders
                self._folders.setdefault(parent, {})[name] = kind
                if known or not parent:
                    break
                parent, _, name = parent.rpartition("/")
                kind = Kind.DIRECTORY

    root: Path | None = None
    truncated = False

    def kind(self, path: str) -> Kind | None:
        if path in self._folders:
            return Kind.DIRECTORY
        return Kind.FILE if path in self._files else None

    def children(self, folder: str) -> list[tuple[str, Kind]]:
        return sorted(self._folders.get(folder, {}).items(), key=lambda one: one[0])

    def walk(self, folder: str, enter: Enter) -> Iterator[str]:
        return _walk(self, folder, enter)

    def read(self, path: str, limit: int) -> bytes | None:
        content = self._files.get(path)
        return None if content is None else content[:limit]

    def over(self, files: Mapping[str, bytes]) -> Source:
        return MemorySource({**self._files, **files}, self.opened)


class OverlaySource:
    """Files in memory that hide or add to those of a lower source."""

    def __init__(self, lower: Source, files: Mapping[str, bytes]) -> None:
        self._lower = lower
        self._files = dict(files)
        self._upper = MemorySource(self._files)

    @property
    def root(self) -> Path | None:
        return self._lower.root

    @property
    def opened(self) -> object:
        return self._lower.opened

    @property
    def truncated(self) -> bool:
        return self._lower.truncated

    def kind(self, path: str) -> Kind | None:
        return self._upper.kind(path) or self._lower.kind(path)

    def children(self, folder: str) -> list[tuple[str, Kind]]:
        merged = dict(self._lower.children(folder))
        merged.update(self._upper.children(folder))
        return sorted(merged.items(), key=lambda one: one[0])

    def walk(self, folder: str, enter: Enter) -> Iterator[str]:
        return _walk(self, folder, enter)

    def read(self, path: str, limit: int) -> bytes | None:
        content = self._upper.read(path, limit)
        return self._lower.read(path, limit) if content is None else content

    def over(self, files: Mapping[str, bytes]) -> Source:
        return OverlaySource(self._lower, {**self._files, **files})


def _walk(source: Source, folder: str, enter: Enter) -> Iterator[str]:
    waiting = [(folder, 0)]
    while waiting:
        current, depth = waiting.pop()
        below: list[tuple[str, int]] = []
        for name, kind in source.children(current):
            path = f"{current}/{name}" if current else name
            if kind is not Kind.DIRECTORY:
                yield path
            elif depth < MAX_DEPTH and enter(path):
                below.append((path, depth + 1))
        waiting.extend(reversed(below))


def _kind_of_entry(entry: os.DirEntry[str]) -> Kind:
    try:
        if entry.is_symlink():
            return Kind.LINK
        if entry.is_dir(follow_symlinks=False):
            return Kind.DIRECTORY
        return Kind.FILE if entry.is_file(follow_symlinks=False) else Kind.OTHER
    except OSError:
        return Kind.OTHER


def _kind_of(mode: int) -> Kind:
    if stat.S_ISLNK(mode):
        return Kind.LINK
    if stat.S_ISDIR(mode):
        return Kind.DIRECTORY
    return Kind.FILE if stat.S_ISREG(mode) else Kind.OTHER
