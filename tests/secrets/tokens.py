"""Tokens made at run time from a format's own pattern, so that none stands in this repository."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from random import Random
from string import ascii_letters, ascii_lowercase, digits
from typing import Any

from hardening.secrets.formats import Format

parser: Any = import_module("re._parser")
constants: Any = import_module("re._constants")
PREFERRED = ascii_lowercase + digits + ascii_letters + "-_./+"


def example(one: Format, *, shorter: int = 0) -> str:
    """Text in which the format occurs; `shorter` characters are cut from its end."""
    tree = parser.parse(one.pattern.decode("latin-1"))
    text = "".join(_of(tree, Random(one.id)))
    return text[: len(text) - shorter]


def _of(tree: Any, random: Random) -> list[str]:
    return ["".join(_node(operation, value, random)) for operation, value in tree]


def _node(operation: Any, value: Any, random: Random) -> Sequence[str]:
    if operation is constants.LITERAL:
        return [chr(value)]
    if operation is constants.NOT_LITERAL:
        return [next(one for one in PREFERRED if ord(one) != value)]
    if operation is constants.IN:
        return [random.choice(_characters(value))]
    if operation in (constants.MAX_REPEAT, constants.MIN_REPEAT):
        least, _, inner = value
        count = least
        return [part for _ in range(count) for part in _of(inner, random)]
    if operation is constants.SUBPATTERN:
        return _of(value[3], random)
    if operation is constants.BRANCH:
        return _of(value[1][0], random)
    raise NotImplementedError(str(operation))


def _characters(items: Any) -> str:
    negated = False
    chosen: set[str] = set()
    for operation, value in items:
        if operation is constants.NEGATE:
            negated = True
        elif operation is constants.LITERAL:
            chosen.add(chr(value))
        elif operation is constants.RANGE:
            chosen.update(map(chr, range(value[0], value[1] + 1)))
        elif operation is constants.CATEGORY:
            chosen.update({
                constants.CATEGORY_DIGIT: digits,
                constants.CATEGORY_SPACE: " \t",
                constants.CATEGORY_WORD: ascii_letters + digits + "_",
            }[value])
    if negated:
        return "".join(one for one in PREFERRED if one not in chosen)
    return "".join(sorted(chosen))
