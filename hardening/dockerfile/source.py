"""Bytes of a file to text and back, without loss."""

from __future__ import annotations


def decode(data: bytes) -> str:
    """UTF-8 text of a file; bytes that are no UTF-8 become lone surrogates, newlines are kept.

    A byte order mark stays as the first character.
    """
    return data.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    """Exact inverse of `decode`."""
    return text.encode("utf-8", "surrogateescape")


def newline_of(text: str) -> str:
    """The newline that most lines end with; "\\n" when there is none or on a tie."""
    crlf = text.count("\r\n")
    return "\r\n" if crlf > text.count("\n") - crlf else "\n"
