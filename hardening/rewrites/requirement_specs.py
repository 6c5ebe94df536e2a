"""Where a requirement (`flask[async] ~= 2.0, != 2.1 ; python_version > '3'`) settles its version.

Format: PEP 508 with the version specifiers of PEP 440, as requirement files, `pip install` and the
`dependencies` of a `pyproject.toml` write them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

NAME = r"[A-Za-z0-9][A-Za-z0-9._+-]*"
EXTRAS = r"(?:\[[^\]\n]{0,200}\])?"
_HEAD = re.compile(rf"[ \t]*({NAME}?)[ \t]*{EXTRAS}(?=[ \t]*(?:[=~!<>;#\\\r\n,]|--|\Z))")
_SPECIFIER = re.compile(r"[ \t]*(===?|~=|!=|<=?|>=?)[ \t]*([A-Za-z0-9][A-Za-z0-9.!+_*-]{0,80})")
_COMMA = re.compile(r"[ \t]*,")
_END = re.compile(r"[ \t]*(?:[;#\\\r\n]|--|\Z)")
_EXACT = ("===", "==")
_LOWEST = (*_EXACT, ">=", "~=")
MAX_SPECIFIERS = 12


@dataclass(frozen=True, slots=True)
class Specifier:
    """`operator` and `version`, which stands from `start` to `end` of the text."""

    operator: str
    version: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Requirement:
    """`name` as written; `end` is where another specifier could be added."""

    name: str
    specifiers: tuple[Specifier, ...]
    end: int

    @property
    def anchor(self) -> Specifier | None:
        """The specifier that holds the version down: a pin, else a lowest version. None where
        the text has none (`flask`, `flask<3`, `flask==2.*`)."""
        for operator in _LOWEST:
            for one in self.specifiers:
                if one.operator == operator and "*" not in one.version:
                    return one
        return None

    @property
    def bounds(self) -> str:
        """The other specifiers: what a new version must fit as well."""
        return ",".join(
            f"{one.operator}{one.version}" for one in self.specifiers if one is not self.anchor
        )

    @property
    def exact(self) -> bool:
        return self.anchor is not None and self.anchor.operator in _EXACT


def read_requirement(text: str, start: int, end: int) -> Requirement | None:
    """The requirement that stands at `start` and ends before `end`; None for an option, an
    address, a comment, and what is not understood."""
    head = _HEAD.match(text, start, end)
    if head is None or not head[1]:
        return None
    at = head.end()
    found: list[Specifier] = []
    while len(found) < MAX_SPECIFIERS and (match := _SPECIFIER.match(text, at, end)) is not None:
        found.append(Specifier(match[1], match[2], match.start(2), match.end(2)))
        at = match.end()
        comma = _COMMA.match(text, at, end)
        if comma is None:
            break
        at = comma.end()
    if _END.match(text, at, end) is None:
        return None
    return Requirement(head[1], tuple(found), at)


def admits(specifiers: str, version: str) -> bool | None:
    """Whether a version fits; None where one of the two is not of PEP 440."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet
    from packaging.version import InvalidVersion, Version

    try:
        return SpecifierSet(specifiers).contains(Version(version), prereleases=True)
    except (InvalidSpecifier, InvalidVersion):
        return None
