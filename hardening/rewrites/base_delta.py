"""What moving to another base does to the known vulnerabilities: a comparison of two assessments
made with the same data. What was not read is None, never zero."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hardening.advisories.assessment import Assessment, Row
from hardening.advisories.model import Vulnerability
from hardening.image.model import Origin
from hardening.model import Severity

UNRATED = "unrated"


@dataclass(frozen=True, slots=True)
class Numbers:
    """Vulnerabilities that the default view shows, each counted once for each source package.
    `hidden` were left out, `fixable` have a version that mends them."""

    found: tuple[Vulnerability, ...]
    hidden: int = 0

    @property
    def total(self) -> int:
        return len(self.found)

    @property
    def fixable(self) -> int:
        return sum(bool(one.fixed) for one in self.found)

    def by_severity(self) -> Mapping[str, int]:
        """Severity word to count, severest first; every word is there."""
        return by_severity(self.found)


@dataclass(frozen=True, slots=True)
class Delta:
    """What a move mends, what it brings, and what stays."""

    fixed: tuple[Vulnerability, ...]
    brought: tuple[Vulnerability, ...]
    remaining: tuple[Vulnerability, ...]


def by_severity(found: Iterable[Vulnerability]) -> Mapping[str, int]:
    counts = Counter(
        UNRATED if one.rating.severity is None else one.rating.severity.label for one in found
    )
    words = [one.label for one in sorted(Severity, reverse=True)]
    return {word: counts[word] for word in (*words, UNRATED)}


def numbers(assessment: Assessment | None, *, origins: Iterable[Origin]) -> Numbers | None:
    """Of the packages whose layers are of these origins; None when nothing was looked up."""
    if assessment is None or not assessment.assessed:
        return None
    wanted = frozenset(origins)
    rows = [row for row in assessment.rows if any(one.base in wanted for one in row.packages)]
    shown = tuple(row.vulnerability for row in rows if not row.vulnerability.hidden)
    return Numbers(shown, len(rows) - len(shown))


def base_numbers(assessment: Assessment | None) -> Numbers | None:
    """Of what the base of an image brings. None as well when no package is known to be the
    base's while some may be: that says nothing about the base."""
    found = numbers(assessment, origins=(Origin.BASE,))
    if found is None or assessment is None or found.total or found.hidden:
        return found
    return None if any(_is_unclear(row) for row in assessment.rows) else found


def _is_unclear(row: Row) -> bool:
    return any(one.base is Origin.UNKNOWN for one in row.packages)


def whole_numbers(assessment: Assessment | None) -> Numbers | None:
    """Of everything in an image: for an image that is a base itself."""
    return numbers(assessment, origins=Origin)


def delta(old: Numbers, new: Numbers) -> Delta:
    """Compared by vulnerability and source package; a distribution's releases count as one."""
    before = {_key(one): one for one in old.found}
    after = {_key(one): one for one in new.found}
    return Delta(
        tuple(one for key, one in before.items() if key not in after),
        tuple(one for key, one in after.items() if key not in before),
        tuple(one for key, one in after.items() if key in before),
    )


def _key(one: Vulnerability) -> tuple[str, str, str]:
    return one.ecosystem.partition(":")[0], one.package, one.id
