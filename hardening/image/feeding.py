"""Taking the headers of a tar that arrives in pieces."""

from __future__ import annotations

from hardening.errors import ImageError
from hardening.image.tar import BLOCK_SIZE, TarHeaders


class TarFeed:
    """`feed` it the bytes of a tar in order, then `finish`. Keeps no more than one header, an
    extension or a captured file in memory. Raises ImageError as `TarHeaders` does."""

    def __init__(self, headers: TarHeaders) -> None:
        self.headers = headers
        self.seen = 0
        self._next = 0
        self._held = bytearray()

    def feed(self, piece: bytes) -> None:
        start = self.seen
        self.seen += len(piece)
        headers = self.headers
        if headers.ended or self._next >= self.seen:
            return
        if self._held:
            self._held += piece
            if len(self._held) < headers.need:
                return
            window = bytes(self._held)
            self._held.clear()
        else:
            window = piece[self._next - start :] if self._next > start else piece
        after = headers.take(window, self._next)
        left = after - self._next
        self._next = after
        if left < len(window) and not headers.ended:
            self._held += window[left:]

    def finish(self) -> None:
        """The tar is over. Raises ImageError when it ends inside an entry."""
        headers = self.headers
        headers.columns.tar_size = self.seen
        if headers.ended or self._next == self.seen:
            return
        if self._next > self.seen:
            why = f"it ends {self._next - self.seen:,} bytes too early"
        else:
            why = f"it ends inside a header or an entry at byte {self._next:,}"
        raise ImageError("It is cut short", why)


def first_block_is_tar(start: bytes) -> bool:
    """Whether the first bytes look like a tar: a header with a good checksum, or its end."""
    from hardening.image.tarfields import checksum_matches

    block = start[:BLOCK_SIZE]
    return len(block) == BLOCK_SIZE and (not block.strip(b"\0") or checksum_matches(block))
