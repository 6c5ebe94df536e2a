"""One layer of an image, over its columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from hardening.image.columns import FILE, Columns
from hardening.image.model import Attribution, Entry


@dataclass(frozen=True, slots=True, eq=False)
class StoredLayer:
    """`hardening.image.model.Layer`. `columns` is None until the layer was read; `stored` is the
    size of its blob as it lies in the archive, compressed or not, 0 while unknown."""

    index: int
    diff_id: str
    command: str = ""
    created: str = ""
    attribution: Attribution = field(default_factory=Attribution)
    columns: Columns | None = None
    wasted: int = 0
    stored: int = 0
    tar_size: int = 0
    _rows: list[dict[str, int]] = field(default_factory=list)

    @property
    def size(self) -> int:
        return self.columns.tar_size if self.columns is not None else self.tar_size

    @property
    def files_read(self) -> bool:
        return self.columns is not None

    @property
    def whiteouts(self) -> Sequence[str]:
        return () if self.columns is None else self.columns.whiteouts

    @property
    def opaque(self) -> Sequence[str]:
        return () if self.columns is None else self.columns.opaque

    def __len__(self) -> int:
        return 0 if self.columns is None else len(self.columns)

    def entries(self) -> Iterator[Entry]:
        return iter(()) if self.columns is None else self.columns.entries(self.index)

    def row(self, path: str) -> int | None:
        """Row of a path in the columns; the last one where the tar holds it twice."""
        if self.columns is None:
            return None
        if not self._rows:
            self._rows.append(self.columns.index())
        return self._rows[0].get(path)

    def get(self, path: str) -> Entry | None:
        row = self.row(path)
        if row is None or self.columns is None:
            return None
        return self.columns.entry(row, self.index)

    def large(self, size: int) -> Sequence[str]:
        columns = self.columns
        if columns is None:
            return ()
        rows = (row for row, found in enumerate(columns.sizes) if found > size)
        return [columns.paths[row] for row in rows if columns.kinds[row] == FILE]

    def with_columns(self, columns: Columns, wasted: int) -> StoredLayer:
        """The layer once its files are read."""
        return replace(self, columns=columns, wasted=wasted, _rows=[])

    def with_attribution(self, attribution: Attribution) -> StoredLayer:
        """The layer with what is known of where it came from."""
        return replace(self, attribution=attribution)
