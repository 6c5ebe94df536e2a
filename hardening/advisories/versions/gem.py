"""RubyGems versions (Gem::Version): numbers and words; a word makes a prerelease.

`1.0.a` < `1.0` < `1.0.1`; zeros at the end of the numbers and of the words are dropped.
"""

from __future__ import annotations

import re

from hardening.advisories.versions.errors import InvalidVersion

_SHAPE = re.compile(r"\s*([0-9]+(?:\.[0-9a-zA-Z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)?\s*")
_SEGMENT = re.compile(r"[0-9]+|[a-z]+", re.IGNORECASE)

Segment = tuple[int, int, str]
_END: Segment = (1, 0, "")


def _segment(text: str) -> Segment:
    return (1, int(text), "") if text.isdecimal() else (0, 0, text)


def _without_zeros(segments: list[Segment]) -> list[Segment]:
    while segments and segments[-1] == _END:
        segments.pop()
    return segments


def key(version: str) -> tuple[Segment, ...]:
    """Raises InvalidVersion for what Gem::Version refuses."""
    if not _SHAPE.fullmatch(version) or len(version) > 4096:
        raise InvalidVersion(version)
    text = version.strip().replace("-", ".pre.") or "0"
    segments = [_segment(part) for part in _SEGMENT.findall(text)]
    first_word = next((i for i, one in enumerate(segments) if one[0] == 0), len(segments))
    numbers, words = _without_zeros(segments[:first_word]), _without_zeros(segments[first_word:])
    return (*numbers, *words, _END)
