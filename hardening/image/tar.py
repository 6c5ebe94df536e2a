"""Walking a tar by its headers: what a layer holds, without touching the files' data."""

from __future__ import annotations

from struct import Struct
from zlib import adler32

from hardening.errors import ImageError
from hardening.image.columns import (
    BLOCK,
    CHARACTER,
    DIRECTORY,
    FIFO,
    FILE,
    HARDLINK,
    SYMLINK,
    Columns,
    Owner,
)
from hardening.image.tarfields import (
    MAX_NUMBER,
    Mark,
    checksum_matches,
    decimal,
    decode,
    number,
    pax_records,
    place,
)

BLOCK_SIZE = 512
ADLER_PRIME = 65521
MAX_ENTRIES = 2_000_000
"""Entries of one layer; the largest real images have some hundred thousand."""

MAX_EXTENSION = 1 << 20
"""Bytes of one pax or GNU extension; the kernel bounds a path at 4 KiB, an xattr at 64 KiB."""

MAX_RECORDS = 8_000_000
"""Pax records of one layer."""

MAX_LONG = 256 << 20
"""Bytes of all names together that came by an extension."""

MAX_CAPTURE = 8 << 20
"""Size of the largest file whose content is kept with the entries."""

CAPTURED = frozenset(
    {
        "etc/passwd",
        "etc/group",
        "etc/shells",
        "etc/os-release",
        "usr/lib/os-release",
        "etc/alpine-release",
        "etc/debian_version",
        "etc/redhat-release",
        "var/lib/dpkg/status",
        "lib/apk/db/installed",
        "usr/lib/apk/db/installed",
    }
)
"""Paths whose content is kept: asked for by nearly every question, small, and expensive to reach
in a compressed layer or an engine."""

_KINDS = {
    b"0": FILE,
    b"\0": FILE,
    b"7": FILE,
    b"S": FILE,
    b"1": HARDLINK,
    b"2": SYMLINK,
    b"3": CHARACTER,
    b"4": BLOCK,
    b"5": DIRECTORY,
    b"6": FIFO,
}
_HAS_DATA = frozenset({b"0", b"\0", b"7", b"S"})
_PLAIN = frozenset({b"0ustar\x0000\0", b"5ustar\x0000\0"})
"""Type, magic and first byte of the prefix of plain files and directories."""

_OCTAL = b"01234567"
_PAX = frozenset({b"x", b"X"})
_PAX_KEYS = {
    b"path": "path",
    b"GNU.sparse.name": "path",
    b"linkpath": "link",
    b"size": "size",
    b"uid": "uid",
    b"gid": "gid",
    b"SCHILY.xattr.security.capability": "capabilities",
}
_GNU_LONG = {b"L": "path", b"K": "link"}
_FIELDS = Struct("100s24s12s12x8sc100x8s80xc166x").unpack
_ODD_START = frozenset({"", "/", "."})
_ZEROS = bytes(BLOCK_SIZE)
_MAX_OWNER = (1 << 32) - 1


class TarHeaders:
    """Turns the headers of one tar into columns, however its bytes arrive.

    `take` is given a window of the tar and returns where the next header is; the caller comes
    back with at least `need` bytes from there. `ended` is set by the end-of-archive block.
    Raises ImageError for damage and for what cannot be real.
    """

    def __init__(self, *, capture: frozenset[str] = CAPTURED) -> None:
        self.columns = Columns()
        self.ended = False
        self.need = BLOCK_SIZE
        self._capture = capture
        self._owner_of: dict[bytes, int] = {}
        self._sums: dict[bytes, int] = {}
        self._owner_rows: dict[Owner, int] = {}
        self._extended: dict[str, bytes] = {}
        self._long = 0
        self._records = 0

    def take(self, window: bytes, start: int) -> int:
        """Take every header that lies wholly in `window`, which begins at `start` (bytes into
        the tar, at a header). Returns the place of the first one that does not."""
        columns, owner_of, capture = self.columns, self._owner_of.get, self._capture
        sum_of, expect = self._sums.get, self._expect
        add_path, add_kind = columns.paths.append, columns.kinds.append
        add_owner, add_size = columns.owners.append, columns.sizes.append
        add_offset = columns.offsets.append
        self.need = BLOCK_SIZE
        at, last = 0, len(window) - BLOCK_SIZE
        while at <= last:
            header = window[at : at + BLOCK_SIZE]
            name, owner, digits, checksum, flag, magic, prefix = _FIELDS(header)
            shape = flag + magic + prefix
            path = name.rstrip(b"/\0").decode("utf-8", "surrogateescape")
            size = digits.rstrip(b"\0 ")
            owner_row = owner_of(owner)
            if (
                shape not in _PLAIN
                or owner_row is None
                or not size
                or size.strip(_OCTAL)
                or path[:1] in _ODD_START
                or "/." in path
                or "//" in path
                or "\0" in path
                or path in capture
                or self._extended
                or adler32(header) & 0xFFFF != (sum_of(checksum) or expect(checksum))
            ):
                before, at = at, self._take_odd(window, at, start)
                if at == before:
                    break
                continue
            length = int(size, 8) if flag == b"0" else 0
            at += BLOCK_SIZE
            add_path(path)
            add_owner(owner_row)
            add_offset(start + at)
            add_kind(FILE if flag == b"0" else DIRECTORY)
            add_size(length)
            at += length + 511 & -512
        self._check_count(len(columns.paths))
        return start + at

    def _check_count(self, entries: int) -> None:
        if entries > MAX_ENTRIES:
            raise ImageError(
                f"It holds more than {MAX_ENTRIES:,} entries", "drydock reads no more of one layer"
            )

    def _expect(self, checksum: bytes) -> int:
        """The low half of the `adler32` of a header that has this checksum field: one more than
        the sum of its bytes, which a loop would need ten times longer for. -1 for an odd field."""
        digits = checksum.rstrip(b"\0 ")
        if not digits.isdigit() or b"8" in digits or b"9" in digits:
            return -1
        expected = (1 + int(digits, 8) - 8 * ord(" ") + sum(checksum)) % ADLER_PRIME
        self._sums[checksum] = expected
        return expected

    def _take_odd(self, window: bytes, at: int, start: int) -> int:
        """Take one header of any kind: `take` keeps what nearly all of a layer is, plain files
        and directories, to itself. Returns the place after its data in the window, or `at` when
        the tar ended or more than the window is needed."""
        header = window[at : at + BLOCK_SIZE]
        if header == _ZEROS:
            self.ended = True
            return at
        if not checksum_matches(header):
            raise ImageError(
                f"The header at byte {start + at:,} is damaged", "its checksum is wrong"
            )
        flag = header[156:157]
        if flag in _PAX or flag in _GNU_LONG or flag == b"g":
            return self._take_extension(window, at, flag)
        extended = self._extended
        size = number(header[124:136], "size of an entry")
        if "size" in extended:
            size = decimal(extended["size"], "size of an entry")
        if size > MAX_NUMBER:
            raise ImageError("The size of an entry is impossible", f"{size}")
        if flag not in _HAS_DATA and flag in _KINDS:
            size = 0
        data = at + BLOCK_SIZE
        if flag == b"S":
            data = self._after_sparse_map(window, at)
            if data < 0:
                return at
        name = extended.get("path") or _full_name(header)
        path, mark = place(decode(name, "path"))
        captures = mark is None and path in self._capture
        if captures and flag in _HAS_DATA and size <= MAX_CAPTURE:
            if len(window) < data + size:
                self.need = data - at + size
                return at
            self.columns.captured[len(self.columns.paths)] = window[data : data + size]
        if mark is None:
            self._add(path, flag, name, header, size, start + data)
        else:
            self._mark(path, mark)
        extended.clear()
        return data + size + 511 & -512

    def _take_extension(self, window: bytes, at: int, flag: bytes) -> int:
        size = number(window[at + 124 : at + 136], "size of an extension header")
        if size > MAX_EXTENSION:
            raise ImageError(
                f"An extension header is {size:,} bytes long",
                f"no real one is over {MAX_EXTENSION:,}",
            )
        end = at + BLOCK_SIZE + size
        if len(window) < end:
            self.need = BLOCK_SIZE + size
            return at
        body = window[at + BLOCK_SIZE : end]
        if flag in _GNU_LONG:
            self._extended[_GNU_LONG[flag]] = body.split(b"\0", 1)[0]
        elif flag in _PAX:
            for key, value in pax_records(body):
                self._records += 1
                if key in _PAX_KEYS:
                    self._extended[_PAX_KEYS[key]] = value
        self._long += sum(map(len, self._extended.values()))
        if self._long > MAX_LONG or self._records > MAX_RECORDS:
            raise ImageError("It holds more extension headers than any real layer", "drydock stops")
        return end + 511 & -512

    def _after_sparse_map(self, window: bytes, at: int) -> int:
        """Where the data of an old GNU sparse file begins: after its extra map blocks."""
        more, end = at + 482, at + BLOCK_SIZE
        while window[more]:
            if len(window) < end + BLOCK_SIZE:
                self.need = end + BLOCK_SIZE - at
                if self.need > MAX_EXTENSION:
                    raise ImageError("The map of a sparse file is too long", f"{self.need:,} bytes")
                return -1
            more, end = end + 504, end + BLOCK_SIZE
        return end

    def _add(
        self, path: str, flag: bytes, name: bytes, header: bytes, size: int, offset: int
    ) -> None:
        kind = _KINDS.get(flag)
        if kind is None:
            return
        if flag == b"\0" and name.endswith(b"/"):
            kind = DIRECTORY
        columns, row = self.columns, len(self.columns.paths)
        owner = self._owner(header)
        columns.paths.append(path)
        columns.kinds.append(kind)
        columns.owners.append(owner)
        columns.sizes.append(size)
        columns.offsets.append(offset)
        if kind in (HARDLINK, SYMLINK):
            raw = self._extended.get("link") or header[157:257].split(b"\0", 1)[0]
            target = decode(raw, "link target")
            columns.links[row] = place(target)[0] if kind == HARDLINK else target
        if "capabilities" in self._extended:
            columns.capabilities[row] = self._extended["capabilities"][:1024]

    def _mark(self, path: str, mark: Mark) -> None:
        if mark is Mark.WHITEOUT:
            self.columns.whiteouts.append(path)
        elif mark is Mark.OPAQUE:
            self.columns.opaque.append(path)
        if len(self.columns.whiteouts) + len(self.columns.opaque) > MAX_ENTRIES:
            raise ImageError(f"It deletes more than {MAX_ENTRIES:,} paths", "drydock stops there")

    def _owner(self, header: bytes) -> int:
        """Index of mode, uid and gid in the owner table."""
        field = header[100:124]
        known = self._owner_of.get(field)
        extended = self._extended
        if known is not None and "uid" not in extended and "gid" not in extended:
            return known
        mode = number(field[:8], "mode of an entry") & 0o7777
        uid = number(field[8:16], "owner of an entry")
        gid = number(field[16:24], "group of an entry")
        if "uid" in extended:
            uid = decimal(extended["uid"], "owner of an entry")
        if "gid" in extended:
            gid = decimal(extended["gid"], "group of an entry")
        if uid > _MAX_OWNER or gid > _MAX_OWNER:
            raise ImageError("The owner of an entry is impossible", f"{uid}:{gid}")
        row = self._owner_rows.setdefault((mode, uid, gid), len(self._owner_rows))
        if row == len(self.columns.owner_table):
            self.columns.owner_table.append((mode, uid, gid))
        if "uid" not in extended and "gid" not in extended:
            self._owner_of[field] = row
        return row


def _full_name(header: bytes) -> bytes:
    """The name with ustar's prefix; GNU tars keep times where the prefix would be."""
    name = header[:100].split(b"\0", 1)[0]
    if header[257:263] != b"ustar\0":
        return name
    prefix = header[345:500].split(b"\0", 1)[0]
    return prefix + b"/" + name if prefix else name
