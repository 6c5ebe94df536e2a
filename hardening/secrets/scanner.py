"""Secrets of texts and images.

`scan_text` reads one file of the workspace. `scan_image` reads the configuration, the history and
every layer on its own, base layers and files deleted later included: what a layer's blob holds
can be taken out of it by whoever has the image.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, islice

from hardening.image.crew import may_copy
from hardening.image.model import Entry, EntryType, Image, Part
from hardening.model import ImagePathPlace
from hardening.progress import SILENT, Progress
from hardening.secrets.configuration import secrets_of_configuration
from hardening.secrets.engine import prepare
from hardening.secrets.grouping import Seen, grouped
from hardening.secrets.judge import reason_to_demote
from hardening.secrets.model import Secret
from hardening.secrets.packaged import Packaged
from hardening.secrets.pipeline import (
    BATCH,
    PHASE,
    Piece,
    Searched,
    search,
    search_parts,
    search_with_copy,
)
from hardening.secrets.texts import scan_text
from hardening.secrets.windows import WINDOW, Window, rest_of

__all__ = ["scan_image", "scan_text"]

WORTH_A_COPY = 16
"""Parts of about `BATCH` bytes in a layer from which a copy of the process pays."""

Load = Callable[[], Iterator[Piece[Entry]]]


def scan_image(image: Image, *, progress: Progress = SILENT) -> tuple[Secret, ...]:
    """Every secret of the image, the worst first, demoted ones last. Of each file at most
    `windows.MAX_FILE` bytes are searched. Raises ImageError and Cancelled."""
    seen = list(secrets_of_configuration(image))
    if image.files_read:
        size = sum(layer.size for layer in image.layers)
        prepare(size)
        progress.start(PHASE, size or None)
        packaged = Packaged(image, progress)
        for layer in image.layers:
            seen.extend(_of_layer(image, layer.index, packaged, progress))
        progress.finish(PHASE)
    return grouped(seen, image if image.files_read else None)


def _of_layer(image: Image, layer: int, packaged: Packaged, progress: Progress) -> Iterator[Seen]:
    links: dict[str, list[str]] | None = None
    for one in _searched(image, layer, progress):
        piece = one.piece
        package = packaged.package_of(piece.path, piece.raw) if piece.window.whole else None
        unchanged = f"unchanged file of package {package}" if package else ""
        if links is None:
            links = _hard_links(image, layer)
        for path in (piece.path, *links.get(piece.path, ())):
            place = ImagePathPlace(layer, path)
            for hit in one.hits:
                reason = unchanged or reason_to_demote(hit, _below_root(path))
                yield Seen(hit, place, reason, piece.window.line(hit))


def _below_root(path: str) -> str:
    """The path without its first folder: `/test/app.env` is no test data of a project."""
    return path.partition("/")[2] or path


def _hard_links(image: Image, layer: int) -> dict[str, list[str]]:
    """Further names of files in the layer: deleting one of them leaves the others."""
    found: dict[str, list[str]] = {}
    for entry in image.layers[layer].entries():
        if entry.type is EntryType.HARDLINK and entry.link:
            found.setdefault(entry.link.lstrip("./"), []).append(entry.path)
    return found


def _searched(image: Image, layer: int, progress: Progress) -> Iterator[Searched[Entry]]:
    parts = image.parts(layer, limit=WINDOW, size=BATCH)
    first = next(parts, None)
    if first is None:
        return
    some = [first, *islice(parts, WORTH_A_COPY)] if first.later and may_copy() else [first]
    if len(some) > WORTH_A_COPY:
        some += parts

        def read(number: int) -> None:
            progress.advance(PHASE, some[number].size)

        loads = [partial(_pieces, one) for one in some]
        yield from search_with_copy(loads, progress, read=read)
    else:
        yield from search_parts(_loads(chain(some, parts), progress), progress)
    if large := image.layers[layer].large(WINDOW):
        yield from search(_windows(image, layer, large, progress), progress)


def _loads(parts: Iterable[Part], progress: Progress) -> Iterator[Load]:
    for part in parts:
        progress.advance(PHASE, part.size)
        yield partial(_pieces, part)


def _windows(
    image: Image, layer: int, large: Sequence[str], progress: Progress
) -> Iterator[Piece[Entry]]:
    """What lies behind the first window of large files."""
    for entry, blob in image.blobs(layer, dict.fromkeys(large, WINDOW), limit=WINDOW):
        for window in rest_of(blob, blob.size, blob.read(0, WINDOW)):
            progress.advance(PHASE, len(window.data))
            yield Piece(entry, entry.path, window.data, window)


def _pieces(part: Part) -> Iterator[Piece[Entry]]:
    for entry, data in part.read():
        if data:
            whole = len(data) >= entry.size
            yield Piece(entry, entry.path, data, Window(data, last=whole))
