"""What drydock says when it cannot go on.

    DrydockError(what, why, next_step)      every error a person may see
    ├── UsageError          the command line or a setting makes no sense          exit 2
    ├── InputError          a file, image or feed cannot be read                  exit 2
    │   ├── ImageError      an archive, layout or engine image is wrong
    │   └── EngineError     the engine does not answer, or refuses
    ├── WriteError          a patch cannot be written; nothing was changed        exit 2
    │   └── ChangedOnDisk   the file is not the one that was opened
    └── Cancelled           the person asked to stop                              exit 2

Anything else that escapes is a bug: the entry point reports it and exits 3.
"""

from __future__ import annotations


class DrydockError(Exception):
    """An error in a person's words: what happened, why, and what to do next."""

    def __init__(self, what: str, why: str = "", next_step: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.next_step = next_step

    def __str__(self) -> str:
        parts = [self.what]
        if self.why:
            parts.append(self.why)
        if self.next_step:
            parts.append(self.next_step)
        return ": ".join(parts[:2]) + (f". {self.next_step}" if self.next_step else "")


class UsageError(DrydockError):
    """The command line or a setting makes no sense."""


class InputError(DrydockError):
    """A file, image or feed cannot be read as what it should be."""


class ImageError(InputError):
    """An archive, layout or image is damaged, hostile or of an unknown kind."""


class EngineError(InputError):
    """The container engine does not answer, or refuses what was asked."""


class WriteError(DrydockError):
    """A patch cannot be written; the files are as they were."""


class ChangedOnDisk(WriteError):
    """The file on disk is not the one that was opened."""


class Cancelled(DrydockError):
    """The person asked to stop."""
