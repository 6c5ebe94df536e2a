"""The entries of one layer, column by column.

A hundred thousand Python objects cost tens of megabytes; columns of numbers cost one. An
`Entry` is made only when somebody asks for it.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

from hardening.image.model import Entry, EntryType

KINDS: tuple[EntryType, ...] = (
    EntryType.FILE,
    EntryType.DIRECTORY,
    EntryType.SYMLINK,
    EntryType.HARDLINK,
    EntryType.CHARACTER,
    EntryType.BLOCK,
    EntryType.FIFO,
)
FILE, DIRECTORY, SYMLINK, HARDLINK, CHARACTER, BLOCK, FIFO = range(len(KINDS))
KIND_OF = {kind: number for number, kind in enumerate(KINDS)}

Owner = tuple[int, int, int]
"""Mode (twelve permission bits), uid, gid."""


@dataclass(slots=True, eq=False)
class Columns:
    """One layer's entries in tar order; row `i` is the i-th entry of each column.

    `owners[i]` is an index into `owner_table`. `offsets` are where the data begins in the
    uncompressed tar. `captured` keeps the content of the few small files that nearly every
    question needs (accounts, release, package database), by row. `tar_size` is the length of the
    uncompressed tar in bytes. The path of a row is normalised: no leading slash, no `.` or `..`.
    """

    paths: list[str] = field(default_factory=list)
    kinds: bytearray = field(default_factory=bytearray)
    owners: array[int] = field(default_factory=lambda: array("I"))
    owner_table: list[Owner] = field(default_factory=list)
    sizes: array[int] = field(default_factory=lambda: array("Q"))
    offsets: array[int] = field(default_factory=lambda: array("Q"))
    links: dict[int, str] = field(default_factory=dict)
    capabilities: dict[int, bytes] = field(default_factory=dict)
    captured: dict[int, bytes] = field(default_factory=dict)
    whiteouts: list[str] = field(default_factory=list)
    opaque: list[str] = field(default_factory=list)
    tar_size: int = 0

    def __len__(self) -> int:
        return len(self.paths)

    def entry(self, row: int, layer: int) -> Entry:
        """The entry of one row, as seen in layer number `layer`."""
        mode, uid, gid = self.owner_table[self.owners[row]]
        return Entry(
            path=self.paths[row],
            type=KINDS[self.kinds[row]],
            mode=mode,
            uid=uid,
            gid=gid,
            size=self.sizes[row],
            layer=layer,
            link=self.links.get(row),
            capabilities=self.capabilities.get(row),
        )

    def entries(self, layer: int) -> Iterator[Entry]:
        return (self.entry(row, layer) for row in range(len(self.paths)))

    def index(self) -> dict[str, int]:
        """Path → row; the last row wins where a tar holds a path twice."""
        return dict(zip(self.paths, range(len(self.paths)), strict=True))

    def add(
        self,
        path: str,
        kind: int,
        owner: Owner,
        *,
        size: int = 0,
        offset: int = 0,
        link: str | None = None,
        capabilities: bytes | None = None,
    ) -> int:
        """Append one row and return its number. The tar walk has its own faster way."""
        row = len(self.paths)
        if owner not in self.owner_table:
            self.owner_table.append(owner)
        self.paths.append(path)
        self.kinds.append(kind)
        self.owners.append(self.owner_table.index(owner))
        self.sizes.append(size)
        self.offsets.append(offset)
        if link is not None:
            self.links[row] = link
        if capabilities is not None:
            self.capabilities[row] = capabilities
        return row
