"""Which files of the merged tree a cataloger wants: one look at each path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from hardening.image.model import Entry, Image
from hardening.inventory.frame import Cataloger
from hardening.progress import Progress

SMALLEST_PROGRAM = 100 << 10
"""Go and Rust link at least this much into a program."""

SMALLEST_LIBRARY = 1 << 20

MAX_FILES = 200_000
TAIL = 3
_CHECK_EVERY = 4_096


def select(
    image: Image, known: Iterable[Cataloger], progress: Progress
) -> tuple[dict[str, tuple[Cataloger, ...]], bool]:
    """Path → its catalogers, for surviving files in the order of their paths; and whether the
    list was cut at `MAX_FILES`.

    Nearly all paths of an image are of no interest, so they are turned away by their last
    characters and their size alone.
    """
    tree = image.tree
    rows = tree.rows()
    tables = _tables(known)
    wanted = {path: tables.named(path) for path in _named(rows, tables, progress)}
    for folder in tables.folders:
        for name in tree.children(folder):
            wanted[f"{folder}/{name}"] = tables.named(f"{folder}/{name}")
    if tables.programs:
        for path in tree.large(SMALLEST_PROGRAM):
            if _may_run(path) and _is_program(path, tree.get(path)):
                wanted[path] = (*wanted.get(path, ()), *tables.programs)
    chosen = sorted(path for path, found in wanted.items() if found and tree.is_file_at(rows[path]))
    return {path: wanted[path] for path in chosen[:MAX_FILES]}, len(chosen) > MAX_FILES


def _named(rows: Mapping[str, int], tables: _Tables, progress: Progress) -> Iterator[str]:
    """Paths that may be wanted for their name or extension."""
    tails = tables.tails
    paths = iter(rows)
    while some := tuple(islice(paths, _CHECK_EVERY)):
        progress.check()
        yield from [path for path in some if path[-TAIL:] in tails]


def _may_run(path: str) -> bool:
    _, dot, extension = path.rpartition("/")[2].rpartition(".")
    return not dot or not extension.isalpha() or extension in ("exe", "so")


def _is_program(path: str, entry: Entry | None) -> bool:
    if entry is None or not entry.is_file:
        return False
    smallest = SMALLEST_LIBRARY if path.endswith(".so") else SMALLEST_PROGRAM
    return bool(entry.mode & 0o111) and entry.size >= smallest


_Table = dict[str, tuple[Cataloger, ...]]


@dataclass(slots=True)
class _Tables:
    """Catalogers by what they want. `tails` are the last `TAIL` characters of every path that is
    wanted for its name or extension."""

    names: _Table = field(default_factory=dict)
    extensions: _Table = field(default_factory=dict)
    folders: _Table = field(default_factory=dict)
    programs: tuple[Cataloger, ...] = ()
    tails: set[str] = field(default_factory=set)

    def named(self, path: str) -> tuple[Cataloger, ...]:
        """Those that want this path whatever the file is."""
        folder, _, name = path.rpartition("/")
        _, dot, extension = name.rpartition(".")
        wanted = (
            *self.names.get(name, ()),
            *(self.extensions.get(extension, ()) if dot else ()),
            *self.folders.get(folder, ()),
        )
        return tuple(dict.fromkeys(one for one in wanted if one.accepts(path)))


def _tables(known: Iterable[Cataloger]) -> _Tables:
    made = _Tables()
    for one in known:
        for table, keys in (
            (made.names, one.names),
            (made.extensions, one.extensions),
            (made.folders, one.folders),
        ):
            for key in keys:
                table[key] = (*table.get(key, ()), one)
        if one.programs:
            made.programs = (*made.programs, one)
        made.tails.update(name[-TAIL:] for name in one.names)
        made.tails.update(f"/{name}"[-TAIL:] for name in one.names)
        made.tails.update(f".{extension}"[-TAIL:] for extension in one.extensions)
    return made
