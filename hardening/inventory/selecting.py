"""Which files of the merged tree a cataloger wants: one look at each path."""

from __future__ import annotations

from collections.abc import Iterable

from hardening.image.model import Entry, Image
from hardening.inventory.frame import Cataloger
from hardening.progress import Progress

SMALLEST_PROGRAM = 100 << 10
"""Go and Rust link at least this much into a program."""

SMALLEST_LIBRARY = 1 << 20

MAX_FILES = 200_000
_CHECK_EVERY = 4_096


def select(
    image: Image, known: Iterable[Cataloger], progress: Progress
) -> tuple[dict[str, tuple[Cataloger, ...]], bool]:
    """Path → its catalogers, for surviving files; and whether the list was cut at `MAX_FILES`."""
    names, extensions, folders, programs = _tables(known)
    tree = image.tree
    chosen: dict[str, tuple[Cataloger, ...]] = {}
    for number, path in enumerate(tree):
        if number % _CHECK_EVERY == 0:
            progress.check()
        folder, _, name = path.rpartition("/")
        _, dot, extension = name.rpartition(".")
        wanted = names.get(name, ())
        if dot and extension in extensions:
            wanted += extensions[extension]
        if folder in folders:
            wanted += folders[folder]
        if wanted:
            wanted = tuple(dict.fromkeys(one for one in wanted if one.accepts(path)))
        may_run = programs and (not dot or not extension.isalpha() or extension in ("exe", "so"))
        if not wanted and not may_run:
            continue
        entry = tree.get(path)
        if entry is None or not entry.is_file:
            continue
        if may_run and _is_program(
            entry, SMALLEST_LIBRARY if extension == "so" else SMALLEST_PROGRAM
        ):
            wanted += programs
        if wanted:
            chosen[path] = wanted
        if len(chosen) >= MAX_FILES:
            return chosen, True
    return chosen, False


def _is_program(entry: Entry, smallest: int) -> bool:
    return bool(entry.mode & 0o111) and entry.size >= smallest


_Table = dict[str, tuple[Cataloger, ...]]


def _tables(known: Iterable[Cataloger]) -> tuple[_Table, _Table, _Table, tuple[Cataloger, ...]]:
    names: _Table = {}
    extensions: _Table = {}
    folders: _Table = {}
    programs: tuple[Cataloger, ...] = ()
    for one in known:
        for table, keys in (
            (names, one.names),
            (extensions, one.extensions),
            (folders, one.folders),
        ):
            for key in keys:
                table[key] = (*table.get(key, ()), one)
        if one.programs:
            programs = (*programs, one)
    return names, extensions, folders, programs
