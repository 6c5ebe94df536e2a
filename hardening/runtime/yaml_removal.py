"""Taking one key out of a mapping of a YAML text, and nothing else."""

from __future__ import annotations

from hardening.model import Span
from hardening.runtime.yaml_places import NoPlace, YamlNode


def removed_key(text: str, mapping: YamlNode, key: str) -> Span:
    """What to delete: the lines of a block key, the part of a flow mapping with one comma.

    Raises NoPlace when the key is not the mapping's own, or its value is not a plain one.
    """
    numbers = [at for at, (name, _) in enumerate(mapping.pairs) if name.value == key]
    if len(numbers) != 1:
        raise NoPlace(f"{key} is not written in the service itself")
    if len(mapping.pairs) == 1:
        raise NoPlace(f"{key} is all that the service says")
    at = numbers[0]
    name, value = mapping.pairs[at]
    if value.kind not in ("scalar", "alias") or value.block_text:
        raise NoPlace("its value is not a plain one")
    if mapping.flow:
        return _part(text, mapping, at)
    start = text.rfind("\n", 0, name.start) + 1
    if text[start : name.start].strip(" "):
        raise NoPlace(f"{key} does not stand on a line of its own")
    newline = text.find("\n", value.end)
    if newline >= 0:
        return Span(start, newline + 1)
    return Span(len(text[:start].rstrip("\r\n")), len(text))


def _part(text: str, mapping: YamlNode, at: int) -> Span:
    name, value = mapping.pairs[at]
    if at:
        span = Span(mapping.pairs[at - 1][1].end, value.end)
    else:
        span = Span(name.start, mapping.pairs[1][0].start)
    if "#" in text[span.start : span.end]:
        raise NoPlace("a comment stands beside it")
    return span
