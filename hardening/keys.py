"""Stable names of findings: the same finding has the same key in the next run, and in a text
that other fixes have changed.

`RULE:PLACE:SUBJECT`, the last two six hexadecimal digits each. The place is the instruction that
the finding stands on (its text with white space folded, and which of its equals it is), so that
edits elsewhere in the file do not matter; in a changed text it is the *original* instruction.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from hashlib import sha256

from hardening.dockerfile.model import Dockerfile
from hardening.model import (
    ConfigPlace,
    FilePlace,
    Finding,
    ImagePathPlace,
    LayerPlace,
    PackagePlace,
    Place,
)
from hardening.origins import Origins
from hardening.subject import Subject

NEW_TEXT = "new"
"""Stands for the place of a finding on text that a fix put in."""


def digest(*parts: str) -> str:
    joined = "\0".join(parts).encode("utf-8", "surrogateescape")
    return sha256(joined).hexdigest()[:6]


def split_key(key: str) -> tuple[str, str, str]:
    """Rule, place and subject parts of a finding key."""
    rule, place, subject = key.rsplit(":", 2)
    return rule, place, subject


class Anchors:
    """Names the places of one original subject."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject

    @property
    def original(self) -> Subject:
        return self._subject

    @cached_property
    def _instructions(self) -> tuple[tuple[int, int, str], ...]:
        dockerfile = self._subject.dockerfile
        return tuple(_anchored_instructions(dockerfile)) if dockerfile else ()

    def name(self, place: Place, origins: Mapping[str, Origins] | None = None) -> str:
        """What identifies the place; NEW_TEXT for text that no original stands behind."""
        if isinstance(place, FilePlace):
            return self._file_name(place, origins)
        if isinstance(place, ImagePathPlace):
            return digest("path", self._layer_name(place.layer), place.path)
        if isinstance(place, LayerPlace):
            return digest("layer", self._layer_name(place.layer))
        if isinstance(place, PackagePlace):
            return digest("package", place.ecosystem, place.name)
        return digest("config", place.key) if isinstance(place, ConfigPlace) else NEW_TEXT

    def _layer_name(self, layer: int) -> str:
        image = self._subject.image
        if image is None or not 0 <= layer < len(image.layers):
            return str(layer)
        return image.layers[layer].diff_id

    def _file_name(self, place: FilePlace, origins: Mapping[str, Origins] | None) -> str:
        offset: int | None = place.span.start
        if origins is not None:
            if place.path not in origins:
                return NEW_TEXT
            offset = origins[place.path].original(place.span.start)
        if offset is None:
            return NEW_TEXT
        dockerfile = self._subject.dockerfile
        if dockerfile is None or place.path != dockerfile.path:
            return digest("file", place.path, str(_line(self._subject, place.path, offset)))
        index = bisect_left(self._instructions, offset, key=lambda one: one[1])
        for start, _, anchor in self._instructions[index : index + 1]:
            if start <= offset:
                return anchor
        return digest("line", str(dockerfile.line_at(offset)))


def _line(subject: Subject, path: str, offset: int) -> int:
    return subject.texts.get(path, "").count("\n", 0, offset) + 1


def _anchored_instructions(dockerfile: Dockerfile) -> Iterable[tuple[int, int, str]]:
    seen: Counter[str] = Counter()
    for instruction in dockerfile.instructions:
        text = " ".join(instruction.span.slice(dockerfile.text).split())
        seen[text] += 1
        yield instruction.span.start, instruction.span.end, digest(text, str(seen[text]))


def with_keys(
    findings: Iterable[Finding], anchors: Anchors, origins: Mapping[str, Origins] | None = None
) -> tuple[Finding, ...]:
    """The findings with their keys; equals are numbered in their order."""
    seen: Counter[str] = Counter()
    keyed = []
    for finding in findings:
        place = anchors.name(finding.places[0], origins)
        key = f"{finding.rule}:{place}:{digest(finding.subject)}"
        seen[key] += 1
        if seen[key] > 1:
            key = f"{key}.{seen[key]}"
        keyed.append(replace(finding, key=key))
    return tuple(keyed)
