"""Reads OSV records as their schema describes the evaluation, one by one and without a store. It
shares no code with what it is there to judge: versions are compared by other means too."""

from __future__ import annotations

import json
import lzma
import re
import subprocess
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

Compare = Callable[[str, str], int]


class Unreadable(Exception):
    """A text that is no version of its ecosystem."""


def records(folder: Path) -> Iterator[dict[str, Any]]:
    """The records of a feed that are not withdrawn."""
    with lzma.open(folder / "osv.jsonl.xz", "rt", encoding="utf-8") as stream:
        for line in stream:
            one = json.loads(line)
            if "withdrawn" not in one:
                yield one


def is_go_version(text: str) -> bool:
    return _SEMVER.fullmatch(text) is not None


def is_affected(compare: Compare, version: str, affected: dict[str, Any]) -> bool:
    """Whether one entry of `affected` speaks of the version. Raises Unreadable."""
    if version in affected.get("versions", ()):
        return True
    return any(
        _is_in(compare, version, one) for one in affected.get("ranges", ()) if one["type"] != "GIT"
    )


def _is_in(compare: Compare, version: str, span: dict[str, Any]) -> bool:
    events = [(kind, value) for event in span["events"] for kind, value in event.items()]
    limits = [value for kind, value in events if kind == "limit"]
    if limits and not any(one == "*" or compare(version, one) < 0 for one in limits):
        return False
    vulnerable = False
    for kind, value in _in_order(compare, [one for one in events if one[0] != "limit"]):
        if kind == "introduced" and (value == "0" or compare(version, value) >= 0):
            vulnerable = True
        elif kind == "fixed":
            vulnerable = vulnerable and compare(version, value) < 0
        elif kind == "last_affected":
            vulnerable = vulnerable and compare(version, value) <= 0
    return vulnerable


def _in_order(compare: Compare, events: list[tuple[str, str]]) -> list[tuple[str, str]]:
    ordered: list[tuple[str, str]] = []
    for event in events:
        place = len(ordered)
        while place and _before(compare, event[1], ordered[place - 1][1]):
            place -= 1
        ordered.insert(place, event)
    return ordered


def _before(compare: Compare, left: str, right: str) -> bool:
    if "0" in (left, right):
        return left == "0" != right
    return compare(left, right) < 0


def dpkg(left: str, right: str) -> int:
    """What the program of the distribution says; a process for each question."""
    for word, answer in (("lt", -1), ("eq", 0)):
        call = ["dpkg", "--compare-versions", left, word, right]
        if subprocess.run(call, check=False, stderr=subprocess.DEVNULL).returncode == 0:
            return answer
    return 1


@lru_cache(maxsize=200_000)
def debian(left: str, right: str) -> int:
    """The loop of Debian's policy, section 5.6.12, character by character."""
    for one, other in zip(_debian(left), _debian(right), strict=True):
        found = _run(one, other)
        if found:
            return found
    return 0


def _debian(version: str) -> tuple[str, str, str]:
    epoch, rest = version.split(":", 1) if ":" in version else ("0", version)
    upstream, revision = rest.rsplit("-", 1) if "-" in rest else (rest, "0")
    return epoch, upstream, revision


def _run(left: str, right: str) -> int:
    while left or right:
        one, other = re.match(r"\D*", left)[0], re.match(r"\D*", right)[0]  # type: ignore[index]
        left, right = left[len(one) :], right[len(other) :]
        for a, b in zip_longest(one, other, fillvalue=""):
            if _order(a) != _order(b):
                return 1 if _order(a) > _order(b) else -1
        one, other = re.match(r"\d*", left)[0], re.match(r"\d*", right)[0]  # type: ignore[index]
        left, right = left[len(one) :], right[len(other) :]
        if int(one or 0) != int(other or 0):
            return 1 if int(one or 0) > int(other or 0) else -1
    return 0


def _order(char: str) -> int:
    if char == "~":
        return -1
    return 0 if not char else ord(char) if char.isalpha() else ord(char) + 1000


_APK = re.compile(r"(\d+(?:\.\d+)*)([a-z]?)((?:_[a-z]+\d*)*)(?:-r(\d+))?")
_WORDS = ["alpha", "beta", "pre", "rc", "", "cvs", "svn", "git", "hg", "p"]


@lru_cache(maxsize=200_000)
def alpine(left: str, right: str) -> int:
    """apk's order for the versions that its packages have: numbers, a letter, suffixes, a build."""
    one, other = _APK.fullmatch(left), _APK.fullmatch(right)
    if one is None or other is None:
        raise Unreadable
    pairs: list[tuple[Any, Any]] = []
    for place, (a, b) in enumerate(zip_longest(one[1].split("."), other[1].split("."))):
        if a is None or b is None:
            pairs.append((a is not None, b is not None))
            break
        as_text = place and (a[0] == "0" or b[0] == "0")
        pairs.append((a.rstrip("0"), b.rstrip("0")) if as_text else (int(a), int(b)))
    pairs.append((one[2], other[2]))
    for a, b in zip_longest(_words(one[3]), _words(other[3]), fillvalue=("", "")):
        pairs += [(_WORDS.index(a[0]), _WORDS.index(b[0])), (int(a[1] or 0), int(b[1] or 0))]
    pairs.append((int(one[4] or 0), int(other[4] or 0)))
    return next((1 if a > b else -1 for a, b in pairs if a != b), 0)


def _words(text: str) -> list[tuple[str, str]]:
    return re.findall(r"_([a-z]+)(\d*)", text)


@lru_cache(maxsize=200_000)
def python(left: str, right: str) -> int:
    try:
        one, other = Version(left), Version(right)
    except InvalidVersion as error:
        raise Unreadable from error
    return (one > other) - (one < other)


_SEMVER = re.compile(r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]*)?")


@lru_cache(maxsize=200_000)
def semver(left: str, right: str) -> int:
    """Precedence as semver.org, item 11, words it."""
    one, other = _SEMVER.fullmatch(left), _SEMVER.fullmatch(right)
    if one is None or other is None:
        raise Unreadable
    for place in (1, 2, 3):
        if int(one[place] or 0) != int(other[place] or 0):
            return 1 if int(one[place] or 0) > int(other[place] or 0) else -1
    if not one[4] or not other[4]:
        return bool(other[4]) - bool(one[4])
    for a, b in zip_longest(one[4].split("."), other[4].split(".")):
        if a is None or b is None:
            return -1 if a is None else 1
        if a.isdigit() != b.isdigit():
            return -1 if a.isdigit() else 1
        if a != b:
            smaller = int(a) < int(b) if a.isdigit() else a < b
            return -1 if smaller else 1
    return 0


COMPARE: dict[str, Compare] = {
    "Debian": debian, "Alpine": alpine, "PyPI": python, "npm": semver, "Go": semver,
}  # fmt: skip
