"""Alpine versions: `number{.number}letter{_suffix}{~hash}{-rN}`, compared as apk does.

The first number compares as a number; later ones that begin with a zero compare as text. Before
the release come `_alpha`, `_beta`, `_pre`, `_rc`; after it `_cvs`, `_svn`, `_git`, `_hg`, `_p`.
"""

from __future__ import annotations

import re

from hardening.advisories.versions.errors import InvalidVersion

_SHAPE = re.compile(
    r"(?P<first>\d+)(?P<more>(?:\.\d+)*)(?P<letter>[a-z]?)"
    r"(?P<suffixes>(?:_(?:alpha|beta|pre|rc|cvs|svn|git|hg|p)\d*)*)"
    r"(?:~(?P<hash>[0-9a-f]+))?(?:-r(?P<build>\d*))?",
    re.ASCII,
)
_SUFFIX = re.compile(r"_([a-z]+)(\d*)")
_RANKS = {
    "alpha": -4,
    "beta": -3,
    "pre": -2,
    "rc": -1,
    "cvs": 1,
    "svn": 2,
    "git": 3,
    "hg": 4,
    "p": 5,
}


def key(version: str) -> tuple[object, ...]:
    """Raises InvalidVersion for a text outside the grammar."""
    found = _SHAPE.fullmatch(version.strip())
    if found is None or len(version) > 4096:
        raise InvalidVersion(version)
    more = [part for part in found["more"].split(".") if part]
    numbers = tuple(_number(part) for part in more)
    suffixes = tuple(
        (_RANKS[name], int(digits or 0)) for name, digits in _SUFFIX.findall(found["suffixes"])
    )
    return (
        int(found["first"]),
        (*numbers, (-1,)),
        found["letter"],
        (*suffixes, (0, 0)),
        found["hash"] or "",
        int(found["build"] or 0),
    )


def _number(part: str) -> tuple[int, str, int]:
    if part.startswith("0") and part != "0":
        return (0, part.rstrip("0") or "0", 0)
    return (1, "", int(part)) if part != "0" else (0, "0", 0)
