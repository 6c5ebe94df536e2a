"""What belongs together: Dockerfile line ↔ layer ↔ file ↔ finding ↔ secret ↔ package.

A `Pointer` says what the cursor is on; `Join.links` answers what the other panes show with it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hardening.image.model import Image, Origin
from hardening.model import (
    ConfigPlace,
    FilePlace,
    Finding,
    ImagePathPlace,
    LayerPlace,
    PackagePlace,
    Place,
)
from hardening.secrets.model import Secret
from tui.package_links import Origins, PackageJoin
from tui.pointers import (
    FilePointer,
    FindingPointer,
    GroupPointer,
    LayerPointer,
    LinePointer,
    Links,
    PackagePointer,
    Pointer,
    SecretPointer,
    VulnerabilityPointer,
)

if TYPE_CHECKING:
    from hardening.dockerfile.model import Dockerfile
    from hardening.subject import Subject

_HISTORY = re.compile(r"history\[(\d+)\]")


@dataclass(slots=True)
class _Anchors:
    lines: set[tuple[str, int]] = field(default_factory=set)
    layers: set[int] = field(default_factory=set)
    files: set[tuple[int, str]] = field(default_factory=set)


def _from_of(dockerfile: Dockerfile) -> int | None:
    """Index of the FROM that names the base image of what ships."""
    stage = dockerfile.final_stage
    return None if stage is None else dockerfile.chain(stage)[0].origin.index


class Join:
    """Answers `links` for one state of the text, the findings, the image and the secrets."""

    def __init__(
        self,
        dockerfile: Dockerfile | None,
        image: Image | None,
        findings: Iterable[Finding],
        secrets: Iterable[Secret],
        packages: PackageJoin | None = None,
    ) -> None:
        self.packages = packages or PackageJoin(None, None, ())
        self.path = dockerfile.path if dockerfile is not None else ""
        self.dockerfile = dockerfile
        self.image = image
        self._spans = self._instruction_lines(dockerfile)
        self._layer_lines: dict[int, tuple[int, ...]] = {}
        self._line_layers: dict[int, list[int]] = defaultdict(list)
        if dockerfile is not None and image is not None:
            self._attribute(dockerfile, image)
        self.by_key: dict[str, _Anchors] = {}
        self.by_secret: list[_Anchors] = []
        self._findings_at_line: dict[tuple[str, int], set[str]] = defaultdict(set)
        self._findings_in_layer: dict[int, set[str]] = defaultdict(set)
        self._findings_of_file: dict[str, set[str]] = defaultdict(set)
        self._secrets_at_line: dict[tuple[str, int], set[int]] = defaultdict(set)
        self._secrets_in_layer: dict[int, set[int]] = defaultdict(set)
        self._secrets_of_file: dict[str, set[int]] = defaultdict(set)
        for finding in findings:
            self._add_finding(finding)
        for index, secret in enumerate(secrets):
            self._add_secret(index, secret)

    @staticmethod
    def _instruction_lines(dockerfile: Dockerfile | None) -> dict[int, range]:
        spans: dict[int, range] = {}
        for one in dockerfile.instructions if dockerfile is not None else ():
            lines = range(one.start_line, one.end_line + 1)
            spans.update(dict.fromkeys(lines, lines))
        return spans

    def _attribute(self, dockerfile: Dockerfile, image: Image) -> None:
        origin = _from_of(dockerfile)
        for layer in image.layers:
            number = layer.attribution.instruction
            if number is None and layer.attribution.origin is Origin.BASE:
                number = origin
            if number is None or not 0 <= number < len(dockerfile.instructions):
                continue
            one = dockerfile.instructions[number]
            lines = tuple(range(one.start_line, one.end_line + 1))
            self._layer_lines[layer.index] = lines
            for line in lines:
                self._line_layers[line].append(layer.index)

    def _add_finding(self, finding: Finding) -> None:
        anchors = self._anchors(finding.places)
        self.by_key[finding.key] = anchors
        for at in anchors.lines:
            self._findings_at_line[at].add(finding.key)
        for layer in anchors.layers:
            self._findings_in_layer[layer].add(finding.key)
        for _, path in anchors.files:
            self._findings_of_file[path].add(finding.key)

    def _add_secret(self, index: int, secret: Secret) -> None:
        anchors = self._anchors(secret.places)
        if secret.life.added is not None:
            anchors.layers.add(secret.life.added)
        self.by_secret.append(anchors)
        for at in anchors.lines:
            self._secrets_at_line[at].add(index)
        for layer in anchors.layers:
            self._secrets_in_layer[layer].add(index)
        for _, path in anchors.files:
            self._secrets_of_file[path].add(index)

    def _anchors(self, places: Iterable[Place]) -> _Anchors:
        found = _Anchors()
        for place in places:
            match place:
                case FilePlace(path=path, start_line=first, end_line=last):
                    found.lines.update((path, line) for line in range(first, last + 1))
                case LayerPlace(layer=layer):
                    found.layers.add(layer)
                case ImagePathPlace(layer=layer, path=path):
                    found.layers.add(layer)
                    found.files.add((layer, path))
                case PackagePlace(layer=layer) if layer is not None:
                    found.layers.add(layer)
                case ConfigPlace(key=key):
                    found.layers.update(self._layer_of_history(key))
        return found

    def _layer_of_history(self, key: str) -> tuple[int, ...]:
        match = _HISTORY.search(key)
        if match is None or self.image is None:
            return ()
        number = int(match.group(1))
        if number >= len(self.image.history):
            return ()
        layer = self.image.history[number].layer
        return () if layer is None else (layer,)

    def links(self, pointer: Pointer) -> Links:
        """What the other panes show for this pointer. An unknown pointer has no links."""
        return self.packages.add_to(self._links(pointer), pointer)

    def _links(self, pointer: Pointer) -> Links:
        match pointer:
            case LinePointer(path=path, line=line):
                return self._from_line(path, line)
            case LayerPointer(layer=layer):
                return self._from_layer(layer)
            case FindingPointer(key=key):
                anchors = self.by_key.get(key)
                return Links() if anchors is None else self._from_anchors(anchors, finding=key)
            case SecretPointer(index=index):
                if not 0 <= index < len(self.by_secret):
                    return Links()
                return self._from_anchors(self.by_secret[index], secret=index)
            case FilePointer(layer=layer, path=path):
                return self._from_file(layer, path)
            case PackagePointer(number=number):
                return self._from_origins(self.packages.of_package(number))
            case VulnerabilityPointer(number=number):
                return self._from_origins(self.packages.of_vulnerability(number))
            case GroupPointer():
                return self._from_origins(self.packages.of_group(pointer))

    def _from_origins(self, origins: Origins | None) -> Links:
        """What brought a package: its layers, their lines, the file that says so."""
        if origins is None:
            return Links()
        layers = tuple(sorted(origins.layers))
        found = {n for one in layers for n in self._layer_lines.get(one, ())}
        found.update(self._lines_without_layer(origins))
        lines = tuple(sorted(found))
        return Links(
            self.path, lines, layers, origins.findings, files=tuple(sorted(origins.files))
        )  # fmt: skip

    def _lines_without_layer(self, origins: Origins) -> Iterator[int]:
        """Lines that set what only the image's configuration tells of; what no ENV of this file
        sets came with the base."""
        if self.dockerfile is None:
            return
        text, instructions = self.dockerfile.text, self.dockerfile.instructions
        origin = _from_of(self.dockerfile)
        for version in origins.versions:
            setting = [one for one in instructions if one.keyword == "ENV"]
            naming = [one for one in setting if version in one.span.slice(text)]
            if not naming and origin is not None:
                naming = [instructions[origin]]
            for one in naming:
                yield from range(one.start_line, one.end_line + 1)

    def lines_of_layer(self, layer: int) -> tuple[int, ...]:
        """One-based lines of the instruction that made a layer."""
        return self._layer_lines.get(layer, ())

    def _from_line(self, path: str, line: int) -> Links:
        lines = tuple(self._spans.get(line, (line,))) if path == self.path else (line,)
        layers = self._layers_of(path, lines)
        findings = set(self._findings_at_line.get((path, line), ()))
        for one in lines:
            findings |= self._findings_at_line.get((path, one), set())
        secrets: set[int] = set()
        for one in lines:
            secrets |= self._secrets_at_line.get((path, one), set())
        for layer in layers:
            secrets |= self._secrets_in_layer.get(layer, set())
        return Links(path, lines, layers, frozenset(findings), frozenset(secrets))

    def _from_layer(self, layer: int) -> Links:
        lines = self._layer_lines.get(layer, ())
        findings = set(self._findings_in_layer.get(layer, ()))
        for line in lines:
            findings |= self._findings_at_line.get((self.path, line), set())
        secrets = self._secrets_in_layer.get(layer, set())
        return Links(self.path, lines, (layer,), frozenset(findings), frozenset(secrets))

    def _from_file(self, layer: int, path: str) -> Links:
        findings = self._findings_of_file.get(path, set())
        secrets = self._secrets_of_file.get(path, set())
        lines = self._layer_lines.get(layer, ())
        return Links(
            self.path, lines, (layer,), frozenset(findings), frozenset(secrets), ((layer, path),)
        )

    def _from_anchors(
        self, anchors: _Anchors, *, finding: str | None = None, secret: int | None = None
    ) -> Links:
        path, lines = self._lines_of(anchors)
        layers = tuple(sorted(anchors.layers)) or self._layers_of(path, lines)
        if not lines:
            lines = tuple(sorted({n for one in layers for n in self._layer_lines.get(one, ())}))
            path = self.path
        findings = {finding} if finding is not None else self._findings_with(anchors, path, lines)
        secrets = {secret} if secret is not None else self._secrets_with(anchors)
        files = tuple(sorted(anchors.files))
        return Links(path, lines, layers, frozenset(findings), frozenset(secrets), files)

    def _lines_of(self, anchors: _Anchors) -> tuple[str, tuple[int, ...]]:
        """Lines of one file: the Dockerfile when it is among them."""
        paths = {path for path, _ in anchors.lines}
        path = self.path if self.path in paths or not paths else min(paths)
        return path, tuple(sorted(line for one, line in anchors.lines if one == path))

    def _layers_of(self, path: str, lines: Iterable[int]) -> tuple[int, ...]:
        if path != self.path:
            return ()
        return tuple(sorted({n for line in lines for n in self._line_layers.get(line, ())}))

    def _findings_with(self, anchors: _Anchors, path: str, lines: Iterable[int]) -> set[str]:
        found: set[str] = set()
        for _, file in anchors.files:
            found |= self._findings_of_file.get(file, set())
        if found:
            return found
        for line in lines:
            found |= self._findings_at_line.get((path, line), set())
        return found

    def _secrets_with(self, anchors: _Anchors) -> set[int]:
        found: set[int] = set()
        for _, file in anchors.files:
            found |= self._secrets_of_file.get(file, set())
        for at in anchors.lines:
            found |= self._secrets_at_line.get(at, set())
        return found

    def line_of_finding(self, key: str) -> tuple[str, int] | None:
        """File and first line of a finding, None when it is not in a file."""
        anchors = self.by_key.get(key)
        if anchors is None or not anchors.lines:
            return None
        path, lines = self._lines_of(anchors)
        return path, lines[0]

    def findings_at(self, path: str, line: int) -> frozenset[str]:
        """Keys of the findings whose places cover this line."""
        return frozenset(self._findings_at_line.get((path, line), ()))

    def lines_of(self, key: str, path: str) -> tuple[int, ...]:
        """One-based lines of a file that a finding covers."""
        anchors = self.by_key.get(key)
        if anchors is None:
            return ()
        return tuple(sorted(line for one, line in anchors.lines if one == path))


def join_of(
    subject: Subject | None,
    findings: Iterable[Finding],
    secrets: Iterable[Secret],
    about_packages: Iterable[Finding],
) -> Join:
    """The join of a subject; `about_packages` are asked for what they say of packages, mended ones
    too."""
    if subject is None:
        return Join(None, None, findings, secrets)
    packages = PackageJoin(subject.inventory, subject.assessment, about_packages)
    return Join(subject.dockerfile, subject.image, findings, secrets, packages)
