"""JSON out of an image: hostile, so every way to fail has a reason."""

from __future__ import annotations

import json

from hardening.inventory.frame import Unreadable, text_of


def json_of(data: bytes) -> object:
    """The decoded document. Raises Unreadable."""
    try:
        found: object = json.loads(text_of(data.removeprefix(b"\xef\xbb\xbf")))
    except RecursionError:
        raise Unreadable("its JSON is nested too deeply") from None
    except ValueError:
        raise Unreadable("it is no JSON") from None
    return found
