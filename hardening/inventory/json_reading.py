"""JSON out of an image: hostile, so every way to fail has a reason."""

from __future__ import annotations

import json

from hardening.inventory.frame import Unreadable, text_of

MAX_VALUES = 1_000_000
"""Each costs some 60 bytes in memory, whatever its one or two in the file."""


def json_of(data: bytes) -> object:
    """The decoded document. Raises Unreadable."""
    if data.count(b",") + data.count(b"[") + data.count(b"{") > MAX_VALUES:
        raise Unreadable(f"its JSON holds more than {MAX_VALUES:,} values")
    try:
        found: object = json.loads(text_of(data.removeprefix(b"\xef\xbb\xbf")))
    except RecursionError:
        raise Unreadable("its JSON is nested too deeply") from None
    except ValueError:
        raise Unreadable("it is no JSON") from None
    return found
