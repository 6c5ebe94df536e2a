"""Whether somebody else changed the opened files meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

Stamp = tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class DiskState:
    """When each file was changed last, and its size; None for one that is not there."""

    stamps: tuple[tuple[Path, Stamp], ...] = ()

    @classmethod
    def of(cls, files: Iterable[Path]) -> DiskState:
        return cls(tuple((file, _stamp(file)) for file in files))

    def changed(self) -> tuple[Path, ...]:
        """The files that are not what they were."""
        return tuple(file for file, stamp in self.stamps if _stamp(file) != stamp)


def _stamp(file: Path) -> Stamp:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
