"""Variables as Docker expands them outside of RUN, with its scoping.

Global ARGs are seen by FROM only; a stage sees the ARGs and ENVs that stand above in it and those
of the stage it is built on. Source: the "Variables" part of BuildKit's Dockerfile reference and
`dockerfile2llb/convert.go`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hardening.dockerfile.lexer import Lexer, LexError
from hardening.dockerfile.model import Dockerfile, Instruction, KeyValue

Scope = dict[str, str]

MAX_TRACKED = 500_000
"""Entries of all scopes of a file together; past it nothing is known any more."""
MAX_VALUE = 64 * 1024
"""Longest value in characters that is followed: `ENV A=$A$A` doubles with every line."""


def expand(text: str, scope: Mapping[str, str], escape: str = "\\") -> str | None:
    """`text` (a word's `raw`) with quotes removed and variables replaced; None when a variable
    has no value or Docker would refuse the word."""
    if "$" not in text and '"' not in text and "'" not in text and escape not in text:
        return text
    lexer = Lexer(text, scope, escape=escape)
    try:
        value = lexer.word()
    except LexError:
        return None
    return None if lexer.unset or len(value) > MAX_VALUE else value


def references(text: str, escape: str = "\\") -> frozenset[str]:
    """Names of the variables that Docker would look up in a word."""
    if "$" not in text:
        return frozenset()
    lexer = Lexer(text, {}, escape=escape, keep_unset=True)
    try:
        lexer.word()
    except LexError:
        pass
    return frozenset(lexer.names)


def global_scope(
    instructions: Iterable[Instruction], build_args: Mapping[str, str], escape: str
) -> Scope:
    """The ARGs before the first FROM that have a value."""
    scope: Scope = {}
    for instruction in instructions:
        if instruction.keyword == "FROM":
            break
        if instruction.keyword == "ARG":
            _declare(scope, instruction.pairs, build_args, {}, escape)
    return scope


def scope_at(
    dockerfile: Dockerfile,
    instruction: Instruction,
    build_args: Mapping[str, str],
    base_environment: Mapping[str, str] | None = None,
) -> Scope:
    """The variables with a known value that `instruction` may use.

    `base_environment` is what the base images set (of the final image's base, when known). A
    variable whose value depends on an unknown one is left out.
    """
    key = (tuple(sorted(build_args.items())), tuple(sorted((base_environment or {}).items())))
    cache: dict[object, list[Scope]] = dockerfile.__dict__.setdefault("_scopes", {})
    scopes = cache.get(key)
    if scopes is None:
        scopes = cache[key] = _scopes(dockerfile, build_args, base_environment or {})
    return dict(scopes[instruction.index])


def unknown_from(dockerfile: Dockerfile) -> Instruction | None:
    """The instruction from which no variable has a known value any more, because the file sets
    more than `MAX_TRACKED`; None when nobody asked that far."""
    cut: Instruction | None = dockerfile.__dict__.get("_unknown_from")
    return cut


def _scopes(
    dockerfile: Dockerfile, build_args: Mapping[str, str], base_environment: Mapping[str, str]
) -> list[Scope]:
    """The scope before each instruction; instructions that change nothing share one."""
    escape = dockerfile.escape
    tracked = 0
    global_values: Scope = {}
    at_end: list[Scope] = []
    scopes: list[Scope] = []
    scope: Scope = {}
    in_stage = False
    for instruction in dockerfile.instructions:
        if instruction.keyword == "FROM":
            if in_stage:
                at_end.append(scope)
            in_stage = True
            scopes.append(global_values)
            parent = dockerfile.stages[instruction.stage].parent
            scope = dict(base_environment) if parent is None else at_end[parent]
            continue
        scopes.append(scope if in_stage else global_values)
        if instruction.keyword in ("ARG", "ENV"):
            tracked += len(scope) + len(global_values)
            if tracked > MAX_TRACKED:
                dockerfile.__dict__["_unknown_from"] = instruction
                return [*scopes, *({} for _ in dockerfile.instructions[len(scopes) :])]
        if instruction.keyword == "ARG":
            if in_stage:
                scope = dict(scope)
                _declare(scope, instruction.pairs, build_args, global_values, escape)
            else:
                global_values = dict(global_values)
                _declare(global_values, instruction.pairs, build_args, {}, escape)
        elif instruction.keyword == "ENV" and in_stage:
            scope = _with_environment(scope, instruction.pairs, escape)
    return scopes


def _declare(
    scope: Scope,
    pairs: Iterable[KeyValue],
    build_args: Mapping[str, str],
    inherited: Mapping[str, str],
    escape: str,
) -> None:
    """ARG: a build argument first, then the default, then the global ARG of that name."""
    for pair in pairs:
        value: str | None
        if pair.key in build_args:
            value = build_args[pair.key]
        elif pair.value is not None:
            value = expand(pair.value.raw, scope, escape)
            if value is None:
                scope.pop(pair.key, None)
        else:
            value = inherited.get(pair.key)
        if value is not None:
            scope[pair.key] = value


def _with_environment(before: Scope, pairs: Iterable[KeyValue], escape: str) -> Scope:
    """ENV: every pair sees the values from before the instruction."""
    after = dict(before)
    for pair in pairs:
        value = expand(pair.value.raw, before, escape) if pair.value is not None else None
        if value is None:
            after.pop(pair.key, None)
        else:
            after[pair.key] = value
    return after
