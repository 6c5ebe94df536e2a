"""Packages against the store: which vulnerabilities they have, each once.

An advisory that bundles several CVEs (`upstream`) becomes one row per CVE; records that are aliases
of each other become one, led by the CVE.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hardening.advisories.model import Interval, Matched, Rating, Target, Vulnerability
from hardening.advisories.severity import urgency_rating
from hardening.advisories.store import ALIAS, RELATED, UPSTREAM, Store, stored_rating
from hardening.advisories.versions import InvalidVersion, key_of, scheme_of

_BUNDLES = ("DSA-", "DLA-", "USN-", "ALSA-", "RLSA-", "RHSA-", "SUSE-", "openSUSE-")
_LEAD = ("CVE-", "GHSA-", "GO-", "PYSEC-", "RUSTSEC-", "MAL-")
_HIDDEN_SOURCES = {"linux", "kernel-headers", "linux-libc-dev"}


@dataclass(frozen=True, slots=True)
class _Hit:
    """One advisory that affects one target."""

    advisory: int
    target: Target
    fixed: str
    urgency: str


def match(store: Store, targets: Iterable[Target]) -> Matched:
    """Vulnerabilities of the targets, severest first. An ecosystem of which the store holds nothing
    is reported, never shown as clean."""
    known = store.ecosystems()
    bases = {name.partition(":")[0] for name in known}
    hits: list[_Hit] = []
    unknown: set[str] = set()
    incomparable: list[Target] = []
    for ecosystem, group in _by_ecosystem(targets).items():
        covered = ecosystem in known or (":" not in ecosystem and ecosystem in bases)
        scheme = scheme_of(ecosystem)
        if not covered or scheme is None:
            unknown.add(ecosystem)
            continue
        for target in group:
            hits.extend(_hits(store, scheme, target, incomparable))
    rows = _vulnerabilities(store, hits)
    return Matched(rows, tuple(sorted(unknown)), tuple(incomparable))


def _by_ecosystem(targets: Iterable[Target]) -> dict[str, list[Target]]:
    groups: dict[str, list[Target]] = {}
    for target in dict.fromkeys(targets):
        groups.setdefault(target.ecosystem, []).append(target)
    return groups


def _hits(store: Store, scheme: str, target: Target, incomparable: list[Target]) -> Iterable[_Hit]:
    ids = store.ids(target.ecosystem)
    marks = ",".join("?" * len(ids))
    ranges = store.connection.execute(
        f"SELECT adv, lo, hi, incl, urgency FROM rng WHERE eco IN ({marks}) AND name = ?",
        (*ids, target.name),
    ).fetchall()
    exact = store.connection.execute(
        f"SELECT adv FROM ver WHERE eco IN ({marks}) AND name = ? AND v = ?",
        (*ids, target.name, target.version),
    ).fetchall()
    by_advisory: dict[int, list[tuple[Interval, str]]] = {}
    for advisory, low, high, inclusive, urgency in ranges:
        interval = Interval(low, high, bool(inclusive))
        by_advisory.setdefault(advisory, []).append((interval, urgency))
    found: dict[int, _Hit] = {}
    for advisory, intervals in by_advisory.items():
        hit = _affects(scheme, target, [one for one, _ in intervals])
        if hit is None:
            incomparable.append(target)
            break
        if hit[0]:
            found[advisory] = _Hit(advisory, target, hit[1], intervals[0][1])
    for (advisory,) in exact:
        if advisory not in found:
            fixed = _fix_after([one for one, _ in by_advisory.get(advisory, [])])
            found[advisory] = _Hit(advisory, target, fixed, "")
    return found.values()


def _affects(scheme: str, target: Target, intervals: Sequence[Interval]) -> tuple[bool, str] | None:
    """Whether an interval holds the version, and the version that ends it; None when the version
    cannot be compared."""
    try:
        version = key_of(scheme, target.version)
        for one in intervals:
            if one.low is not None and version < key_of(scheme, one.low):
                continue
            if one.high is None:
                return True, ""
            high = key_of(scheme, one.high)
            if version < high or (one.inclusive and version == high):
                return True, "" if one.inclusive else one.high
    except InvalidVersion:
        return None
    return False, ""


def _fix_after(intervals: Sequence[Interval]) -> str:
    ends = [one.high for one in intervals if one.high and not one.inclusive]
    return ends[-1] if ends else ""


def _vulnerabilities(store: Store, hits: Sequence[_Hit]) -> tuple[Vulnerability, ...]:
    advisories = _advisories(store, {hit.advisory for hit in hits})
    rows: dict[tuple[str, str, str], Vulnerability] = {}
    for hit in hits:
        facts = advisories[hit.advisory]
        for identifier in facts.leads():
            row = _row(store, hit, facts, identifier)
            key = (row.ecosystem, row.package, row.id)
            rows[key] = row if key not in rows else _better(rows[key], row)
    return tuple(sorted(rows.values(), key=_order))


def _row(store: Store, hit: _Hit, facts: _Facts, identifier: str) -> Vulnerability:
    rating = urgency_rating(hit.urgency) or facts.rating
    if rating.severity is None:
        rating = _alias_rating(store, identifier) or rating
    kev = store.connection.execute("SELECT 1 FROM kev WHERE cve = ?", (identifier,)).fetchone()
    epss = store.connection.execute(
        "SELECT probability FROM epss WHERE cve = ?", (identifier,)
    ).fetchone()
    aliases = {facts.osv, *facts.aliases} - {identifier}
    return Vulnerability(
        id=identifier,
        package=hit.target.name,
        ecosystem=hit.target.ecosystem,
        installed=hit.target.version,
        fixed=hit.fixed,
        rating=rating,
        advisory=facts.osv,
        aliases=tuple(sorted(aliases)),
        summary=facts.summary,
        kev=kev is not None,
        epss=None if epss is None else float(epss[0]),
        hidden=_hidden(hit, facts),
    )


def _hidden(hit: _Hit, facts: _Facts) -> str:
    if hit.urgency == "unimportant":
        return "Debian calls it unimportant"
    if hit.target.name in _HIDDEN_SOURCES:
        return "kernel headers: the kernel is the host's"
    return "informational, not a vulnerability" if facts.informational else ""


def _alias_rating(store: Store, identifier: str) -> Rating | None:
    """The rating of another record of the same vulnerability."""
    row = store.connection.execute(
        "SELECT severity, source, score FROM adv WHERE severity IS NOT NULL AND (osv = ? OR id IN"
        " (SELECT adv FROM alias WHERE ext = ? AND kind IN (0, 1))) LIMIT 1",
        (identifier, identifier),
    ).fetchone()
    return None if row is None else stored_rating(*row)


def _better(left: Vulnerability, right: Vulnerability) -> Vulnerability:
    """Of two records of one vulnerability, the one that says more: a fix, then a rating."""
    return max(left, right, key=lambda one: (bool(one.fixed), one.rating.severity is not None))


def _order(row: Vulnerability) -> tuple[bool, float, str, str]:
    """Exploited first, then by severity; unrated between medium and low."""
    severity = 1.5 if row.rating.severity is None else float(row.rating.severity)
    return (not row.kev, -severity, row.package, row.id)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the store holds of one advisory."""

    osv: str
    rating: Rating
    summary: str
    informational: bool
    aliases: tuple[str, ...]
    upstream: tuple[str, ...]
    related: tuple[str, ...]

    def leads(self) -> tuple[str, ...]:
        """The ids that this advisory stands for: its CVEs when it is a bundle, else its best id."""
        if self.osv.startswith(_BUNDLES):
            covered = [one for one in (*self.upstream, *self.related) if one.startswith("CVE-")]
            return tuple(dict.fromkeys(covered)) or (self.osv,)
        names = (*self.aliases, *self.upstream, self.osv)
        for prefix in _LEAD:
            for name in names:
                if name.startswith(prefix):
                    return (name,)
        return (self.osv,)


def _advisories(store: Store, numbers: set[int]) -> Mapping[int, _Facts]:
    found: dict[int, _Facts] = {}
    for number in numbers:
        row = store.connection.execute(
            "SELECT osv, severity, source, score, summary, informational FROM adv WHERE id = ?",
            (number,),
        ).fetchone()
        links = store.connection.execute(
            "SELECT ext, kind FROM alias WHERE adv = ? ORDER BY ext", (number,)
        ).fetchall()
        osv, severity, source, score, summary, informational = row
        found[number] = _Facts(
            osv,
            stored_rating(severity, source, score),
            summary,
            bool(informational),
            tuple(ext for ext, kind in links if kind == ALIAS),
            tuple(ext for ext, kind in links if kind == UPSTREAM),
            tuple(ext for ext, kind in links if kind == RELATED),
        )
    return found
