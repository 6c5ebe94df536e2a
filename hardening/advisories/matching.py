"""Packages against the store: which vulnerabilities they have, each once.

Records that are aliases of each other become one row, led by the CVE. A record that covers several
vulnerabilities (`upstream`) becomes a row for each. Where a distribution has a record for each CVE,
its bundles (DSA, USN) add their ids and no rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from hardening.advisories.identity import Facts, Identity, read_facts
from hardening.advisories.lookup import Found, Hit, chunks, look_up, marks
from hardening.advisories.model import Matched, Rating, Target, Vulnerability
from hardening.advisories.risk import order, risk
from hardening.advisories.severity import UNRATED, urgency_rating
from hardening.advisories.store import Store
from hardening.advisories.versions import InvalidVersion, key_of, scheme_of

_PER_CVE = {"Debian": "DEBIAN-", "Ubuntu": "UBUNTU-", "Alpine": "ALPINE-"}
"""How a distribution calls its record of one CVE."""
_STREAMS = re.compile(r"(?:^|\s)([\w.+-]+:[\w.+-]*[\w+])(?=\s|,|$)", re.ASCII)
_NEGLIGIBLE = {"unimportant": "Debian calls it unimportant"}


def match(store: Store, targets: Iterable[Target]) -> Matched:
    """Vulnerabilities of the targets, in the order of `risk`. An ecosystem of which the store
    holds nothing is reported, never shown as clean."""
    found = look_up(store, targets)
    identity = Identity(store, {hit.advisory for hit in found.hits})
    rows: dict[tuple[Target, str], list[tuple[Hit, Facts]]] = {}
    named: dict[tuple[Target, str], set[str]] = {}
    for hit, facts, lead in _pairs(store, found, identity):
        if _is_superseded(found, identity, hit, facts, lead):
            named.setdefault((hit.target, lead), set()).add(facts.osv)
        else:
            rows.setdefault((hit.target, lead), []).append((hit, facts))
    scores = _Scores(store, identity.names)
    made = [
        _row(lead, group, named.get((target, lead), set()), identity, scores)
        for (target, lead), group in rows.items()
    ]
    unreadable = read_facts(store, {advisory for _, advisory in found.unreadable})
    return Matched(
        tuple(sorted(made, key=order)),
        tuple(sorted(found.unknown)),
        tuple(found.incomparable),
        tuple((target, unreadable[advisory].osv) for target, advisory in found.unreadable),
    )


def _pairs(store: Store, found: Found, identity: Identity) -> Iterator[tuple[Hit, Facts, str]]:
    for hit in found.hits:
        facts = identity.facts[hit.advisory]
        if hit.target.stream and _is_of_another_stream(hit, facts):
            continue
        for lead in identity.leads(facts):
            yield hit, facts, lead


def _is_of_another_stream(hit: Hit, facts: Facts) -> bool:
    """RPM advisories name the module that they mend in their summary: `nodejs:20 security update`.
    One of another stream says nothing about a package of this one."""
    streams = _STREAMS.findall(facts.summary)
    return bool(streams) and hit.target.stream not in streams


def _is_superseded(found: Found, identity: Identity, hit: Hit, facts: Facts, lead: str) -> bool:
    """Whether the distribution's own record of this CVE decides instead."""
    family = hit.target.ecosystem.partition(":")[0]
    own = _PER_CVE.get(family)
    if own is None or facts.osv.startswith(own):
        return False
    number = identity.number(own + lead)
    if number is None:
        return False
    return family != "Alpine" or (hit.target, number) in found.judged


def _row(
    lead: str,
    group: list[tuple[Hit, Facts]],
    named: set[str],
    identity: Identity,
    scores: _Scores,
) -> Vulnerability:
    if len(group) > 1:
        group.sort(key=_worth)
    hit, facts = group[0]
    rating = _rating(group, lead, identity)
    names = {name for _, one in group for name in (one.osv, *one.aliases)}
    names.update(named, identity.group(lead))
    kev, ransomware, epss = scores.of(lead, names)
    fixed = _highest(hit.target, [one.fixed for one, _ in group if one.fixed])
    hidden = [_hidden(one, record) for one, record in group]
    paid = _highest(hit.target, [one.paid for one, _ in group if one.paid])
    return Vulnerability(
        id=lead,
        package=hit.target.name,
        ecosystem=hit.target.ecosystem,
        installed=hit.target.version,
        fixed=fixed,
        rating=rating,
        advisory=facts.osv,
        aliases=tuple(sorted(names - {lead})),
        summary=facts.summary or next((one.summary for _, one in group if one.summary), ""),
        kev=kev,
        epss=epss,
        hidden=hidden[0] if all(hidden) else "",
        ransomware=ransomware,
        risk=risk(rating, epss=epss, kev=kev, ransomware=ransomware) if scores.has_epss else None,
        note=f"fixed in {paid} with {_offer(hit.target)}" if paid and not fixed else "",
        stream=hit.target.stream,
    )


def _offer(target: Target) -> str:
    ubuntu = target.ecosystem.startswith("Ubuntu")
    return "Ubuntu Pro" if ubuntu else "paid long-term support"


def _worth(pair: tuple[Hit, Facts]) -> tuple[bool, bool, str]:
    """The record that says most comes first: a fix, a rating."""
    hit, facts = pair
    return (not hit.fixed, facts.rating.severity is None, facts.osv)


def _rating(group: list[tuple[Hit, Facts]], lead: str, identity: Identity) -> Rating:
    for hit, _ in group:
        by_urgency = urgency_rating(hit.urgency)
        if by_urgency is not None:
            return by_urgency
    for _, facts in group:
        if facts.rating.severity is not None:
            return facts.rating
    return identity.rating(lead) or UNRATED


def _highest(target: Target, versions: list[str]) -> str:
    """Where records differ about the version that mends, the highest does for all of them."""
    if len(versions) < 2:
        return versions[0] if versions else ""
    scheme = scheme_of(target.ecosystem)
    if scheme is None:
        return versions[0]
    try:
        return max(versions, key=lambda one: key_of(scheme, one))
    except InvalidVersion:
        return versions[0]


def _hidden(hit: Hit, facts: Facts) -> str:
    if hit.urgency in _NEGLIGIBLE:
        return _NEGLIGIBLE[hit.urgency]
    if facts.rating.source == "Ubuntu" and facts.is_negligible:
        return "Ubuntu calls it negligible"
    return facts.hidden


@dataclass(frozen=True, slots=True, init=False)
class _Scores:
    """What KEV and EPSS say of the ids at hand."""

    kev: Mapping[str, bool]
    epss: Mapping[str, float]
    has_epss: bool

    def __init__(self, store: Store, names: Iterable[str]) -> None:
        known = store.connection.execute("SELECT cve, ransomware FROM kev")
        epss: dict[str, float] = {}
        has_epss = store.holds("epss")
        cves = sorted(one for one in set(names) if one.startswith("CVE-")) if has_epss else []
        for part in chunks(cves):
            query = f"SELECT cve, probability FROM epss WHERE cve IN ({marks(len(part))})"
            epss.update(store.connection.execute(query, part))
        object.__setattr__(self, "kev", {cve: bool(used) for cve, used in known})
        object.__setattr__(self, "epss", epss)
        object.__setattr__(self, "has_epss", has_epss)

    def of(self, lead: str, names: set[str]) -> tuple[bool, bool, float | None]:
        """Exploited, by ransomware, the highest probability of its ids."""
        if not self.kev and not self.epss:
            return False, False, None
        ids = {lead, *names}
        known = [self.kev[one] for one in ids if one in self.kev]
        likely = [self.epss[one] for one in ids if one in self.epss]
        return bool(known), any(known), max(likely, default=None)
