"""Writing another image into FROM: in the line itself, or in the default of the ARG it uses.

A base such as `python:${V}-slim-${SUITE}` is a row of pieces, literal text and variables. The old
and the new name are laid side by side, and every piece takes its part of the new one, so that the
pieces together always are the name that was wanted. A global ARG that is used elsewhere is said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from hardening.dockerfile.edits import replace_span
from hardening.dockerfile.model import Dockerfile, KeyValue, Stage
from hardening.model import Edit, Span

_PIECE = re.compile(
    r"\$\{(?P<braced>[A-Za-z_]\w*)(?::?-(?P<default>[^${}'\"\\\s]*))?\}"
    r"|\$(?P<plain>[A-Za-z_]\w*)|(?P<text>[^$]+)"
)
_SEPARATORS = re.compile(r"([-.])")
_SIMPLE = re.compile(r"\A[\w.:/@+-]*\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class ImageName:
    """`name[:tag][@digest]`, name with registry and port."""

    name: str
    tag: str
    digest: str = ""

    @property
    def text(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        return f"{self.name}{tag}@{self.digest}" if self.digest else f"{self.name}{tag}"


@dataclass(frozen=True, slots=True)
class Written:
    """The edits, and the new defaults of the ARGs that they change."""

    edits: tuple[Edit, ...]
    arguments: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Unwritable:
    """Why a base cannot be changed where it is written."""

    why: str


@dataclass(frozen=True, slots=True)
class _Piece:
    """Characters `start..end` of the old name. `span` is what an edit replaces; `argument` is the
    variable it comes from, "" for literal text."""

    start: int
    end: int
    span: Span
    argument: str = ""
    quoted: str = ""


def rewritten(
    dockerfile: Dockerfile,
    stage: Stage,
    old: ImageName,
    new: ImageName,
    build_args: Mapping[str, str],
) -> Written | Unwritable:
    """The edits that make the base of a stage, which is `old` now, `new`."""
    pieces = _pieces(dockerfile, stage, build_args)
    if isinstance(pieces, Unwritable):
        return pieces
    if (pieces[-1].end if pieces else 0) != len(old.text):
        return Unwritable("The base is written with quotes or escapes")
    if len(pieces) == 1 and not pieces[0].argument:
        return Written(_literal(dockerfile, stage, old, new), {})
    edits, arguments = dict[Edit, None](), dict[str, str]()
    for piece in pieces:
        start, end = _moved(old, new, piece.start), _moved(old, new, piece.end)
        if start is None or end is None or end < start:
            return Unwritable("It is not clear which variable holds which part of the name")
        text = new.text[start:end]
        if piece.argument and arguments.setdefault(piece.argument, text) != text:
            return Unwritable(f"{piece.argument} would need two values")
        if text != old.text[piece.start : piece.end]:
            edits[replace_span(dockerfile, piece.span, piece.quoted + text + piece.quoted)] = None
    before = {piece.argument: old.text[piece.start : piece.end] for piece in pieces}
    changed = {name: text for name, text in arguments.items() if before[name] != text}
    return Written(tuple(edits), changed)


def _literal(
    dockerfile: Dockerfile, stage: Stage, old: ImageName, new: ImageName
) -> tuple[Edit, ...]:
    """Only what stands behind a name that stays."""
    span, kept = stage.base.span, len(old.name) if old.name == new.name else 0
    start = span.start + kept + (1 if kept and old.tag and new.tag else 0)
    text = new.text[start - span.start :]
    return (replace_span(dockerfile, Span(start, span.end), text),)


def _pieces(
    dockerfile: Dockerfile, stage: Stage, build_args: Mapping[str, str]
) -> list[_Piece] | Unwritable:
    found: list[_Piece] = []
    position, source = 0, stage.base.text
    if source != stage.base.value:
        return Unwritable("The base is written with quotes or escapes")
    for match in _PIECE.finditer(source):
        if match.start() != position:
            return Unwritable("The base is written in a way that only the builder reads")
        position = match.end()
        at = found[-1].end if found else 0
        name = match["braced"] or match["plain"]
        offset = stage.base.span.start
        if not name:
            span = Span(offset + match.start(), offset + match.end())
            found.append(_Piece(at, at + len(match["text"]), span))
            continue
        inline = None
        if match["default"] is not None:
            inline = Span(offset + match.start("default"), offset + match.end("default"))
        held = _held(dockerfile, name, inline, build_args)
        if isinstance(held, Unwritable):
            return held
        value, span, quoted = held
        found.append(_Piece(at, at + len(value), span, name, quoted))
    if position != len(source):
        return Unwritable("The base is written in a way that only the builder reads")
    return found


def _held(
    dockerfile: Dockerfile, name: str, inline: Span | None, build_args: Mapping[str, str]
) -> tuple[str, Span, str] | Unwritable:
    """The value of a variable of FROM, where it is written, and the quotes around it there."""
    if name in build_args:
        return Unwritable(f"{name} is set outside of the Dockerfile, as a build argument")
    pairs = global_arguments(dockerfile, name)
    if len(pairs) > 1:
        return Unwritable(f"ARG {name} stands there more than once")
    value = pairs[0].value if pairs else None
    if value is None:
        if inline is None:
            return Unwritable(f"ARG {name} has no default")
        return inline.slice(dockerfile.text), inline, ""
    quoted = value.text[:1] if value.text[:1] in ("'", '"') else ""
    if value.text != quoted + value.value + quoted or not _SIMPLE.match(value.value):
        return Unwritable(f"The default of ARG {name} is put together from other variables")
    return value.value, value.span, quoted


def global_arguments(dockerfile: Dockerfile, name: str) -> list[KeyValue]:
    """Where an ARG before the first FROM declares a name."""
    return [
        pair
        for one in dockerfile.instructions
        if one.stage < 0 and one.keyword == "ARG"
        for pair in one.pairs
        if pair.key == name
    ]


def _moved(old: ImageName, new: ImageName, at: int) -> int | None:
    """Where the boundary `at` of the old name lies in the new one, None when that is not clear."""
    tag, end = len(old.name) + 1, len(old.name) + 1 + len(old.tag)
    if at in (0, len(old.text)):
        return 0 if at == 0 else len(new.text)
    if at < tag:
        return at if old.name == new.name else None
    shift = len(new.name) - len(old.name)
    if at == end:
        return at + shift + len(new.tag) - len(old.tag)
    if at < end:
        inside = _in_tag(old.tag, new.tag, at - tag)
        return None if inside is None else tag + shift + inside
    starts = at == end + 1 and bool(new.digest)
    return at + shift + len(new.tag) - len(old.tag) if starts else None


def _in_tag(old: str, new: str, at: int) -> int | None:
    """The place in the new tag after as many dots and dashes; inside of a word the letters on one
    side of it must be the same."""
    before, after = _SEPARATORS.split(old), _SEPARATORS.split(new)
    position = moved = 0
    for index, part in enumerate(before):
        if index >= len(after) or (index % 2 and part != after[index]):
            return None
        if at == position:
            return moved
        if at < position + len(part):
            inside, other = at - position, after[index]
            if part[:inside] == other[:inside]:
                return moved + inside
            rest = len(part) - inside
            return moved + len(other) - rest if part[inside:] == other[-rest:] else None
        position, moved = position + len(part), moved + len(after[index])
    return moved
