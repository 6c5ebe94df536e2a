"""Maven versions, in the order of its ComparableVersion (maven.apache.org, "Version Order").

A version is a list of items; `-` and every change between digits and letters open a nested list.
Empty items at the end of each list are dropped: `1.0` = `1` = `1.ga`. At one place the order is:
qualifiers before the release (alpha, beta, milestone, rc, snapshot), the end, `sp`, other words,
a nested list, a number.
"""

from __future__ import annotations

import re
from functools import cmp_to_key
from itertools import zip_longest
from typing import Any

from hardening.advisories.versions.errors import InvalidVersion

_TOKEN = re.compile(r"\d+|[^\d.-]+|[.-]", re.ASCII)
_QUALIFIERS = ("alpha", "beta", "milestone", "rc", "snapshot", "", "sp")
_ALIASES = {"ga": "", "final": "", "release": "", "cr": "rc"}
_SHORT = {"a": "alpha", "b": "beta", "m": "milestone"}
_RELEASE = _QUALIFIERS.index("")

Item = Any
"""int, str (a qualifier, resolved) or list[Item]."""


def _qualifier(word: str, *, before_digit: bool) -> str:
    if before_digit:
        word = _SHORT.get(word, word)
    return _ALIASES.get(word, word)


def _is_empty(item: Item) -> bool:
    return item in (0, "", [])


def _trim(items: list[Item]) -> None:
    """Drop empty items before the end and before each nested list."""
    for position in range(len(items) - 1, -1, -1):
        if _is_empty(items[position]):
            del items[position]
        elif not isinstance(items[position], list):
            break


def _parse(version: str) -> list[Item]:
    root: list[Item] = []
    stack = [root]
    current = root
    tokens = _TOKEN.findall(version.lower())
    previous = "."
    for position, token in enumerate(tokens):
        if token in ".-":
            if previous in ".-":
                current.append(0)
            if token == "-":
                current = _open(stack)
        else:
            if previous not in ".-" and previous:
                current = _open(stack)
            current.append(_item(token, tokens, position))
        previous = token
    for items in reversed(stack):
        _trim(items)
        if items is not root and len(items) == 1 and isinstance(items[0], list):
            items[:] = items[0]
    return root


def _open(stack: list[list[Item]]) -> list[Item]:
    nested: list[Item] = []
    stack[-1].append(nested)
    stack.append(nested)
    return nested


def _item(token: str, tokens: list[str], position: int) -> Item:
    if token.isdecimal():
        return int(token)
    following = tokens[position + 1] if position + 1 < len(tokens) else ""
    return _qualifier(token, before_digit=following.isdecimal())


def _rank(word: str) -> tuple[int, str]:
    if word in _QUALIFIERS:
        return _QUALIFIERS.index(word), ""
    return len(_QUALIFIERS), word


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)


def _compare_to_nothing(item: Item) -> int:
    if isinstance(item, int):
        return 1 if item else 0
    if isinstance(item, str):
        return _sign(_rank(item)[0] - _RELEASE)
    for one in item:
        sign = _compare_to_nothing(one)
        if sign:
            return sign
    return 0


def _kind(item: Item) -> int:
    """Words before lists before numbers."""
    return 0 if isinstance(item, str) else 1 if isinstance(item, list) else 2


def _compare(left: Item, right: Item) -> int:
    if left is None:
        return -_compare_to_nothing(right)
    if right is None:
        return _compare_to_nothing(left)
    if _kind(left) != _kind(right):
        return _sign(_kind(left) - _kind(right))
    if isinstance(left, int):
        return _sign(left - right)
    if isinstance(left, str):
        first, second = _rank(left), _rank(right)
        return (first > second) - (first < second)
    for one, other in zip_longest(left, right):
        sign = _compare(one, other)
        if sign:
            return sign
    return 0


_key = cmp_to_key(_compare)


def key(version: str) -> Any:
    """Every text is a Maven version; InvalidVersion only for one past all measure."""
    if len(version) > 1024:
        raise InvalidVersion(version[:100])
    return _key(_parse(version))
