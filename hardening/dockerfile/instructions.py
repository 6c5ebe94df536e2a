"""One logical line to one instruction.

Sources: BuildKit's `parser/line_parsers.go` and `instructions/parse.go`, whose refusals are
repeated here as `UnbuildableError`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from hardening.dockerfile.heredocs import is_opener
from hardening.dockerfile.lines import SPACE, LogicalLine
from hardening.dockerfile.model import Form, Instruction, KeyValue, Word
from hardening.dockerfile.words import (
    BLANK,
    UnbuildableError,
    argument_names,
    json_words,
    key_values,
    plain_words,
    split_flags,
    split_words,
    whole_word,
)
from hardening.model import Span

Parsed = tuple[tuple[Word, ...], Form | None, tuple[KeyValue, ...]]
_STAGE_NAME = re.compile(r"[a-z][a-z0-9._-]*")
_FLAGS: dict[str, dict[str, str]] = {
    "FROM": {"platform": "value"},
    "RUN": {"mount": "list", "network": "value", "security": "value", "device": "list"},
    "COPY": {
        "from": "value", "chown": "value", "chmod": "value", "link": "switch",
        "parents": "switch", "exclude": "list",
    },
    "ADD": {
        "chown": "value", "chmod": "value", "link": "switch", "keep-git-dir": "switch",
        "checksum": "value", "exclude": "list", "unpack": "switch",
    },
    "HEALTHCHECK": {
        "interval": "value", "timeout": "value", "start-period": "value",
        "start-interval": "value", "retries": "value",
    },
}  # fmt: skip
_NOT_TRIGGERS = frozenset({"ONBUILD", "FROM", "MAINTAINER"})


def read_instruction(line: LogicalLine, escape: str) -> Instruction:
    """The instruction of a line; its heredocs are not read yet. Raises UnbuildableError."""
    end = len(line.text.rstrip(SPACE))
    start = len(line.text) - len(line.text.lstrip(SPACE))
    made = _instruction(line, start, end, escape)
    if made.span.start != line.begin:
        made = replace(made, span=Span(line.begin, line.end))
        made.__dict__["_line"] = line
    return made


def check_sources(made: Instruction) -> None:
    """What a COPY or ADD must have; its here-documents were read before. Raises RefusedError."""
    if made.keyword not in ("COPY", "ADD"):
        return
    if len(made.words) < 2:
        raise UnbuildableError("a source and a destination are needed")
    if is_opener(made.words[-1].raw):
        raise UnbuildableError(f"{made.keyword} cannot take a here-document as its destination")


def flag_problem(made: Instruction) -> str:
    """Why BuildKit's `instructions/bflag.go` would refuse a flag, "" when it would not."""
    if made.keyword in ("ARG", "STOPSIGNAL"):  # BuildKit does not look at theirs
        return ""
    known = _FLAGS.get(made.keyword, {})
    seen: set[str] = set()
    for flag in made.flags:
        kind = known.get(flag.name)
        if kind is None:
            return f"{made.keyword} knows no flag --{flag.name}"
        if flag.name in seen and kind != "list":
            return f"--{flag.name} is given twice"
        seen.add(flag.name)
        if kind == "switch":
            if (flag.value or "true").lower() not in ("true", "false") or flag.value == "":
                return f"--{flag.name} takes true or false"
        elif flag.value is None:
            return f"--{flag.name} needs a value"
    return ""


def _instruction(line: LogicalLine, start: int, end: int, escape: str) -> Instruction:
    blank = BLANK.search(line.text, start, end)
    keyword_end = blank.start() if blank else max(start, end)
    keyword = line.text[start:keyword_end].upper()
    parse = _PARSERS.get(keyword)
    if parse is None:
        raise UnbuildableError(
            f"unknown instruction {keyword[:40]!r}" if keyword else "empty instruction"
        )
    flags, begin = split_flags(line, blank.end(), end) if blank else ((), end)
    while begin < end and line.text[begin] in SPACE:
        begin += 1
    arguments = line.span(begin, end)
    keyword_span = line.span(start, keyword_end)
    made = Instruction(
        keyword=keyword,
        span=Span(keyword_span.start, line.end),
        keyword_span=keyword_span,
        arguments=arguments,
        start_line=line.start_line,
        end_line=line.end_line,
        flags=flags,
        comments=tuple(line.comments),
    )
    made.__dict__["_line"] = line
    if keyword == "ONBUILD":
        words, trigger = _trigger(line, begin, end, escape)
        return replace(made, words=words, trigger=trigger)
    words, form, pairs = parse(line, begin, end, escape)
    object.__setattr__(made, "words", words)
    object.__setattr__(made, "form", form)
    object.__setattr__(made, "pairs", pairs)
    return made


def _trigger(
    line: LogicalLine, start: int, end: int, escape: str
) -> tuple[tuple[Word, ...], Instruction | None]:
    words = plain_words(line, start, end)
    if not words:
        raise UnbuildableError("ONBUILD needs at least one argument")
    trigger = None
    try:
        trigger = _instruction(line, start, end, escape)
        inside = [one for one in line.comments if one.span.start > trigger.span.start]
        object.__setattr__(trigger, "comments", tuple(inside))
    except UnbuildableError:
        pass
    if words[0].value.upper() in _NOT_TRIGGERS:
        raise UnbuildableError(f"ONBUILD takes no {words[0].value.upper()}")
    return words, trigger


def _from(line: LogicalLine, start: int, end: int, escape: str) -> Parsed:
    words = split_words(line, start, end, escape)
    if len(words) not in (1, 3):
        raise UnbuildableError("FROM requires either one or three arguments")
    if len(words) == 3:
        if words[1].raw.lower() != "as":
            raise UnbuildableError("FROM takes an image and then AS with a name")
        if not _STAGE_NAME.fullmatch(words[2].raw.lower()):
            raise UnbuildableError(f"invalid name for a build stage: {words[2].raw!r}")
    return words, None, ()


def _command(line: LogicalLine, start: int, end: int, escape: str) -> Parsed:
    words = json_words(line, start, end)
    if words is not None:
        return words, Form.EXEC, ()
    return plain_words(line, start, end), Form.SHELL, ()


def _shell(line: LogicalLine, start: int, end: int, escape: str) -> Parsed:
    words = json_words(line, start, end)
    if words is None:
        raise UnbuildableError("SHELL requires the arguments to be in JSON form")
    if not words:
        raise UnbuildableError("SHELL needs at least one argument")
    return words, Form.EXEC, ()


def _list(line: LogicalLine, start: int, end: int, escape: str) -> Parsed:
    words = json_words(line, start, end)
    if words is not None:
        return words, Form.EXEC, ()
    return split_words(line, start, end, escape), Form.SHELL, ()


def _volume(line: LogicalLine, start: int, end: int, escape: str) -> Parsed:
    words, form, pairs = _list(line, start, end, escape)
    if not words:
        raise UnbuildableError("VOLUME needs at least one argument")
    if any(not word.value.strip(SPACE) for word in words):
        raise UnbuildableError("VOLUME takes no empty string")
    return words, form, pairs


def _expose(line: LogicalLine, start: int, end: int, escape: str) -> Parsed:
    words = split_words(line, start, end, escape)
    if not words:
        raise UnbuildableError("EXPOSE needs at least one argument")
    return words, None, ()


def _single(line: LogicalLine, start: int, end: int, escape: str) -> Parsed:
    words = whole_word(line, start, end, escape)
    if not words:
        raise UnbuildableError("exactly one argument is needed")
    return words, None, ()


def _environment(line: LogicalLine, start: int, end: int, escape: str) -> Parsed:
    words, pairs = key_values(line, start, end, escape, "ENV")
    return words, None, pairs


def _label(line: LogicalLine, start: int, end: int, escape: str) -> Parsed:
    words, pairs = key_values(line, start, end, escape, "LABEL")
    return words, None, pairs


def _argument(line: LogicalLine, start: int, end: int, escape: str) -> Parsed:
    words, pairs = argument_names(line, start, end, escape)
    return words, None, pairs


def _healthcheck(line: LogicalLine, start: int, end: int, escape: str) -> Parsed:
    stop = start
    while stop < end and line.text[stop] not in SPACE:
        stop += 1
    kind = plain_words(line, start, stop)
    if not kind:
        raise UnbuildableError("HEALTHCHECK needs at least one argument")
    begin = stop
    while begin < end and line.text[begin] in SPACE:
        begin += 1
    words, form, _ = _command(line, begin, end, escape)
    name = kind[0].value.upper()
    if name == "NONE":
        if words:
            raise UnbuildableError("HEALTHCHECK NONE takes no arguments")
        return kind, None, ()
    if name != "CMD":
        raise UnbuildableError(f"unknown type {kind[0].value!r} in HEALTHCHECK")
    if not words:
        raise UnbuildableError("no command after HEALTHCHECK CMD")
    return kind + words, form, ()


_PARSERS: dict[str, Callable[[LogicalLine, int, int, str], Parsed]] = {
    "ADD": _list,
    "ARG": _argument,
    "CMD": _command,
    "COPY": _list,
    "ENTRYPOINT": _command,
    "ENV": _environment,
    "EXPOSE": _expose,
    "FROM": _from,
    "HEALTHCHECK": _healthcheck,
    "LABEL": _label,
    "MAINTAINER": _single,
    "ONBUILD": _command,
    "RUN": _command,
    "SHELL": _shell,
    "STOPSIGNAL": _single,
    "USER": _single,
    "VOLUME": _volume,
    "WORKDIR": _single,
}
KEYWORDS = frozenset(_PARSERS)
