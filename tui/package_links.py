"""Packages and vulnerabilities ↔ layers, files and findings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hardening.model import Finding, PackagePlace
from tui.pointers import (
    FindingPointer,
    GroupPointer,
    LayerPointer,
    LinePointer,
    Links,
    PackagePointer,
    Pointer,
    VulnerabilityPointer,
)

if TYPE_CHECKING:
    from hardening.advisories.assessment import Assessment, Row
    from hardening.inventory.model import Inventory, Package


@dataclass(frozen=True, slots=True)
class Origins:
    """Where packages came from, and the findings that speak of them."""

    layers: frozenset[int] = frozenset()
    files: frozenset[tuple[int, str]] = frozenset()
    findings: frozenset[str] = frozenset()
    versions: frozenset[str] = frozenset()
    """Of those that only the image's configuration tells of."""


class PackageJoin:
    """Answers for one inventory, one assessment and one list of findings."""

    def __init__(
        self,
        inventory: Inventory | None,
        assessment: Assessment | None,
        findings: Iterable[Finding],
    ) -> None:
        self._packages: tuple[Package, ...] = () if inventory is None else inventory.packages
        self._rows: tuple[Row, ...] = () if assessment is None else assessment.rows
        self._numbers: dict[Package, int] = {one: n for n, one in enumerate(self._packages)}
        self._in_layer: dict[int, set[int]] = defaultdict(set)
        self._found: dict[int, set[int]] = defaultdict(set)
        """Package → its vulnerabilities."""
        named: dict[tuple[str, str], set[int]] = defaultdict(set)
        for number, one in enumerate(self._packages):
            if one.layer is not None:
                self._in_layer[one.layer].add(number)
            named[one.name, one.version].add(number)
            named[one.source_name, one.source_version].add(number)
        self._with: list[set[int]] = []
        """Vulnerability → the packages that have it."""
        for number, row in enumerate(self._rows):
            having = {self._numbers[one] for one in row.packages if one in self._numbers}
            self._with.append(having)
            for package in having:
                self._found[package].add(number)
        self._join_findings(findings, named)

    def _join_findings(
        self, findings: Iterable[Finding], named: dict[tuple[str, str], set[int]]
    ) -> None:
        self._of_finding: dict[str, set[int]] = {}
        self._speaking: dict[int, set[str]] = defaultdict(set)
        self._mentions: dict[str, frozenset[str]] = {}
        for finding in findings:
            numbers: set[int] = set()
            ids = set(finding.aliases)
            for place in finding.places:
                if isinstance(place, PackagePlace):
                    numbers |= named.get((place.name, place.version), set())
            for said in finding.evidence:
                if isinstance(said.place, PackagePlace):
                    ids.add(said.text.partition(" ")[0])
                    numbers |= named.get((said.place.name, said.place.version), set())
            if not numbers:
                continue
            self._of_finding[finding.key] = numbers
            self._mentions[finding.key] = frozenset(ids)
            for number in numbers:
                self._speaking[number].add(finding.key)

    def add_to(self, links: Links, pointer: Pointer) -> Links:
        """The links with the packages that belong to the pointer, and what is wrong with them."""
        match pointer:
            case PackagePointer(number=number):
                those = frozenset({number})
                found = self.found_in(those)
            case VulnerabilityPointer(number=number) if number < len(self._rows):
                those, found = self.packages_of(number), frozenset({number})
            case FindingPointer(key=key) if self.of_finding(key):
                those, found = self.of_finding(key), self.named_by(key)
            case GroupPointer(numbers=numbers, vulnerabilities=True):
                those = frozenset(n for one in numbers for n in self.packages_of(one))
                found = frozenset(numbers)
            case GroupPointer(numbers=numbers):
                those = frozenset(numbers)
                found = self.found_in(those)
            case LayerPointer() | LinePointer():
                those = self.packages_in(links.layers)
                found = self.found_in(those)
            case _:
                return links
        return replace(links, packages=those, vulnerabilities=found)

    def packages_in(self, layers: Iterable[int]) -> frozenset[int]:
        """Numbers of the packages that these layers brought."""
        return frozenset(n for layer in layers for n in self._in_layer.get(layer, ()))

    def packages_of(self, vulnerability: int) -> frozenset[int]:
        return frozenset(self._with[vulnerability] if vulnerability < len(self._with) else ())

    def found_in(self, packages: Iterable[int]) -> frozenset[int]:
        """Numbers of the vulnerabilities that any of these packages has."""
        return frozenset(n for package in packages for n in self._found.get(package, ()))

    def of_finding(self, key: str) -> frozenset[int]:
        """The packages that a finding speaks of."""
        return frozenset(self._of_finding.get(key, ()))

    def named_by(self, key: str) -> frozenset[int]:
        """The vulnerabilities that a finding names; all of its packages when it names none."""
        found = self.found_in(self._of_finding.get(key, ()))
        ids = self._mentions.get(key, frozenset())
        return frozenset(n for n in found if self._rows[n].vulnerability.id in ids) or found

    def of_package(self, number: int) -> Origins | None:
        """None when there is no such package."""
        if not 0 <= number < len(self._packages):
            return None
        return self._origins((number,), frozenset(self._speaking.get(number, ())))

    def of_vulnerability(self, number: int) -> Origins | None:
        """None when there is no such row."""
        if not 0 <= number < len(self._rows):
            return None
        packages = self._with[number]
        speaking = {key for one in packages for key in self._speaking.get(one, ())}
        name = self._rows[number].vulnerability.id
        exact = frozenset(key for key in speaking if name in self._mentions[key])
        return self._origins(packages, exact or frozenset(speaking))

    def of_group(self, group: GroupPointer) -> Origins:
        """Of all its members together; findings that name one of its vulnerabilities come before
        those that only speak of the same packages."""
        if not group.vulnerabilities:
            packages = {one for one in group.numbers if one < len(self._packages)}
            return self._origins(packages, self._speaking_of(packages))
        rows = [one for one in group.numbers if one < len(self._rows)]
        packages = {package for one in rows for package in self._with[one]}
        speaking = self._speaking_of(packages)
        names = {self._rows[one].vulnerability.id for one in rows}
        exact = frozenset(key for key in speaking if not names.isdisjoint(self._mentions[key]))
        return self._origins(packages, exact or speaking)

    def _speaking_of(self, packages: Iterable[int]) -> frozenset[str]:
        return frozenset(key for one in packages for key in self._speaking.get(one, ()))

    def _origins(self, packages: Iterable[int], findings: frozenset[str]) -> Origins:
        those = [self._packages[one] for one in packages]
        placed = [one for one in those if one.layer is not None]
        return Origins(
            frozenset(one.layer for one in placed if one.layer is not None),
            frozenset(
                (one.layer, one.path) for one in placed if one.layer is not None and one.path
            ),
            findings,
            frozenset(one.version for one in those if one.layer is None),
        )
