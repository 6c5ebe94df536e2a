"""Where the parts of a YAML text stand, so that a few characters can be changed and nothing else.

ruamel.yaml's events carry offsets; a small tree of them is enough. Aliases stay aliases here: they
stand where they are written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from hardening.model import Span

MAX_TEXT = 1 << 20
MAX_DEPTH = 60
MAX_NODES = 50_000


class NoPlace(Exception):
    """The text cannot be edited safely; the message says why, in a person's words."""


@dataclass(slots=True)
class YamlNode:
    """`kind` is scalar, alias, mapping or sequence. `start` is where its own text begins (after an
    anchor or tag for block collections), `end` where the last of it ends."""

    kind: str
    start: int
    end: int
    value: str = ""
    flow: bool = False
    block_text: bool = False
    """A `|` or `>` scalar: its end is behind its last newline."""
    quote: str = ""
    pairs: list[tuple[YamlNode, YamlNode]] = field(default_factory=list)
    items: list[YamlNode] = field(default_factory=list)

    def get(self, key: str) -> tuple[YamlNode, YamlNode] | None:
        """Key and value node of a mapping's own key (merge keys are not followed)."""
        return next((pair for pair in self.pairs if pair[0].value == key), None)

    @property
    def is_missing(self) -> bool:
        """True for a value that is not written at all."""
        return self.kind == "scalar" and not self.quote and self.start == self.end

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


@lru_cache(maxsize=8)
def places(text: str) -> YamlNode:
    """The tree of the first document. Raises NoPlace for anything that is not clean YAML."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    if len(text) > MAX_TEXT:
        raise NoPlace("the file is too large to edit")
    reader = _Reader(text)
    try:
        return reader.document(YAML(typ="rt", pure=True).parse(text))
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" (line {mark.line + 1})" if mark is not None else ""
        raise NoPlace(f"the file is not valid YAML{line}") from None
    except (RecursionError, ValueError, StopIteration):
        raise NoPlace("the file cannot be read as YAML") from None


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.count = 0

    def document(self, events: Iterator[Any]) -> YamlNode:
        for event in events:
            name = type(event).__name__
            if name not in ("StreamStartEvent", "DocumentStartEvent", "CommentEvent"):
                return self.node(event, events, 0)
        raise NoPlace("the file is empty")

    def node(self, event: Any, events: Iterator[Any], depth: int) -> YamlNode:
        self.count += 1
        if depth > MAX_DEPTH or self.count > MAX_NODES:
            raise NoPlace("the file is nested too deeply or too large to edit")
        kind = type(event).__name__
        start, end = event.start_mark.index, event.end_mark.index
        if kind == "ScalarEvent":
            style = event.style or ""
            return YamlNode("scalar", start, end, event.value, block_text=style in ("|", ">"),
                            quote=style if style in ("'", '"') else "")  # fmt: skip
        if kind == "AliasEvent":
            return YamlNode("alias", start, end, event.anchor)
        if kind == "MappingStartEvent":
            return self.mapping(event, events, depth)
        if kind == "SequenceStartEvent":
            return self.sequence(event, events, depth)
        raise NoPlace("the file cannot be read as YAML")

    def mapping(self, event: Any, events: Iterator[Any], depth: int) -> YamlNode:
        made = YamlNode("mapping", event.start_mark.index, event.end_mark.index)
        made.flow = bool(event.flow_style)
        for inner in events:
            if type(inner).__name__ == "MappingEndEvent":
                return self.closed(made, inner, [value for _, value in made.pairs])
            key = self.node(inner, events, depth + 1)
            value = self.node(next(events), events, depth + 1)
            if value.is_missing:
                value.start = value.end = self.text.find(":", key.end) + 1
            made.pairs.append((key, value))
        raise NoPlace("the file cannot be read as YAML")

    def sequence(self, event: Any, events: Iterator[Any], depth: int) -> YamlNode:
        made = YamlNode("sequence", event.start_mark.index, event.end_mark.index)
        made.flow = bool(event.flow_style)
        for inner in events:
            if type(inner).__name__ == "SequenceEndEvent":
                return self.closed(made, inner, made.items)
            item = self.node(inner, events, depth + 1)
            if item.is_missing:
                item.start = item.end = len(self.text[: item.start].rstrip())
            made.items.append(item)
        raise NoPlace("the file cannot be read as YAML")

    def closed(self, made: YamlNode, event: Any, children: list[YamlNode]) -> YamlNode:
        if made.flow:
            made.end = event.end_mark.index
        elif children:
            made.end = children[-1].end
            made.block_text = children[-1].block_text
            if children[-1].kind != "scalar" and not children[-1].flow:
                made.block_text = children[-1].block_text
        return made
