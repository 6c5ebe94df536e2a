"""Many files searched while the next are read.

Two threads search what another one reads, or read it themselves where that can be done in any
order. Of large layers a copy of this process searches the half, where one can be made.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, Final, Generic, TypeVar

from hardening.image.crew import copy_at_work
from hardening.progress import Progress
from hardening.secrets.engine import Hit
from hardening.secrets.occurrences import hits_in, hits_in_part
from hardening.secrets.windows import Window, readable

if TYPE_CHECKING:
    from concurrent.futures import Future

PHASE: Final = "searching for secrets"
WORKERS: Final = 2
BATCH: Final = 1 << 20
MAX_PENDING: Final = 4
"""Batches of about `BATCH` bytes that wait for the searching threads."""

_SOMETHING, _NOTHING = b"1", b"0"

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Piece(Generic[Item]):
    """What is searched at once: a file or a window of one. `item` is whatever the caller gave with
    it, `raw` its bytes; the window has them in a form that can be searched."""

    item: Item
    path: str
    raw: bytes
    window: Window


Part = Callable[[], Iterator[Piece[Item]]]
"""Reads some pieces; called by one of the threads that search."""


@dataclass(frozen=True, slots=True)
class Searched(Generic[Item]):
    """A piece with hits; their offsets are into the window."""

    piece: Piece[Item]
    hits: tuple[Hit, ...]


def search(pieces: Iterable[Piece[Item]], progress: Progress) -> Iterator[Searched[Item]]:
    """Pieces that have hits, in the order given. Raises Cancelled."""
    return search_parts((partial(iter, batch) for batch in _batches(pieces)), progress)


def search_parts(parts: Iterable[Part[Item]], progress: Progress) -> Iterator[Searched[Item]]:
    """The same for pieces that are read where they are searched. Raises Cancelled and what reading
    raises."""
    from concurrent.futures import ThreadPoolExecutor

    pending: deque[Future[list[Searched[Item]]]] = deque()
    with ThreadPoolExecutor(WORKERS) as pool:
        for part in parts:
            progress.check()
            pending.append(pool.submit(_hits_of, part))
            while len(pending) > MAX_PENDING:
                yield from pending.popleft().result()
        while pending:
            yield from pending.popleft().result()


def search_with_copy(
    parts: Sequence[Part[Item]], progress: Progress, *, read: Callable[[int], None]
) -> Iterator[Searched[Item]]:
    """The same while a copy of this process looks through every second part and tells which have
    hits; those are searched here again. Threads would wait for each other at every small file.
    `read` is told the number of each part. Raises Cancelled and what reading raises."""
    with copy_at_work(partial(_tell, parts[1::2])) as told:
        for number, part in enumerate(parts):
            progress.check()
            if number % 2 == 0 or told.read(1) != _NOTHING:
                yield from _hits_of(part)
            read(number)


def _tell(parts: Sequence[Part[Item]], out: BinaryIO) -> None:
    for part in parts:
        out.write(_SOMETHING if _hits_of(part) else _NOTHING)


def _batches(pieces: Iterable[Piece[Item]]) -> Iterator[list[Piece[Item]]]:
    batch: list[Piece[Item]] = []
    size = 0
    for piece in pieces:
        if not piece.raw:
            continue
        batch.append(piece)
        size += len(piece.raw)
        if size >= BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _hits_of(part: Part[Item]) -> list[Searched[Item]]:
    found = []
    for piece in part():
        data = readable(piece.raw)
        if data is not piece.raw:
            piece = replace(piece, window=replace(piece.window, data=data))
        window = piece.window
        hits = hits_in(data, piece.path) if window.whole else hits_in_part(data, piece.path)
        if not window.whole:
            hits = tuple(hit for hit in hits if window.holds(hit))
        if hits:
            found.append(Searched(piece, hits))
    return found
