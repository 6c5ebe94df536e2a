"""Secrets of one text: the Dockerfile, before any image is there."""

from __future__ import annotations

from hardening.model import FilePlace, Span
from hardening.secrets.grouping import Seen, grouped
from hardening.secrets.judge import reason_to_demote
from hardening.secrets.model import Secret
from hardening.secrets.occurrences import hits_in_command


def scan_text(text: str, path: str) -> tuple[Secret, ...]:
    """Secrets of one text; places are spans of the file `path`."""
    data = text.encode("utf-8", "surrogateescape")
    seen = []
    offset = characters = 0
    line = 1
    for hit in sorted(hits_in_command(text), key=lambda one: one.start):
        before = data[offset : hit.start].decode("utf-8", "surrogateescape")
        characters += len(before)
        line += before.count("\n")
        offset = hit.start
        length = len(hit.value.decode("utf-8", "surrogateescape"))
        lines = hit.value.rstrip(b"\n").count(b"\n")
        place = FilePlace(path, Span(characters, characters + length), line, line + lines)
        seen.append(Seen(hit, place, reason_to_demote(hit, path), line))
    return grouped(seen, None)
