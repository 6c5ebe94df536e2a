"""Many files searched while the next are read.

One thread reads, two search what was read: they leave the interpreter lock to each other for most
of their work.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from hardening.progress import Progress
from hardening.secrets.engine import Hit
from hardening.secrets.occurrences import hits_in

if TYPE_CHECKING:
    from concurrent.futures import Future

PHASE: Final = "searching for secrets"
WORKERS: Final = 2
BATCH: Final = 1 << 20
MAX_PENDING: Final = 4
"""Batches of about `BATCH` bytes that wait for the searching threads."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Searched(Generic[Item]):
    """A file with hits. `item` is whatever the caller gave with it."""

    item: Item
    path: str
    data: bytes
    hits: tuple[Hit, ...]


def search(
    files: Iterable[tuple[Item, str, bytes]], progress: Progress
) -> Iterator[Searched[Item]]:
    """Files (item, path, content) that have hits, in the order given. Raises Cancelled."""
    from concurrent.futures import ThreadPoolExecutor

    pending: deque[Future[list[Searched[Item]]]] = deque()
    with ThreadPoolExecutor(WORKERS) as pool:
        for batch in _batches(files, progress):
            pending.append(pool.submit(_hits_of, batch))
            while len(pending) > MAX_PENDING:
                yield from pending.popleft().result()
        while pending:
            yield from pending.popleft().result()


def _batches(
    files: Iterable[tuple[Item, str, bytes]], progress: Progress
) -> Iterator[list[tuple[Item, str, bytes]]]:
    batch: list[tuple[Item, str, bytes]] = []
    size = 0
    for item, path, data in files:
        progress.check()
        if not data:
            continue
        batch.append((item, path, data))
        size += len(data)
        if size >= BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _hits_of(batch: list[tuple[Item, str, bytes]]) -> list[Searched[Item]]:
    found = []
    for item, path, data in batch:
        hits = hits_in(data, path)
        if hits:
            found.append(Searched(item, path, data, hits))
    return found
