"""What the cursor is on, and what the other panes show with it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LinePointer:
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class LayerPointer:
    layer: int


@dataclass(frozen=True, slots=True)
class FindingPointer:
    key: str


@dataclass(frozen=True, slots=True)
class SecretPointer:
    index: int


@dataclass(frozen=True, slots=True)
class FilePointer:
    layer: int
    path: str


@dataclass(frozen=True, slots=True)
class PackagePointer:
    """A package, by its place in the inventory."""

    number: int


@dataclass(frozen=True, slots=True)
class VulnerabilityPointer:
    """A row of the assessment, by its place there."""

    number: int


@dataclass(frozen=True, slots=True)
class GroupPointer:
    """A group of packages, or (`vulnerabilities`) of rows of the assessment."""

    title: str
    numbers: tuple[int, ...]
    vulnerabilities: bool


Pointer = (
    LinePointer
    | LayerPointer
    | FindingPointer
    | SecretPointer
    | FilePointer
    | PackagePointer
    | VulnerabilityPointer
    | GroupPointer
)


@dataclass(frozen=True, slots=True)
class Links:
    """What a pointer leads to. Lines are one-based lines of `path`; sets may be empty."""

    path: str = ""
    lines: tuple[int, ...] = ()
    layers: tuple[int, ...] = ()
    findings: frozenset[str] = frozenset()
    secrets: frozenset[int] = frozenset()
    files: tuple[tuple[int, str], ...] = ()
    packages: frozenset[int] = frozenset()
    vulnerabilities: frozenset[int] = frozenset()
