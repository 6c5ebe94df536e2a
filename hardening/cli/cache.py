"""`drydock cache`: how much is kept of layers that were read, and forgetting it."""

from __future__ import annotations

import argparse

from hardening.cli import codes
from hardening.errors import InputError
from hardening.image.cache import cache_root, clear, size
from hardening.reports.layers import human_size
from hardening.reports.plain import plural, printable


def cache(options: argparse.Namespace) -> int:
    """Print the size, or clear the cache and print what that freed. Raises InputError."""
    try:
        found = clear() if options.action == "clear" else size()
    except OSError as error:
        raise InputError(
            f"The cache in {cache_root()} cannot be cleared",
            (error.strerror or str(error)).lower(),
            "Check its permissions, or choose another folder with DRYDOCK_CACHE_DIR.",
        ) from None
    word = "cleared " if options.action == "clear" else ""
    entries = plural(found.entries, "layer file")
    print(printable(f"{word}{entries}, {human_size(found.bytes)}, in {cache_root()}"))
    return codes.CLEAN
