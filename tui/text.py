"""Text from outside made fit for a screen: no control reaches the terminal, widths are known.

Everything that came from a file, an image or an engine passes through `clean` before it is drawn.
"""

from __future__ import annotations

import re
import unicodedata

from rich.cells import cell_len, set_cell_size

LIMIT = 4_000
"""Characters of one line that are ever drawn."""

ELLIPSIS = "…"
TAB = 4

_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_ZERO_WIDTH = "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u2060\u2061\u2062"
_ZERO_WIDTH += "\u2063\u2064\u206a\u206b\u206c\u206d\u206e\u206f\u3164\ufeff\uffa0"
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029"
    + _BIDI
    + _ZERO_WIDTH
    + "\ufe00-\ufe0f\ufff0-\ufffb\ud800-\udfff\U000e0000-\U000e01ff]"
)
_MARKS = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u064b-\u065f\u0e31\u0e34-\u0e3a"
    "\u0e47-\u0e4e\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{3,})"
)


def _picture(match: re.Match[str]) -> str:
    """A visible stand-in for one character that must not reach the terminal."""
    char = match.group()
    code = ord(char)
    if char in "\n\t":
        return "↵" if char == "\n" else " "
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if 0xFE00 <= code <= 0xFE0F:
        return ""
    return f"‹U+{code:04X}›"


def clean(text: str, limit: int = LIMIT) -> str:
    """One line of text in which every control, bidirectional or invisible character is visible.

    At most `limit` characters are kept; what was cut is counted at the end.
    """
    rest = len(text) - limit
    if rest > 0:
        text = text[:limit]
    if not (text.isascii() and text.isprintable()):
        text = _UNSAFE.sub(_picture, text)
        if not text.isascii():
            text = _MARKS.sub(lambda match: match.group()[:2], text)
    return f"{text}{ELLIPSIS} +{rest:,} characters" if rest > 0 else text


def clean_line(text: str, limit: int = LIMIT) -> str:
    """A line of a file: tabs are expanded, the line end is dropped, the rest as in `clean`."""
    text = text.removesuffix("\n").removesuffix("\r")
    if "\t" in text:
        text = text[: limit + 1].expandtabs(TAB) + text[limit + 1 :]
    return clean(text, limit)


def width(text: str) -> int:
    """Cells that a cleaned text takes."""
    return len(text) if text.isascii() else cell_len(text)


def fit(text: str, cells: int) -> str:
    """Exactly `cells` wide: padded with spaces, or cut at the end with an ellipsis."""
    if cells <= 0:
        return ""
    used = width(text)
    if used <= cells:
        return text + " " * (cells - used)
    if text.isascii():
        return text[: cells - 1] + ELLIPSIS
    return set_cell_size(text, cells - 1) + ELLIPSIS


def fit_right(text: str, cells: int) -> str:
    """Exactly `cells` wide, aligned to the right, cut at the end when too long."""
    used = width(text)
    return " " * (cells - used) + text if used < cells else fit(text, cells)


def fit_tail(text: str, cells: int) -> str:
    """Exactly `cells` wide, cut at the front: the end of a path says most."""
    used = width(text)
    if used <= cells or cells <= 1:
        return fit(text, cells)
    if text.isascii():
        return ELLIPSIS + text[-(cells - 1) :]
    while text and width(text) > cells - 1:
        text = text[1:]
    return fit(ELLIPSIS + text, cells)


def human_size(count: int) -> str:
    """Bytes in powers of a thousand, as Docker prints them: `0 B`, `1.2 MB`, `340 kB`."""
    if count < 1000:
        return f"{count} B"
    value, units = count / 1000, ["kB", "MB", "GB", "TB"]
    while value >= 999.5 and len(units) > 1:
        value /= 1000
        units.pop(0)
    return f"{value:.1f} {units[0]}" if value < 9.95 else f"{value:.0f} {units[0]}"


def plural(count: int, word: str, words: str = "") -> str:
    """`1 layer`, `3 layers`."""
    return f"{count:,} {word if count == 1 else words or word + 's'}"


def matches(needle: str, *fields: str) -> bool:
    """True when every word of the filter is in one of the fields, whatever the case."""
    return contains(needle, haystack(*fields))


def haystack(*fields: str) -> str:
    """What `contains` looks into."""
    return "\n".join(fields).casefold()


def contains(needle: str, text: str) -> bool:
    """As `matches`, of a haystack."""
    return all(word in text for word in needle.casefold().split())


def looks_binary(data: bytes) -> bool:
    """True for bytes that are no text worth showing."""
    head = data[:8192]
    if b"\0" in head:
        return True
    text = head.decode("utf-8", "replace")
    bad = sum(1 for char in text if char == "\ufffd" or unicodedata.category(char) == "Cc")
    line_ends = text.count("\n") + text.count("\r") + text.count("\t")
    return len(text) > 0 and (bad - line_ends) * 5 > len(text)
