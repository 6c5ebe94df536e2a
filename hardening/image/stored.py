"""The image that every source ends in: config, layers as columns, the merged tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from hardening.errors import ImageError
from hardening.image.columns import FILE, HARDLINK, Columns
from hardening.image.config import parse_config, parse_history, platform_of
from hardening.image.files import FileBlob
from hardening.image.layers import StoredLayer
from hardening.image.merge import Squash
from hardening.image.model import (
    Attribution,
    Blob,
    Efficiency,
    Entry,
    HistoryEntry,
    ImageConfig,
    Part,
)
from hardening.image.parts import in_parts
from hardening.image.passing import MemoryBlob, blob_of
from hardening.image.sources import Manifest, Source, TarBytes
from hardening.image.tree import IMPLICIT, MAX_LINKS, ROW_BITS, ROW_MASK, MergedTree


@dataclass(frozen=True, slots=True, eq=False)
class StoredImage:
    """`hardening.image.model.Image`. `squash` is None until the files are read."""

    reference: str
    source: str
    id: str
    config: ImageConfig
    history: Sequence[HistoryEntry]
    layers: tuple[StoredLayer, ...]
    repo_tags: Sequence[str]
    repo_digests: Sequence[str]
    origin: Source
    squash: Squash | None = None

    @property
    def platform(self) -> str:
        return platform_of(self.config)

    @property
    def size(self) -> int:
        return sum(layer.size for layer in self.layers)

    @property
    def content_key(self) -> str:
        """Stands for exactly the bytes of all layers, for what is kept of them; "" when nothing
        does. An archive's own word for a diff id is not enough."""
        infos = self.origin.manifest().layers
        keys = [info.diff_id if info.trusted else info.cache_key for info in infos]
        return "\n".join(keys) if all(keys) else ""

    @property
    def files_read(self) -> bool:
        return self.squash is not None

    @property
    def tree(self) -> MergedTree:
        return MergedTree((), {}) if self.squash is None else self.squash.tree

    @property
    def efficiency(self) -> Efficiency | None:
        return None if self.squash is None else self.squash.efficiency

    def with_attributions(self, attributions: Sequence[Attribution]) -> StoredImage:
        """The same image with where each layer came from."""
        pairs = zip(self.layers, attributions, strict=True)
        return replace(self, layers=tuple(layer.with_attribution(one) for layer, one in pairs))

    def with_files(self, columns: Sequence[Columns], squash: Squash) -> StoredImage:
        """The same image with its files read."""
        rows = zip(self.layers, columns, squash.wasted, strict=True)
        layers = tuple(layer.with_columns(one, wasted) for layer, one, wasted in rows)
        return replace(self, layers=layers, squash=squash)

    def read(self, path: str, *, layer: int | None = None, limit: int = 1 << 20) -> bytes | None:
        if layer is not None:
            row = self.layers[layer].row(path)
            return None if row is None else self._content(layer, row, limit)
        if self.squash is None:
            return self.origin.fetch(path, limit)
        entry = self.tree.resolve(path)
        packed = None if entry is None else self.tree.rows().get(entry.path)
        if packed is None or packed & ROW_MASK == IMPLICIT:
            return None
        return self._content(packed >> ROW_BITS, packed & ROW_MASK, limit)

    def contents(
        self, layer: int, want: Mapping[str, int] | None = None, *, limit: int = 5 << 20
    ) -> Iterator[tuple[Entry, bytes]]:
        stored = self.layers[layer]
        columns = stored.columns
        if columns is None:
            return
        wanted = self._wanted(stored, columns, want)
        tar = self.origin.tar(layer)
        tar = None if tar is None else tar.again()
        for row, asked in wanted:
            content = self._data(columns, row, layer, limit, tar)
            if content is None:
                continue
            for one in asked:
                yield columns.entry(one, layer), content

    def parts(self, layer: int, *, limit: int = 5 << 20, size: int = 1 << 20) -> Iterator[Part]:
        columns = self.layers[layer].columns
        tar = self.origin.tar(layer)
        if columns is None or not isinstance(tar, FileBlob):
            yield from in_parts(self.contents(layer, limit=limit), size)
            return
        rows: list[int] = []
        total = 0
        for row, kind in enumerate(columns.kinds):
            if kind == FILE:
                rows.append(row)
                total += min(columns.sizes[row], limit)
                if total >= size:
                    yield Part(total, partial(self._part, columns, layer, rows, limit, tar), True)
                    rows, total = [], 0
        if rows:
            yield Part(total, partial(self._part, columns, layer, rows, limit, tar), True)

    def _part(
        self, columns: Columns, layer: int, rows: Sequence[int], limit: int, tar: TarBytes
    ) -> Sequence[tuple[Entry, bytes]]:
        """Read in one go from the first file to the end of the last: they lie side by side."""
        sizes, offsets = columns.sizes, columns.offsets
        start = offsets[rows[0]]
        length = offsets[rows[-1]] + min(sizes[rows[-1]], limit) - start
        wanted = sum(min(sizes[row], limit) for row in rows)
        near = length <= 2 * wanted + (64 << 10) * len(rows)
        data = tar.read(start, length) if near else b""
        if len(data) < length:
            read = ((row, self._data(columns, row, layer, limit, tar)) for row in rows)
            return [(columns.entry(row, layer), one) for row, one in read if one is not None]
        cuts = ((row, offsets[row] - start) for row in rows)
        return [
            (columns.entry(row, layer), data[at : at + min(sizes[row], limit)]) for row, at in cuts
        ]

    def blobs(
        self, layer: int, want: Mapping[str, int], *, limit: int = 5 << 20
    ) -> Iterator[tuple[Entry, Blob]]:
        stored = self.layers[layer]
        columns = stored.columns
        if columns is None:
            return
        tar = self.origin.tar(layer)
        tar = None if tar is None else tar.again()
        for row, asked in self._wanted(stored, columns, want):
            blob = self._blob(columns, row, layer, limit, tar)
            if blob is None:
                continue
            for one in asked:
                yield columns.entry(one, layer), blob

    def _blob(
        self, columns: Columns, row: int, layer: int, limit: int, tar: TarBytes | None
    ) -> Blob | None:
        size = columns.sizes[row]
        if row in columns.captured or size == 0 or tar is None:
            content = self._data(columns, row, layer, limit, tar)
            return None if content is None else MemoryBlob(content)
        blob = blob_of(tar, columns.offsets[row], size)
        if blob.size < size:
            raise _cut(layer, columns.paths[row])
        return blob

    def _wanted(
        self, stored: StoredLayer, columns: Columns, want: Mapping[str, int] | None
    ) -> Iterable[tuple[int, Sequence[int]]]:
        """Rows whose data is to be read, in tar order, each with the rows that it is read for:
        itself, and the hard links to it that were asked for by name."""
        kinds = columns.kinds
        if want is None:
            return ((row, (row,)) for row, kind in enumerate(kinds) if kind == FILE)
        found: dict[int, list[int]] = {}
        for path in want:
            row = self._row(stored, columns, path)
            if row is None:
                continue
            if kinds[row] == FILE:
                found.setdefault(row, []).insert(0, row)
            elif kinds[row] == HARDLINK:
                place = self._target(stored.index, row)
                if place is not None and place[0] == stored.index:
                    found.setdefault(place[1], []).append(row)
        return sorted(found.items())

    def _row(self, stored: StoredLayer, columns: Columns, path: str) -> int | None:
        """Row of a path in its layer; by the merged tree where that layer was the last to write
        it, which spares an index of all paths of the layer."""
        packed = self.tree.rows().get(path)
        if packed is not None and packed >> ROW_BITS == stored.index:
            row = packed & ROW_MASK
            if row != IMPLICIT and columns.paths[row] == path:
                return row
        return stored.row(path)

    def _target(self, layer: int, row: int) -> tuple[int, int] | None:
        """Layer and row of the file that holds the data, through hard links."""
        for _ in range(MAX_LINKS):
            columns = self.layers[layer].columns
            if columns is None or columns.kinds[row] not in (FILE, HARDLINK):
                return None
            if columns.kinds[row] == FILE:
                return layer, row
            path = columns.links.get(row, "")
            found = self.layers[layer].row(path)
            if found is None or found == row:
                packed = self.tree.rows().get(path, IMPLICIT)
                if packed & ROW_MASK in (IMPLICIT, row):
                    return None
                layer, found = packed >> ROW_BITS, packed & ROW_MASK
            row = found
        return None

    def _content(self, layer: int, row: int, limit: int) -> bytes | None:
        place = self._target(layer, row)
        if place is None:
            return None
        layer, row = place
        columns = self.layers[layer].columns
        return None if columns is None else self._data(columns, row, layer, limit, None)

    def _data(
        self, columns: Columns, row: int, layer: int, limit: int, tar: TarBytes | None
    ) -> bytes | None:
        captured = columns.captured.get(row)
        if captured is not None:
            return captured[:limit]
        size = min(columns.sizes[row], limit)
        if size == 0:
            return b""
        place = columns.paths[row], layer << ROW_BITS | row
        if tar is None and getattr(self.origin, "prefers_single_files", False):
            fetched = self._fetched(*place, limit)
            if fetched is not None:
                return fetched
        tar = tar or self.origin.tar(layer)
        if tar is None:
            return self._fetched(*place, limit)
        content = tar.read(columns.offsets[row], size)
        if len(content) < size:
            raise _cut(layer, columns.paths[row])
        return content

    def _fetched(self, path: str, packed: int, limit: int) -> bytes | None:
        """A file of the merged tree by the source's quick way, when it has one."""
        if self.squash is None or self.tree.rows().get(path) != packed:
            return None
        return self.origin.fetch(path, limit)


def _cut(layer: int, path: str) -> ImageError:
    return ImageError(f"Layer {layer} ends inside {path}", "the image is damaged")


def image_of(reference: str, source: Source, manifest: Manifest) -> StoredImage:
    """The image that a source's manifest describes, its files not read yet."""
    history = parse_history(manifest.config, len(manifest.layers))
    told = {entry.layer: entry for entry in history if entry.layer is not None}
    layers = tuple(
        StoredLayer(
            index=number,
            diff_id=info.diff_id,
            command=told[number].created_by if number in told else "",
            created=told[number].created if number in told else "",
            stored=info.stored,
            tar_size=info.tar_size,
        )
        for number, info in enumerate(manifest.layers)
    )
    return StoredImage(
        reference=reference,
        source=source.label,
        id=manifest.id,
        config=parse_config(manifest.config),
        history=history,
        layers=layers,
        repo_tags=manifest.repo_tags,
        repo_digests=manifest.repo_digests,
        origin=source,
    )
