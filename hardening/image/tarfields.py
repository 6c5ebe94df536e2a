"""The fields of one tar header: numbers, checksums, names, pax records.

Formats: POSIX ustar and pax (IEEE Std 1003.1-2008, `pax`), GNU tar manual "Basic Tar Format"
for base-256 numbers. Whiteout names: OCI image-spec v1.1 `layer.md`.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from hardening.errors import ImageError

MAX_PATH = 4096
"""Bytes of one path or link target, as Linux bounds them (`PATH_MAX`)."""

MAX_NUMBER = (1 << 63) - 1


class Mark(Enum):
    """What an entry's name means when it is no file of its own."""

    ROOT = "root"
    WHITEOUT = "whiteout"
    OPAQUE = "opaque"
    IGNORED = "ignored"


def number(field: bytes, what: str) -> int:
    """An octal or base-256 number field; blank counts as zero. Raises ImageError when it is
    neither or negative."""
    if field[:1] and field[0] & 0x80:
        value = (
            int.from_bytes(field, "big", signed=True)
            if field[0] == 0xFF
            else int.from_bytes(bytes([field[0] & 0x7F]) + field[1:], "big")
        )
        if not 0 <= value <= MAX_NUMBER:
            raise ImageError(f"The {what} is impossible", f"{value}")
        return value
    digits = field.split(b"\0", 1)[0].strip(b" ")
    if not digits:
        return 0
    if not digits.isdigit() or b"8" in digits or b"9" in digits:
        raise ImageError(f"The {what} is no number", repr(field))
    return int(digits, 8)


def decimal(value: bytes, what: str) -> int:
    """A number of a pax record; fractions are cut. Raises ImageError."""
    digits = value.split(b".", 1)[0]
    if not digits.isdigit() or len(digits) > 19:
        raise ImageError(f"The {what} is no number", repr(value[:40]))
    return int(digits)


def checksum_matches(header: bytes) -> bool:
    """Whether the header's sum is the one it states, as unsigned or (old tars) signed bytes."""
    try:
        stated = number(header[148:156], "checksum")
    except ImageError:
        return False
    rest = header[:148] + b" " * 8 + header[156:]
    unsigned = sum(rest)
    return stated == unsigned or stated == unsigned - 256 * sum(byte > 127 for byte in rest)


def pax_records(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Key and value of each record `LENGTH KEY=VALUE\\n`. Raises ImageError for a damaged one."""
    at = 0
    while at < len(body):
        space = body.find(b" ", at, at + 20)
        digits = body[at:space] if space > at else b""
        end = at + int(digits) if digits.isdigit() else 0
        if space < 0 or end <= space or end > len(body) or body[end - 1] != 0x0A:
            raise ImageError("A pax header is damaged", f"at byte {at} of {len(body)}")
        key, _, value = body[space + 1 : end - 1].partition(b"=")
        yield key, value
        at = end


def decode(raw: bytes, what: str) -> str:
    """A name as text; bytes that are no UTF-8 survive as surrogates. Raises ImageError for a name
    longer than `MAX_PATH`."""
    if len(raw) > MAX_PATH:
        raise ImageError(f"A {what} is {len(raw):,} bytes long", f"Linux allows {MAX_PATH:,}")
    if b"\0" in raw:
        raise ImageError(f"A {what} holds a NUL byte", repr(raw[:80]))
    return raw.decode("utf-8", "surrogateescape")


def place(name: str) -> tuple[str, Mark | None]:
    """The normalised path that a name stands for, and what it means when it is no plain entry:
    for a whiteout the deleted path, for an opaque mark the directory. Raises ImageError for a
    name that leaves the image, which every engine refuses."""
    parts: list[str] = []
    for part in name.split("/"):
        if part in ("", "."):
            continue
        if part != "..":
            parts.append(part)
        elif parts:
            parts.pop()
        else:
            raise ImageError(f"The path {name[:200]!r} leads out of the image", "engines refuse it")
    if not parts:
        return "", Mark.ROOT
    base = parts[-1]
    if base == ".wh..wh..opq":
        return "/".join(parts[:-1]), Mark.OPAQUE
    if base.startswith(".wh..wh."):
        return "/".join(parts), Mark.IGNORED
    if base.startswith(".wh."):
        name = base.removeprefix(".wh.")
        if name in ("", ".", ".."):
            return "/".join(parts), Mark.IGNORED
        return "/".join([*parts[:-1], name]), Mark.WHITEOUT
    return "/".join(parts), None
