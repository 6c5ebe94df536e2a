"""What a builder would record of a Dockerfile instruction, and how well a history entry fits it."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hardening.dockerfile.expansion import expand, scope_at
from hardening.dockerfile.model import Dockerfile, Instruction, Word
from hardening.image.created_by import (
    LAYER_MAKERS,
    Told,
    copy_destination,
    copy_sources,
    run_command,
    run_matches,
)

SAME = 1.0
MAX_TOKENS = 400

_VARIABLE = re.compile(r"\$(?:\{[^}]*\}|\w+)")
_PUNCTUATION = re.compile(r"[\[\]\"',\\{}&]+")
_PORT = re.compile(r"\d+(?:-\d+)?(?:/\w+)?")
_NOT_RECORDED = frozenset({"FROM"})


@dataclass(frozen=True, slots=True)
class Recorded:
    """One instruction as a history would have it. `texts` are the possible forms, single-spaced;
    `sources` and `destination` are those of COPY and ADD."""

    instruction: int
    keyword: str
    texts: tuple[str, ...]
    sources: tuple[str, ...] = ()
    destinations: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    """Keys of ENV, LABEL and ARG."""

    @property
    def makes_layer(self) -> bool:
        return self.keyword in LAYER_MAKERS


def recorded(
    dockerfile: Dockerfile,
    build_args: Mapping[str, str],
    environment: Mapping[str, str] | None = None,
    working_dir: str = "/",
) -> tuple[Recorded, ...]:
    """What the history of the final image holds of its last stage and the stages below it.

    `environment` and `working_dir` are the base image's, when known.
    """
    stage = dockerfile.final_stage
    if stage is None:
        return ()
    folder = working_dir or "/"
    found = []
    for link in dockerfile.chain(stage):
        for instruction in link.instructions:
            if instruction.keyword in _NOT_RECORDED:
                continue
            scope = scope_at(dockerfile, instruction, build_args, environment)
            if instruction.keyword == "WORKDIR":
                given = " ".join(_values(instruction.words, scope, dockerfile.escape))
                folder = posixpath.normpath(posixpath.join(folder, given))
            found.append(_recorded(instruction, scope, dockerfile.escape, folder))
    return tuple(found)


def _recorded(
    instruction: Instruction, scope: Mapping[str, str], escape: str, folder: str
) -> Recorded:
    keyword, index = instruction.keyword, instruction.index
    if keyword == "RUN":
        return Recorded(index, keyword, tuple(_run_texts(instruction)))
    values = _values(instruction.words, scope, escape)
    if keyword in ("COPY", "ADD") and values:
        target = values[-1]
        joined = posixpath.normpath(posixpath.join(folder, target))
        text = " ".join(values)
        return Recorded(index, keyword, (text,), values[:-1], (_clean(target), joined))
    if keyword == "WORKDIR":
        return Recorded(index, keyword, (folder, " ".join(values)))
    if instruction.pairs:
        names = tuple(pair.key for pair in instruction.pairs)
        parts = []
        for pair in instruction.pairs:
            value = None if pair.value is None else _value(pair.value, scope, escape)
            parts.append(pair.key if value is None else f"{pair.key}={value}")
        return Recorded(index, keyword, (" ".join(parts),), names=names)
    if instruction.exec_words is not None:
        return Recorded(index, keyword, (" ".join(instruction.exec_words),))
    return Recorded(index, keyword, (" ".join(values), instruction.value))


def _run_texts(instruction: Instruction) -> Iterable[str]:
    line = " ".join(instruction.value.split())
    if not instruction.heredocs:
        yield line
        return
    first = instruction.heredocs[0]
    yield " ".join(first.content.split())
    yield f"/dev/pipes/{first.name}"
    parts = [line, *(f"{one.content} {one.name}" for one in instruction.heredocs)]
    yield " ".join(" ".join(parts).split())


def _values(words: Iterable[Word], scope: Mapping[str, str], escape: str) -> tuple[str, ...]:
    return tuple(_value(word, scope, escape) for word in words)


def _value(word: Word, scope: Mapping[str, str], escape: str) -> str:
    """The expanded word; its source when a variable has no value here."""
    value = expand(word.raw, scope, escape)
    return word.value if value is None else value


def fit(entry: Told, wanted: Recorded) -> float:
    """How well a history entry fits an instruction: 1.0 the same, 0.0 not at all."""
    if entry.keyword != wanted.keyword:
        return 0.0
    if wanted.keyword == "RUN":
        return _fit_run(entry.text, wanted)
    if wanted.keyword in ("COPY", "ADD"):
        return _fit_copy(entry.text, wanted)
    if wanted.names:
        return _fit_names(entry.text, wanted)
    if wanted.keyword == "EXPOSE":
        return _fit_ports(entry.text, wanted)
    return _fit_text(entry.text, wanted)


def _fit_run(text: str, wanted: Recorded) -> float:
    if any(run_matches(text, command) for command in wanted.texts):
        return SAME
    return 0.9 * max(similarity(run_command(text), command) for command in wanted.texts)


def _fit_copy(text: str, wanted: Recorded) -> float:
    target = _clean(copy_destination(text))
    same_target = any(_fits(target, one) for one in wanted.destinations)
    sources = copy_sources(text)
    if sources is None:
        return SAME if same_target else 0.0
    same_sources = len(sources) == len(wanted.sources) and all(
        _fits(_clean(got), _clean(one)) for got, one in zip(sources, wanted.sources, strict=True)
    )
    if same_target and same_sources:
        return SAME
    return 0.6 if same_target or same_sources else 0.0


def _fit_names(text: str, wanted: Recorded) -> float:
    plain = _plain(text)
    if plain == _plain(wanted.texts[0]) or _fits(plain, _plain(wanted.texts[0])):
        return SAME
    named = sum(f" {name}=" in f" {text}" or text == name for name in wanted.names)
    if wanted.keyword == "ARG" and named == len(wanted.names):
        return SAME
    return 0.8 * named / len(wanted.names)


def _fit_ports(text: str, wanted: Recorded) -> float:
    got = {one.removesuffix("/tcp") for one in _PORT.findall(text)}
    asked = {one.removesuffix("/tcp") for one in _PORT.findall(wanted.texts[0])}
    if got == asked:
        return SAME
    return 0.8 if got & asked else 0.3


def _fit_text(text: str, wanted: Recorded) -> float:
    plain = _plain(text)
    best = 0.0
    for one in wanted.texts:
        asked = _plain(one)
        if plain == asked or _fits(plain, asked):
            return SAME
        if asked and wanted.keyword in ("CMD", "ENTRYPOINT") and plain.endswith(" " + asked):
            return SAME
        command = asked.removeprefix("CMD ")
        if asked and wanted.keyword == "HEALTHCHECK" and command in plain:
            return SAME
        best = max(best, 0.9 * similarity(plain, asked))
    return best


def similarity(first: str, second: str) -> float:
    """Share of words that two texts have in common, 0..1 (Dice); of the first 400 words each."""
    left = Counter(first.split()[:MAX_TOKENS])
    right = Counter(second.split()[:MAX_TOKENS])
    total = left.total() + right.total()
    return 2 * (left & right).total() / total if total else 0.0


def _plain(text: str) -> str:
    return " ".join(_PUNCTUATION.sub(" ", text).split())


def _clean(path: str) -> str:
    """`./v`, `v/` and `v` are the same place."""
    return posixpath.normpath(path) if path else "."


def _fits(text: str, pattern: str) -> bool:
    """True when the text is the pattern with each unexpanded variable standing for anything."""
    if "$" not in pattern:
        return text == pattern
    parts = _VARIABLE.split(pattern)
    if not text.startswith(parts[0]) or not text.endswith(parts[-1]):
        return False
    position = len(parts[0])
    limit = len(text) - len(parts[-1])
    for part in parts[1:-1]:
        found = text.find(part, position, limit)
        if found < 0:
            return False
        position = found + len(part)
    return position <= limit
