"""Secrets of texts and images.

`scan_text` reads one file of the workspace. `scan_image` reads the configuration, the history and
every layer on its own, base layers and files deleted later included: what a layer's blob holds
can be taken out of it by whoever has the image.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from hardening.image.model import Entry, EntryType, Image, Part
from hardening.model import ImagePathPlace
from hardening.progress import SILENT, Progress
from hardening.secrets.configuration import secrets_of_configuration
from hardening.secrets.engine import prepare
from hardening.secrets.grouping import Seen, grouped
from hardening.secrets.judge import reason_to_demote
from hardening.secrets.model import Secret
from hardening.secrets.packaged import Packaged
from hardening.secrets.pipeline import BATCH, PHASE, Piece, search_parts
from hardening.secrets.texts import scan_text
from hardening.secrets.windows import WINDOW, Window, rest_of

__all__ = ["scan_image", "scan_text"]


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
    for one in search_parts(_parts(image, layer, progress), progress):
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


def _parts(
    image: Image, layer: int, progress: Progress
) -> Iterator[Callable[[], Iterator[Piece[Entry]]]]:
    for part in image.parts(layer, limit=WINDOW, size=BATCH):
        progress.advance(PHASE, part.size)
        yield partial(_pieces, part)
    large = image.layers[layer].large(WINDOW)
    if not large:
        return
    for entry, blob in image.blobs(layer, dict.fromkeys(large, WINDOW), limit=WINDOW):
        for window in rest_of(blob, blob.size, blob.read(0, WINDOW)):
            progress.advance(PHASE, len(window.data))
            yield partial(iter, (Piece(entry, entry.path, window.data, window),))


def _pieces(part: Part) -> Iterator[Piece[Entry]]:
    for entry, data in part.read():
        if data:
            whole = len(data) >= entry.size
            yield Piece(entry, entry.path, data, Window(data, last=whole))
