"""The build context: the folder that COPY reads from, seen through `.dockerignore`.

Bounded: at most `MAX_PATHS` paths are listed, symbolic links are not followed, nothing outside
the folder is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

MAX_PATHS = 200_000


class BuildContext(Protocol):
    """What rules may ask of a context; a folder, or files in memory (examples, samples).

    Paths are relative, `/` separated, normalised. All answers are those that the builder would
    see, after `.dockerignore`, except where said.
    """

    @property
    def ignore_path(self) -> str | None:
        """Workspace path of the ignore file in force (`.dockerignore`, `Dockerfile.dockerignore`)."""

    def exists(self, path: str) -> bool: ...
    def is_directory(self, path: str) -> bool: ...
    def is_ignored(self, path: str) -> bool:
        """True when the ignore file leaves this path out."""

    def paths(self) -> Iterator[str]:
        """Every file (not directory) that the builder would get."""

    def all_paths(self) -> Iterator[str]:
        """Every file, ignored ones too."""

    def glob(self, pattern: str) -> tuple[str, ...]:
        """Paths (files and directories) that a COPY source pattern matches, Go `filepath.Match`."""

    def read(self, path: str, limit: int = 1 << 20) -> bytes | None:
        """At most `limit` bytes; None when it is no readable regular file of the context."""


def folder_of(context: BuildContext) -> Path | None:
    """The folder on disk, None for files in memory."""
    return getattr(context, "root", None)
