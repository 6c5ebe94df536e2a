"""What a cataloger is: which files it reads, and how a file becomes packages.

Databases come out of an image and are hostile: `read` is given at most `limit` bytes, yields at
most `MAX_FOUND` packages, and raises `Unreadable` with a reason instead of anything else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO

from hardening.image.model import Blob
from hardening.inventory.programs import Program

MIB = 1 << 20
MAX_FOUND = 50_000
MAX_TEXT = 1_000


class Unreadable(Exception):
    """A database that is damaged, too large or of an unknown form; the text says which."""


@dataclass(frozen=True, slots=True)
class Found:
    """A package as its database names it. `source_name` and `source_version` are "" where they
    equal the package's own. `qualifiers` go into the package URL. `files` are those of its files,
    without leading slash, that other catalogers may read. `vendor` is who made a system package
    as its database says (dpkg's Maintainer, RPM's Vendor)."""

    type: str
    name: str
    version: str
    source_name: str = ""
    source_version: str = ""
    arch: str = ""
    tooling: bool = False
    qualifiers: tuple[tuple[str, str], ...] = ()
    files: tuple[str, ...] = ()
    vendor: str = ""


def _any_path(path: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Cataloger:
    """`names` (base names), `extensions` (without dot), `folders` (the end of the folder's path)
    and `programs` (executable files) say which paths are looked at, `accepts` narrows them down.
    `database` marks files that many layers rewrite: the packages of each version are compared."""

    name: str
    read: Callable[[str, bytes], Iterator[Found]]
    names: frozenset[str] = frozenset()
    extensions: frozenset[str] = frozenset()
    folders: frozenset[str] = frozenset()
    programs: bool = False
    accepts: Callable[[str], bool] = field(default=_any_path)
    limit: int = 4 * MIB
    database: bool = False
    beside: tuple[str, ...] = ()
    """Suffixes of files that belong to the database (`-wal`), handed over by `read_beside`."""
    read_beside: Callable[[str, bytes, dict[str, bytes]], Iterator[Found]] | None = None
    read_programs: Callable[[str, Sequence[Program]], Iterator[Found]] | None = None
    """Reads a program through windows instead of whole, of any size."""
    read_blob: Callable[[str, Blob], Iterator[Found]] | None = None
    """Reads any file of at most `limit` bytes through windows."""


def text_of(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def lines_of(data: bytes) -> Iterator[str]:
    """The lines one by one: a list of all of them would be many times as large as the file."""
    for line in BytesIO(data):
        yield text_of(line.removesuffix(b"\n"))


def is_plain(*values: str) -> bool:
    """Whether names and versions are of a length and of characters that a package may have."""
    return all(len(value) <= MAX_TEXT and value.isprintable() for value in values)


def is_name(value: str) -> bool:
    """Whether a package may be called so: something stays of it in a package URL."""
    return is_plain(value) and value == value.strip() and bool(value.strip("/:@ ."))
