"""What an advisory says, and what it says about one package of an image."""

from __future__ import annotations

from dataclasses import dataclass, field

from hardening.model import Severity


@dataclass(frozen=True, slots=True)
class Interval:
    """Affected versions from `low` (None: from the first) up to `high` (None: no end known).
    `inclusive` says that `high` itself is affected (OSV `last_affected`)."""

    low: str | None
    high: str | None
    inclusive: bool = False


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
    informational: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """A package to match: the name and version that its advisories speak of."""

    ecosystem: str
    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Vulnerability:
    """One vulnerability of one package. `fixed` is the lowest version that mends it, "" when none
    is known. `advisory` is the record that says so; `hidden` gives the reason why the default
    view leaves it out ("" when it does not)."""

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


@dataclass(frozen=True, slots=True)
class Feed:
    """One source of the store: where it came from, when, how many records."""

    name: str
    records: int
    imported: str
    newest: str = ""
    licence: str = ""


@dataclass(frozen=True)
class Matched:
    """Vulnerabilities of a list of packages, and the ecosystems that could not be assessed."""

    vulnerabilities: tuple[Vulnerability, ...] = ()
    unknown_ecosystems: tuple[str, ...] = ()
    incomparable: tuple[Target, ...] = field(default=())
    """Packages whose version is none of its scheme."""
