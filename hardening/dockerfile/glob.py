"""Shell patterns of `${x#p}`, `${x%p}` and `${x/p/r}`, matched in linear time.

Grammar: BuildKit's `shell/lex.go`: `*` and `?` are wild, `\\` keeps `*`, `?`, `\\`, `}`, `/`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re


def without_prefix(value: str, pattern: str, *, longest: bool) -> str:
    """`${value#pattern}`, `##` when `longest`. Raises LexError for a pattern Docker refuses."""
    match = _compiled("^" + _expression(pattern, greedy=longest)).match(value)
    return value[match.end() :] if match else value


def without_suffix(value: str, pattern: str, *, longest: bool) -> str:
    """`${value%pattern}`, `%%` when `longest`. Raises LexError."""
    backwards = "".join(reversed(_units(pattern)))
    match = _compiled("^" + _expression(backwards, greedy=longest)).match(value[::-1])
    return value[: len(value) - match.end()] if match else value


def replaced(value: str, pattern: str, replacement: str, *, everywhere: bool) -> str:
    """`${value/pattern/replacement}`, `//` when `everywhere`. Raises LexError."""
    from hardening.dockerfile.lexer import MAX_RESULT, LexError

    expression = _compiled(_expression(pattern, greedy=True))
    out: list[str] = []
    position = 0
    for match in expression.finditer(value):
        if (len(out) // 2 + 1) * len(replacement) > MAX_RESULT:
            raise LexError("the value is too long")
        out += [value[position : match.start()], replacement]
        position = match.end()
        if not everywhere:
            break
    return "".join([*out, value[position:]])


def _compiled(expression: str) -> re.Pattern[str]:
    import re2

    from hardening.dockerfile.lexer import LexError

    quiet = re2.Options()
    quiet.log_errors = False
    try:
        compiled: re.Pattern[str] = re2.compile(expression, quiet)
    except (re2.error, UnicodeError) as error:
        raise LexError("invalid pattern") from error
    return compiled


def _units(pattern: str) -> list[str]:
    """Characters of a pattern, an escaped one together with its backslash."""
    characters = iter(pattern)
    return [one + next(characters, "") if one == "\\" else one for one in characters]


def _expression(pattern: str, *, greedy: bool) -> str:
    import re

    from hardening.dockerfile.lexer import LexError

    out: list[str] = []
    for unit in _units(pattern):
        if unit == "*":
            out.append(".*" if greedy else ".*?")
        elif unit == "?":
            out.append(".")
        elif unit[0] == "\\":
            if unit[1:] not in ("*", "?", "\\", "}", "/"):
                raise LexError(f"invalid escape {unit}")
            out.append(re.escape(unit[1:]))
        else:
            out.append(re.escape(unit))
    return "".join(out)
