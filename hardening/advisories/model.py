"""What an advisory says, and what it says about one package of an image."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from hardening.model import Severity


class Bound(IntEnum):
    """What the upper end of an interval is (OSV events)."""

    FIXED = 0
    LAST_AFFECTED = 1
    LIMIT = 2


@dataclass(frozen=True, slots=True)
class Interval:
    """Affected versions from `low` (None: from the first) up to `high` (None: no end known).
    `high` itself is affected when `bound` says LAST_AFFECTED; it mends when it says FIXED."""

    low: str | None
    high: str | None
    bound: Bound = Bound.FIXED


@dataclass(frozen=True, slots=True)
class Affected:
    """One package of an advisory. `versions` are exact versions, used where no interval answers."""

    ecosystem: str
    name: str
    intervals: tuple[Interval, ...] = ()
    versions: tuple[str, ...] = ()
    urgency: str = ""


@dataclass(frozen=True, slots=True)
class Rating:
    """A severity and who said so. `score` is the CVSS base score, None where there is none.
    `severity` None means that nobody rated it."""

    severity: Severity | None
    source: str = ""
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One OSV record (ossf.github.io/osv-schema), reduced to what matching and showing need."""

    id: str
    modified: str
    summary: str
    rating: Rating
    aliases: tuple[str, ...] = ()
    upstream: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    affected: tuple[Affected, ...] = ()
    hidden: str = ""
    """Why the default view leaves it out, "" when it does not."""

    @property
    def weight(self) -> int:
        """Rows that it takes in a store, about."""
        return sum(2 + len(one.intervals) + len(one.versions) for one in self.affected)


class Target(NamedTuple):
    """A package to match: the name and version that its advisories speak of. `stream` is the RPM
    module that built it (`nodejs:18`), "" for none or an unknown one."""

    ecosystem: str
    name: str
    version: str
    stream: str = ""


@dataclass(frozen=True, slots=True)
class Vulnerability:
    """One vulnerability of one package. `fixed` is the lowest version that mends it, "" when none
    is known. `advisory` is the record that says so; `hidden` gives the reason why the default
    view leaves it out ("" when it does not). `risk` is 0 to 100 (see `risk`), None without EPSS
    data. `note` says what else to know ("fixed in X with Ubuntu Pro"); `stream` is its target's."""

    id: str
    package: str
    ecosystem: str
    installed: str
    fixed: str
    rating: Rating
    advisory: str
    aliases: tuple[str, ...] = ()
    summary: str = ""
    kev: bool = False
    epss: float | None = None
    hidden: str = ""
    ransomware: bool = False
    risk: float | None = None
    note: str = ""
    stream: str = ""

    @property
    def target(self) -> Target:
        """What was looked up."""
        return Target(self.ecosystem, self.package, self.installed, self.stream)


@dataclass(frozen=True, slots=True)
class Feed:
    """One source of the store: where it came from, when, how many records. `imported` and `newest`
    (its newest record) are ISO 8601; `etag` is what its server called this version. `releases` are
    those whose records were kept, empty for all."""

    name: str
    records: int
    imported: str
    newest: str = ""
    licence: str = ""
    etag: str = ""
    releases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Matched:
    """Vulnerabilities of a list of packages, and the ecosystems that could not be assessed."""

    vulnerabilities: tuple[Vulnerability, ...] = ()
    unknown_ecosystems: tuple[str, ...] = ()
    incomparable: tuple[Target, ...] = field(default=())
    """Packages whose version is none of its scheme."""
    unreadable: tuple[tuple[Target, str], ...] = ()
    """Advisories whose ranges are no versions of the scheme, each with the package they name."""
