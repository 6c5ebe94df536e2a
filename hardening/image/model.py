"""What an image holds, whatever it was read from: engine, archive, layout, registry.

Paths inside an image have no leading slash and are normalised (`usr/bin/env`). Sizes are
bytes. Layer numbers are indices into `Image.layers`, lowest first; layers that history marks
as empty have no index. Source of the formats: OCI image-spec v1.1 (config, layer, index) and
`docker save` (manifest.json).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol


class Blob(Protocol):
    """A stretch of bytes of known size. `read` gives fewer bytes only at its end."""

    @property
    def size(self) -> int: ...
    def read(self, offset: int, size: int) -> bytes: ...


class EntryType(StrEnum):
    FILE = "file"
    DIRECTORY = "directory"
    SYMLINK = "symlink"
    HARDLINK = "hardlink"
    CHARACTER = "character"
    BLOCK = "block"
    FIFO = "fifo"


@dataclass(frozen=True, slots=True)
class Entry:
    """One path of one layer. `mode` holds the twelve permission bits. `link` is the target of a
    symbolic or hard link as written. `capabilities` is the raw `security.capability` xattr."""

    path: str
    type: EntryType
    mode: int
    uid: int
    gid: int
    size: int
    layer: int
    link: str | None = None
    capabilities: bytes | None = None

    @property
    def is_file(self) -> bool:
        return self.type in (EntryType.FILE, EntryType.HARDLINK)


class Origin(StrEnum):
    """Whether a layer came with the base image."""

    BASE = "base"
    OWN = "own"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Attribution:
    """Where a layer came from. `instruction` is the index into `Dockerfile.instructions`, None
    when it cannot be said. `estimated` marks a guess; `evidence` says what it rests on."""

    origin: Origin = Origin.UNKNOWN
    instruction: int | None = None
    estimated: bool = False
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One entry of the config's history; `layer` is None for an empty layer."""

    created_by: str
    created: str
    empty: bool
    layer: int | None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Healthcheck:
    """`test` as in the config: `("CMD", ...)`, `("CMD-SHELL", text)` or `("NONE",)`. In ns."""

    test: tuple[str, ...]
    interval: int = 0
    timeout: int = 0
    start_period: int = 0
    retries: int = 0


@dataclass(frozen=True, slots=True)
class ImageConfig:
    """The run configuration of the image. `raw` is the whole decoded JSON document."""

    user: str = ""
    env: tuple[tuple[str, str], ...] = ()
    entrypoint: tuple[str, ...] = ()
    cmd: tuple[str, ...] = ()
    working_dir: str = ""
    exposed_ports: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    healthcheck: Healthcheck | None = None
    stop_signal: str = ""
    shell: tuple[str, ...] = ()
    onbuild: tuple[str, ...] = ()
    os: str = "linux"
    architecture: str = ""
    variant: str = ""
    created: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        return dict(self.env)


class Tree(Protocol):
    """The merged file system: what a container of the image sees."""

    def __len__(self) -> int: ...
    def __contains__(self, path: object) -> bool: ...
    def __iter__(self) -> Iterator[str]:
        """Every path, sorted."""

    def rows(self) -> Mapping[str, int]:
        """Path → a number for its entry, in no order. With `layer_at`, `is_file_at` and `large` it
        answers for a hundred thousand paths what would need an `Entry` for each."""

    def layer_at(self, number: int) -> int:
        """The layer that last wrote this entry."""

    def is_file_at(self, number: int) -> bool: ...
    def large(self, smallest: int) -> Sequence[str]:
        """Paths of files of at least `smallest` (more than 0) bytes, in no order."""

    def get(self, path: str) -> Entry | None:
        """The entry at exactly this path (links not followed); `layer` is who last wrote it."""

    def resolve(self, path: str) -> Entry | None:
        """The entry that the path leads to, following links in every component inside the image
        root; None for a dangling link, a cycle or a missing path."""

    def children(self, path: str) -> Sequence[str]:
        """Sorted names in a directory ("" is the root)."""


class Layer(Protocol):
    """One filesystem layer. Before its files are read (`files_read` false) the entry lists are
    empty: say "not read yet", never "no files"."""

    @property
    def index(self) -> int: ...
    @property
    def diff_id(self) -> str: ...
    @property
    def size(self) -> int:
        """Bytes of the uncompressed tar, 0 while unknown."""

    @property
    def command(self) -> str:
        """`created_by` of its history entry, "" when there is none."""

    @property
    def created(self) -> str: ...
    @property
    def attribution(self) -> Attribution: ...
    @property
    def files_read(self) -> bool: ...
    @property
    def whiteouts(self) -> Sequence[str]:
        """Paths of lower layers that this one deletes."""

    @property
    def opaque(self) -> Sequence[str]:
        """Directories whose lower content this layer hides."""

    @property
    def wasted(self) -> int:
        """Bytes of this layer that a later layer overwrote or deleted."""

    def entries(self) -> Iterator[Entry]: ...
    def get(self, path: str) -> Entry | None: ...
    def large(self, size: int) -> Sequence[str]:
        """Paths of regular files of more than `size` bytes, hard links not among them."""

    def __len__(self) -> int:
        """Number of entries, whiteouts not counted."""


@dataclass(frozen=True, slots=True)
class Efficiency:
    """`score` is dive's formula in 0..1; `removable` counts each byte that the image would not
    carry if nothing were overwritten or deleted later (directory whiteouts included)."""

    score: float
    removable: int


@dataclass(frozen=True, slots=True)
class Part:
    """Some regular files of a layer, `size` bytes together; `read` gives them with their content
    and raises ImageError. `later`: nothing is read yet, and any thread or process may do it, more
    than once and in any order."""

    size: int
    read: Callable[[], Sequence[tuple[Entry, bytes]]]
    later: bool = False


class Image(Protocol):
    """One image of one platform. Everything is read-only; reading may take time, never runs
    anything of the image."""

    @property
    def reference(self) -> str:
        """What the person named: `app:1.2`, a path."""

    @property
    def source(self) -> str:
        """Where it was read: "engine", "archive PATH", "layout PATH", "sample NAME"."""

    @property
    def id(self) -> str:
        """Digest of the config, `sha256:...`."""

    @property
    def config(self) -> ImageConfig: ...
    @property
    def history(self) -> Sequence[HistoryEntry]: ...
    @property
    def layers(self) -> Sequence[Layer]: ...
    @property
    def repo_tags(self) -> Sequence[str]: ...
    @property
    def repo_digests(self) -> Sequence[str]:
        """`name@sha256:...` of the manifest or index it was pulled as."""

    @property
    def platform(self) -> str:
        """`linux/amd64`, with variant when there is one."""

    @property
    def size(self) -> int: ...
    @property
    def files_read(self) -> bool:
        """True when the entries of every layer are there."""

    @property
    def tree(self) -> Tree: ...
    @property
    def efficiency(self) -> Efficiency | None: ...

    def read(self, path: str, *, layer: int | None = None, limit: int = 1 << 20) -> bytes | None:
        """At most `limit` bytes of a regular file: of the merged tree (links followed), or of
        exactly that path in one layer. None when it is not a file there. Raises ImageError."""

    def contents(
        self, layer: int, want: Mapping[str, int] | None = None, *, limit: int = 5 << 20
    ) -> Iterator[tuple[Entry, bytes]]:
        """Regular files of one layer with their content, in tar order, in one pass; files larger
        than `limit` come with their first `limit` bytes. `want` restricts to these paths."""

    def parts(self, layer: int, *, limit: int = 5 << 20, size: int = 1 << 20) -> Iterator[Part]:
        """All that `contents` gives of one layer, in parts of about `size` bytes: read when they
        are asked for where the layer is not compressed."""

    def blobs(
        self, layer: int, want: Mapping[str, int], *, limit: int = 5 << 20
    ) -> Iterator[tuple[Entry, Blob]]:
        """These files of one layer in the same order, each to be read by position before the next
        is asked for. Where only whole files can be had, those larger than `limit` bytes are cut to
        it: the blob is smaller than its entry then."""
