"""YAML from strangers: bounded before anything is built from it.

ruamel.yaml reads the events; depth, size and what aliases would expand to are counted on them
first, so that neither deep nesting nor an alias bomb costs more than reading the text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from hardening.errors import InputError

MAX_DEPTH = 60
MAX_NODES = 100_000
"""Nodes of one file with every alias counted as what it stands for."""

Value = str | int | float | bool | None | list["Value"] | dict[str, "Value"]


@dataclass(frozen=True, slots=True)
class Mapped:
    """A document: plain values, and the one-based line of each mapping key by its path."""

    value: Value
    lines: dict[tuple[str, ...], int] = field(default_factory=dict)


def read_yaml(text: str, name: str) -> Mapped:
    """The first document. Raises InputError with the line for anything wrong or too large."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        _measure(YAML(typ="safe", pure=True).parse(text), name)
        node = YAML(typ="safe", pure=True).compose(text)
        lines: dict[tuple[str, ...], int] = {}
        return Mapped(_plain(node, (), lines, _Budget(name)), lines)
    except YAMLError as error:
        raise InputError(
            f"{name} is not valid YAML", _where(error), "Correct the file, then try again."
        ) from None
    except (RecursionError, ValueError, UnicodeError):
        raise InputError(f"{name} is not valid YAML", "it cannot be read", "") from None


class _Budget:
    """What is left to build; merge keys and aliases spend it too."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._left = MAX_NODES

    def spend(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise _too_large(self._name)


def _measure(events: Iterator[Any], name: str) -> None:
    """Walk the events without recursion; raise InputError past a bound."""
    from ruamel.yaml.events import (
        AliasEvent,
        CollectionEndEvent,
        CollectionStartEvent,
        DocumentEndEvent,
        ScalarEvent,
    )

    sizes: dict[str, int] = {}
    open_nodes: list[tuple[str | None, int]] = []
    total = 0
    for event in events:
        if isinstance(event, AliasEvent):
            total += sizes.get(event.anchor, 1)
        elif isinstance(event, ScalarEvent):
            total += 1
            if event.anchor:
                sizes[event.anchor] = 1
        elif isinstance(event, CollectionStartEvent):
            total += 1
            open_nodes.append((event.anchor, total))
            if len(open_nodes) > MAX_DEPTH:
                raise InputError(
                    f"{name} is nested too deeply",
                    f"more than {MAX_DEPTH} levels at line {event.start_mark.line + 1}",
                    "",
                )
        elif isinstance(event, CollectionEndEvent):
            anchor, before = open_nodes.pop()
            if anchor:
                sizes[anchor] = total - before + 1
        elif isinstance(event, DocumentEndEvent):
            return
        if total > MAX_NODES:
            raise _too_large(name)


def _too_large(name: str) -> InputError:
    return InputError(
        f"{name} is too large",
        f"more than {MAX_NODES:,} values once its aliases are expanded",
        "",
    )


def _plain(
    node: Any, path: tuple[str, ...], lines: dict[tuple[str, ...], int], budget: _Budget
) -> Value:
    from ruamel.yaml.nodes import MappingNode, SequenceNode

    budget.spend()
    if node is None:
        return None
    if len(path) > MAX_DEPTH * 2:
        raise InputError("The YAML refers to itself", "an alias stands inside its own anchor", "")
    if isinstance(node, MappingNode):
        merged: dict[str, Value] = {}
        own: dict[str, Value] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value) if isinstance(key_node.value, str) else "?"
            if key == "<<":
                _merge(merged, _plain(value_node, (*path, key), lines, budget))
                continue
            lines.setdefault((*path, key), key_node.start_mark.line + 1)
            own[key] = _plain(value_node, (*path, key), lines, budget)
        return {**merged, **own}
    if isinstance(node, SequenceNode):
        return [
            _plain(one, (*path, str(index)), lines, budget) for index, one in enumerate(node.value)
        ]
    return _scalar(node)


def _merge(into: dict[str, Value], value: Value) -> None:
    """`<<`: a mapping, or a list of them of which an earlier one wins."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            for key, item in one.items():
                into.setdefault(key, item)


def _scalar(node: Any) -> Value:
    text = str(node.value)
    kind = str(node.tag).rpartition(":")[2]
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() in ("true", "yes", "on")
    try:
        if kind == "int":
            return int(text.replace("_", ""), 0)
        if kind == "float":
            return float(text)
    except ValueError:
        return text
    return text


def _where(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = str(getattr(error, "problem", "") or "it cannot be read").splitlines()[0]
    return f"line {mark.line + 1}: {problem}" if mark is not None else problem
