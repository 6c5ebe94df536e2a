"""The files of a layer put together to parts that are worth a thread's while."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from hardening.image.model import Entry, Part


def in_parts(contents: Iterator[tuple[Entry, bytes]], size: int) -> Iterator[Part]:
    """Content that is at hand already, in parts of about `size` bytes."""
    some: list[tuple[Entry, bytes]] = []
    total = 0
    for one in contents:
        some.append(one)
        total += len(one[1])
        if total >= size:
            yield Part(total, partial(tuple, some))
            some, total = [], 0
    if some:
        yield Part(total, partial(tuple, some))
