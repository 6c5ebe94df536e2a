"""Results about packages that our own assessment already tells: they join its findings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from hardening.imports.model import Result
from hardening.model import Finding
from hardening.subject import Subject

_RULES = ("vulnerable-package", "vulnerable-base", "vulnerability-without-fix", "malicious-package")


class KnownPackages:
    """The rows of an assessment by every name of vulnerability and package."""

    def __init__(self, subject: Subject, findings: Sequence[Finding]) -> None:
        self._rows = defaultdict[tuple[str, str], set[tuple[str, str]]](set)
        for row in subject.assessment.rows if subject.assessment is not None else ():
            one = row.vulnerability
            names = {one.package, *(package.name for package in row.packages)}
            for identifier in {one.id, one.advisory, *one.aliases}:
                for name in names:
                    self._rows[identifier, name.lower()].add((one.id, one.package))
        self._findings = defaultdict[tuple[str, str], set[int]](set)
        for number, finding in enumerate(findings):
            for evidence in finding.evidence if finding.rule in _RULES else ():
                words = evidence.text.split(" ", 3)
                if len(words) > 3:
                    self._findings[words[0], words[2]].add(number)

    def joins(self, result: Result) -> tuple[int, ...] | None:
        """Indices of the findings that already tell a result; empty when none lists it (it is
        mended, or one of too many to list). None when we do not know it."""
        if result.package is None:
            return None
        name = result.package[1].lower()
        rows = set[tuple[str, str]]()
        for identifier in (result.id, *result.aliases):
            rows |= self._rows.get((identifier, name), set())
        if not rows:
            return None
        return tuple(sorted({number for row in rows for number in self._findings.get(row, ())}))
