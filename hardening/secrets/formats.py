"""What secrets look like, as data: one `Format` for each kind of token, key or password.

A pattern is written for bytes, in the syntax that RE2 and `re` share (no look-around, no back
references), and begins with a literal: that is what keeps the joint automaton small and fast.
Group 1 is the secret where the pattern has a group, else the whole match is. What stands left
and right of the match is checked in code (`Format.bounded`), not in the pattern.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from hardening.model import Severity

TOKEN_CHARACTERS: Final = frozenset(
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-"
)
_BLANKS = rb"\t\n\f\r "
_COUNT = re.compile(rb"\{(\d+)(?:,\d*)?\}")
_LITERAL = re.compile(rb"(?:[A-Za-z0-9_/@:=<>~-]|\\[.+$/-])+")


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of secret.

    `entropy` is the least Shannon entropy of the value in bits per character; below it a hit is
    demoted. `prefix` is the public beginning that a mask may show. `keywords` are lower-case
    literals of which one stands in every match: the fallback without RE2 looks for these first.
    `trigger` is what the joint automaton looks for, a superset of `pattern`. `generic` formats
    rest on the name of a variable alone: they are believed in files that hold settings only.
    """

    id: str
    title: str
    provider: str
    pattern: bytes
    severity: Severity
    rotate: str
    keywords: tuple[bytes, ...]
    trigger: bytes
    entropy: float = 0.0
    prefix: str = ""
    generic: bool = False
    bounded: bool = True
    keyed: bool = False
    """The provider's name stands before the value and begins a word."""
    public: bool = False
    """The provider means everybody to see it."""

    @property
    def specific(self) -> bool:
        """The value alone says what it is."""
        return bool(self.prefix)


def loosen(pattern: bytes) -> bytes:
    """A superset of the pattern without long counted repeats, which would blow the automaton up."""
    return _COUNT.sub(_loosened, pattern)


def _loosened(found: re.Match[bytes]) -> bytes:
    least = int(found[1])
    if least == 0:
        return b"*"
    return b"{8}" if least > 8 and found.end() == len(found.string) else b"+"


def token(
    identifier: str,
    title: str,
    provider: str,
    pattern: str,
    severity: Severity,
    rotate: str,
    *,
    prefix: str | None = None,
    keywords: tuple[str, ...] = (),
    entropy: float = 3.0,
    trigger: str | None = None,
    bounded: bool = True,
    public: bool = False,
) -> Format:
    """A format that its own prefix gives away. Without `keywords` the pattern's leading literal
    is the keyword."""
    raw = pattern.encode("latin-1")
    lead = _LITERAL.match(raw)
    literal = lead[0].replace(b"\\", b"") if lead else b""
    words = tuple(word.lower().encode() for word in keywords) or (literal.lower(),)
    return Format(
        id=identifier,
        title=title,
        provider=provider,
        pattern=raw,
        severity=severity,
        rotate=rotate,
        keywords=words,
        trigger=trigger.encode("latin-1") if trigger else loosen(raw),
        entropy=entropy,
        prefix=literal.decode("latin-1") if prefix is None else prefix,
        bounded=bounded,
        public=public,
    )


_BETWEEN = r"""[\w .\t-]{0,24}[\s'"\]]{0,3}[=:>|,?.]{1,3}[`'"\s=(]{0,6}"""
_BETWEEN_LOOSE = r"""[\w .\t'"\]-]*[=:>|,?.][=:>|,?.`'"\s(]*"""


def keyed(
    identifier: str,
    title: str,
    provider: str,
    words: str,
    value: str,
    severity: Severity,
    rotate: str,
    *,
    entropy: float = 3.0,
    start: str = "[0-9A-Za-z+/=_.-]{8}",
) -> Format:
    """A format without a mark of its own: the provider's name must stand before the value, as in
    `DATADOG_API_KEY = "..."`. `words` is an alternation of plain words."""
    head = f"(?i:{words})"
    return Format(
        id=identifier,
        title=title,
        provider=provider,
        pattern=f"{head}{_BETWEEN}({value})".encode("latin-1"),
        severity=severity,
        rotate=rotate,
        keywords=tuple(_plain(word) for word in words.split("|")),
        trigger=f"{head}{_BETWEEN_LOOSE}{start}".encode("latin-1"),
        entropy=entropy,
        keyed=True,
    )


def _plain(word: str) -> bytes:
    """The longest literal run of a word such as `new-?relic`."""
    parts = re.split(r".\?|[\[(].*?[\])]\??", word)
    return max(parts, key=len).lower().encode()


@cache
def all_formats() -> tuple[Format, ...]:
    """Every format, specific ones first, generic ones last. Raises ValueError for two of one id."""
    from hardening.secrets import (
        formats_apps,
        formats_cloud,
        formats_code,
        formats_generic,
        formats_platforms,
        formats_services,
    )

    every = (
        *formats_cloud.FORMATS,
        *formats_code.FORMATS,
        *formats_services.FORMATS,
        *formats_apps.FORMATS,
        *formats_platforms.FORMATS,
        *formats_generic.FORMATS,
    )
    if len({one.id for one in every}) != len(every):
        raise ValueError("two formats have one id")
    written = (
        replace(one, pattern=same_blanks(one.pattern), trigger=same_blanks(one.trigger))
        for one in every
    )
    return tuple(sorted(written, key=lambda one: (one.generic, not one.prefix)))


def same_blanks(pattern: bytes) -> bytes:
    r"""`\s` and `\S` written out: RE2 does not count the vertical tab, `re` and Vectorscan do."""
    out = bytearray()
    inside = False
    place = 0
    while place < len(pattern):
        pair = pattern[place : place + 2]
        if pair in (b"\\s", b"\\S"):
            if inside and pair == b"\\S":
                raise ValueError(r"\S inside a class")
            out += _BLANKS if inside else b"[%s%s]" % (b"^" if pair == b"\\S" else b"", _BLANKS)
            place += 2
        elif pair[:1] == b"\\":
            out += pair
            place += 2
        else:
            inside = pair[:1] == b"[" or (inside and pair[:1] != b"]")
            out += pair[:1]
            place += 1
    return bytes(out)


@cache
def format_by_id(identifier: str) -> Format | None:
    return next((one for one in all_formats() if one.id == identifier), None)
