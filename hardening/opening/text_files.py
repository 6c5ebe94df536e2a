"""Small text files from people's disks: bounded, regular, and text."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from hardening.dockerfile.source import decode
from hardening.errors import InputError

MAX_TEXT = 4 << 20
"""Bytes of a Dockerfile, ignore file or Compose file; a larger one is refused."""

_ARCHIVE_MAGIC = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ", b"PK\x03\x04")


def read_text(path: Path) -> str:
    """A small text file, decoded. Raises InputError."""
    data = _read_bytes(path)
    check_text(data, str(path))
    return decode(data)


def check_text(data: bytes, name: str) -> None:
    """Raise InputError for what cannot be a Dockerfile: an archive, binary data, too much."""
    if data.startswith(_ARCHIVE_MAGIC) or data[257:262] == b"ustar":
        raise InputError(
            f"{name} is an archive, not a Dockerfile",
            "it begins like a tar file or a compressed one",
            f"Open an image archive with --image {name}",
        )
    if b"\0" in data:
        raise InputError(
            f"{name} is a binary file, not a Dockerfile",
            f"it has a NUL byte at offset {data.index(0)}",
            "Name a Dockerfile, a Compose file or a folder.",
        )
    if len(data) > MAX_TEXT:
        raise InputError(
            f"{name} is too large", f"more than {MAX_TEXT >> 20} MiB", "Is it really a Dockerfile?"
        )


def _read_bytes(path: Path) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if not stat.S_ISREG(mode) and not stat.S_ISFIFO(mode):
                raise InputError(f"{path} is not a regular file", "", "Name a Dockerfile.")
            if stat.S_ISFIFO(mode):
                os.set_blocking(file.fileno(), True)
            data = file.read(MAX_TEXT + 1)
    except FileNotFoundError:
        raise InputError(f"{path} does not exist", "", "Check the path.") from None
    except (OSError, ValueError) as error:
        raise InputError(
            f"{path} cannot be read", reason_of(error), "Check its permissions."
        ) from None
    return data


def reason_of(error: Exception) -> str:
    """The system's reason for an error, in lower case."""
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).lower()
