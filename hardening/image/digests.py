"""Digests as image formats write them: `sha256:` and 64 hexadecimal digits."""

from __future__ import annotations

import hashlib
import re

from hardening.errors import ImageError

_DIGEST = re.compile(r"(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})\Z")
_HEX = re.compile(r"[0-9a-f]{64}\Z")


def checked_digest(value: object, what: str) -> str:
    """The value when it is a digest. Raises ImageError: it becomes part of a path."""
    if isinstance(value, str) and _DIGEST.match(value):
        return value
    raise ImageError(f"The digest of {what} is no digest", repr(value)[:100])


def digest_of(data: bytes, like: str = "sha256:") -> str:
    """Digest of some bytes, by the algorithm of another digest."""
    algorithm = "sha512" if like.startswith("sha512:") else "sha256"
    return f"{algorithm}:{hashlib.new(algorithm, data).hexdigest()}"


def check(data: bytes, digest: str, what: str) -> bytes:
    """The bytes. Raises ImageError naming both digests when they are not the ones meant."""
    found = digest_of(data, digest)
    if found != digest:
        raise mismatch(what, digest, found)
    return data


def mismatch(what: str, stated: str, found: str) -> ImageError:
    """What is said when content is not what its digest states."""
    return ImageError(
        f"{what} does not match its digest",
        f"it should be {stated} and is {found}",
        "The image was changed or damaged after it was saved: get it again.",
    )


def digest_in_name(name: str) -> str:
    """The digest that a member's name states (`blobs/sha256/HEX`, `HEX.json`, `sha256:HEX`), or
    "" when it states none."""
    base = name.rpartition("/")[2].removeprefix("sha256:")
    base = base.removesuffix(".json")
    if not _HEX.match(base):
        return ""
    return f"sha256:{base}"
