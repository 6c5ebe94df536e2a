"""Text for a terminal: outside text made harmless, colour only where it is wanted."""

from __future__ import annotations

import os
import re
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from hardening.model import Severity

_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_COLOURS = {
    "info": "36",
    "low": "34",
    "medium": "33",
    "high": "31",
    "critical": "1;31",
}


def printable(text: str) -> str:
    """The text with control, direction and invisible characters and lone surrogates escaped."""
    return _UNSAFE.sub(lambda match: _escaped(match[0]), text)


def _escaped(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def wants_colour(stream: IO[str]) -> bool:
    """A terminal, `NO_COLOR` empty or unset (no-color.org), not a dumb one."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def severity_code(severity: Severity) -> str:
    """The SGR code of a severity's colour."""
    return _COLOURS[severity.label]


def severity_word(severity: Severity, *, colour: bool) -> str:
    if not colour:
        return severity.label
    return f"\x1b[{severity_code(severity)}m{severity.label}\x1b[0m"


def plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
