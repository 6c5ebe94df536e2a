"""What may be shown of a secret."""

from __future__ import annotations

import re
from hashlib import sha256

from hardening.secrets.engine import Hit

SHORT = 12
_HEADER = re.compile(r"-----BEGIN [A-Z0-9 ]{1,40}-----")


def masked(hit: Hit) -> str:
    """The public prefix of the format and the last two characters; less of short values."""
    value = hit.value.decode("utf-8", "replace")
    if hit.format.id in ("private-key", "putty-key"):
        header = _HEADER.match(value)
        return f"{header[0]}…" if header else "PuTTY key…"
    prefix = hit.format.prefix
    shown = prefix if prefix and value.startswith(prefix) else ""
    tail = value[-2:] if len(value) - len(shown) >= SHORT and value[-2:].isprintable() else ""
    return f"{shown}••••{tail}"


def identity(value: bytes) -> str:
    """SHA-256 of the value in hexadecimal: tells equal secrets apart without showing them."""
    return sha256(value).hexdigest()
