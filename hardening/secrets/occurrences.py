"""Hits in one piece of data: formats, the file's own structure, and what makes a hit plausible."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from hardening.secrets.credential_files import read_structure
from hardening.secrets.credential_names import is_settings_file
from hardening.secrets.engine import Hit, Matcher, confirm, find, matcher, without_overlaps
from hardening.secrets.names import can_be_secret, is_about_name, is_public_name

BINARY_TEST: Final = 8192
MAX_KEY: Final = 16 << 10
_NAME_BEFORE = re.compile(rb"[A-Za-z0-9_.\[\]-]{0,64}$")
_ASSIGNED = re.compile(r"^[A-Za-z0-9_]*=[\"']$")
_NAME = re.compile(r"[A-Za-z0-9_.\[\]-]+")
_COMMENT = re.compile(rb"\s*(?:#|;|//[\s#*]|/\*|\*\s|--\s|<!--)")
_NEXT_PAIR = re.compile(rb"&[A-Za-z_][\w-]*=")
_CODE_FILE: Final = re.compile(r"(?i)\.(?:py|php|inc|rb|js|ts|go|java|kt|cs|tf|gradle)$")
_KEY_START = re.compile(
    rb"(?:\\[nr]|[\s\"',+\\|>])*(?:[A-Za-z-]{1,30}: [^\n\\]{0,200}(?:\\[nr]|\s)*)*"
    rb"(?:\\[nr]|[\s\"',+\\|>])*([A-Za-z0-9+/=]{16,})"
)
_KEY_END = re.compile(rb"-----END [A-Z0-9 ]{0,64}PRIVATE KEY(?: BLOCK)?-----")


def hits_in(data: bytes, path: str, *, chosen: Matcher | None = None) -> tuple[Hit, ...]:
    """All plausible hits in a file's content. Binary files are searched for formats with a mark
    of their own and for whole keys only."""
    return _hits(data, path, read_structure(path, data), chosen or matcher())


def hits_in_part(data: bytes, path: str, *, chosen: Matcher | None = None) -> tuple[Hit, ...]:
    """The same for a piece of a file, which its own structure does not tell any more."""
    return _hits(data, path, (), chosen or matcher())


def _hits(data: bytes, path: str, structured: tuple[Hit, ...], engine: Matcher) -> tuple[Hit, ...]:
    kinds = tuple(engine.candidates(data))
    if not kinds:
        return structured
    binary = b"\0" in data[:BINARY_TEST]
    if any(one.generic for one in kinds) and (binary or not is_settings_file(path)):
        kinds = tuple(one for one in kinds if not one.generic)
    found = confirm(engine, kinds, data)
    hits = tuple(_plausible(found, data, code=bool(_CODE_FILE.search(path))))
    if binary:
        hits = tuple(hit for hit in hits if hit.format.specific or hit.format.id == "private-key")
    return without_overlaps((*hits, *structured)) if structured else hits


def hits_in_setting(name: str, value: str, *, chosen: Matcher | None = None) -> tuple[Hit, ...]:
    """All plausible hits in one variable or label; offsets are into `name=value`."""
    data = f"{name}={value}".encode("utf-8", "surrogateescape")
    return tuple(_plausible(find(data, chosen=chosen), data))


def hits_in_command(text: str, *, chosen: Matcher | None = None) -> tuple[Hit, ...]:
    """All plausible hits in a command line or a whole Dockerfile; offsets are into its UTF-8."""
    data = text.encode("utf-8", "surrogateescape")
    return tuple(_plausible(find(data, chosen=chosen), data))


def _plausible(hits: Iterable[Hit], data: bytes, *, code: bool = False) -> Iterator[Hit]:
    """`code`: what stands unquoted is the name of something, not a value."""
    for hit in hits:
        kind = hit.format.id
        if kind in ("private-key", "putty-key"):
            whole = _whole_key(hit, data)
            if whole is not None:
                yield whole
        elif kind == "secret-setting":
            one = _one_setting(hit, data)
            if _is_setting(one, data) and not (code and not _is_quoted(one)):
                yield replace(one, doubt=_doubt(one, data))
        elif kind == "token-in-address":
            if any(49 <= one <= 57 for one in hit.value) and not hit.value.isdigit():
                host = data[hit.end : hit.end + 80].lower()
                yield replace(hit, doubt="public key" if b"sentry" in host else "")
        elif kind == "password-in-address":
            if hit.value.decode("latin-1").strip("*") and not hit.value.isdigit():
                yield hit
        else:
            yield hit


def _whole_key(hit: Hit, data: bytes) -> Hit | None:
    """The key with its body, None for a bare header line (in a program that reads keys)."""
    window = data[hit.end : hit.end + MAX_KEY]
    if hit.format.id == "putty-key":
        end = window.find(b"Private-MAC")
        end = len(window) if end < 0 else end
        return replace(hit, value=data[hit.start : hit.end + end], end=hit.end + end)
    closing = _KEY_END.search(window)
    length = closing.start() if closing else len(window)
    first = _KEY_START.match(window[:length])
    if first is None or (closing is None and len(first[1]) < 40):
        return None
    body = re.sub(rb"\\[nr]|[\s\"',+\\|>]", b"", window[first.start(1) : length])
    letters = re.sub(rb"[^A-Za-z0-9/=+]", b"", body)
    if closing is not None and (len(letters) < 24 or len(letters) < 0.9 * len(body)):
        return None
    end = hit.end + (closing.end() if closing else length)
    return replace(hit, value=data[hit.start : end], end=end)


def setting_name(hit: Hit, data: bytes) -> str:
    """The whole name of the setting that a hit belongs to."""
    begin = hit.start - len(hit.name)
    before = _NAME_BEFORE.search(data[max(0, begin - 64) : begin])
    head = before[0].decode("latin-1") if before else ""
    found = _NAME.match(hit.name)
    return head + (found[0] if found else "")


def _doubt(hit: Hit, data: bytes) -> str:
    begin = hit.start - len(hit.name)
    line = data[max(data.rfind(b"\n", 0, begin) + 1, begin - 200) : begin]
    if _COMMENT.match(line):
        return "commented out"
    return "public key" if is_public_name(setting_name(hit, data)) else ""


def _one_setting(hit: Hit, data: bytes) -> Hit:
    """Without the next pair of a form's body: `password=x&user=y`."""
    if len(hit.value) > 5 and hit.value[:1] == hit.value[-1:] == b"`":
        return replace(hit, value=hit.value[1:-1], start=hit.start + 1, end=hit.end - 1)
    found = _NEXT_PAIR.search(hit.value)
    if found is None or not found.start():
        return hit
    value = hit.value[: found.start()]
    return replace(hit, value=value, end=hit.start + len(value))


def _is_quoted(hit: Hit) -> bool:
    return hit.name.endswith(("'", '"'))


def _is_setting(hit: Hit, data: bytes) -> bool:
    value = hit.value.decode("latin-1")
    name = setting_name(hit, data).strip("[]")
    if is_about_name(name) or not can_be_secret(value):
        return False
    quoted = _is_quoted(hit)
    if not quoted and data[hit.end : hit.end + 1] in (b"(", b"[", b"{"):
        return False
    has_digit = any(letter.isdigit() for letter in value)
    if " " in value.strip() and not _ASSIGNED.search(hit.name):
        return False
    return quoted or has_digit or not value.isalpha() or len(value) >= 6
