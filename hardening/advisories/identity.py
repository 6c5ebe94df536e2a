"""Which ids mean the same vulnerability (OSV `aliases`: symmetric and transitive), and which of
them leads: CVE, GHSA, then the databases' own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from hardening.advisories.lookup import chunks, marks
from hardening.advisories.model import Rating
from hardening.advisories.store import Store, stored_rating
from hardening.model import Severity

_LEAD = ("CVE-", "GHSA-", "GO-", "PYSEC-", "RUSTSEC-", "MAL-")
_BUNDLES = (
    "DSA-", "DLA-", "USN-", "ALSA-", "ALBA-", "ALEA-", "RLSA-", "RXSA-", "RHSA-", "RHBA-", "RHEA-",
    "SUSE-", "openSUSE-", "MGASA-", "OESA-",
)  # fmt: skip
"""Advisories of many vulnerabilities; the older ones name them in `related`."""
_COLUMNS = "id, osv, severity, source, score, summary, hidden, aliases, upstream, related"
_Raw = tuple[int, str, int | None, str, float | None, str, str, str, str, str]


class Facts(NamedTuple):
    """What the store holds of one advisory. `covered` are the CVEs that it speaks of besides its
    own aliases."""

    osv: str
    rating: Rating
    summary: str
    hidden: str
    aliases: tuple[str, ...]
    upstream: tuple[str, ...]
    covered: tuple[str, ...]

    @property
    def is_negligible(self) -> bool:
        return self.rating.severity is Severity.INFO


def read_facts(store: Store, numbers: Iterable[int]) -> dict[int, Facts]:
    """The advisories of these row numbers."""
    found: dict[int, Facts] = {}
    for part in chunks(sorted(numbers)):
        query = f"SELECT {_COLUMNS} FROM adv WHERE id IN ({marks(len(part))})"
        found.update(_facts(row) for row in store.connection.execute(query, part))
    return found


def _facts(row: _Raw) -> tuple[int, Facts]:
    number, osv, severity, source, score, summary, hidden, aliases, upstream, related = row
    return number, Facts(
        osv,
        stored_rating(severity, source, score),
        summary,
        hidden,
        _split(aliases),
        _split(upstream),
        _covered(osv, upstream, related),
    )


def _covered(osv: str, upstream: str, related: str) -> tuple[str, ...]:
    if not upstream and not related:
        return ()
    names = _split(upstream)
    if related and osv.startswith(_BUNDLES):
        names += _split(related)
    return tuple(dict.fromkeys(one for one in names if one.startswith("CVE-")))


def _split(text: str) -> tuple[str, ...]:
    if not text:
        return ()
    return tuple(text.split("\n")) if "\n" in text else (text,)


class Identity:
    """The ids of the advisories that hit, joined with those of every record in the store that is
    another name of theirs."""

    def __init__(self, store: Store, advisories: set[int]) -> None:
        self.facts = read_facts(store, advisories)
        self._numbers: dict[str, int] = {one.osv: number for number, one in self.facts.items()}
        self._parent: dict[str, str] = {}
        self._rated: dict[str, list[tuple[str, Rating]]] = {}
        self._members: dict[str, set[str]] = {}
        for one in (*self.facts.values(), *self._related(store)):
            self._join(one)
        for name in list(self._parent):
            self._members.setdefault(self._find(name), set()).add(name)

    @property
    def names(self) -> Iterable[str]:
        covered = {name for one in self.facts.values() for name in one.covered}
        return covered | set(self._parent)

    def number(self, osv: str) -> int | None:
        """The row of a record that may stand for one that hit."""
        return self._numbers.get(osv)

    def group(self, name: str) -> set[str]:
        """Every id that means the same."""
        return self._members.get(self._find(name), {name})

    def leads(self, facts: Facts) -> tuple[str, ...]:
        """The ids under which it is shown: one, or one for each vulnerability that it covers."""
        own = self._lead(facts.osv)
        if own.startswith("CVE-") or not (facts.covered or facts.upstream):
            return (own,)
        known = [self._lead(one) for one in facts.upstream if self.number(one) is not None]
        cves = (*facts.covered, *(one for one in known if one.startswith("CVE-")))
        if cves:
            return tuple(dict.fromkeys(cves))
        leads = dict.fromkeys(self._lead(one) for one in facts.upstream)
        first = min(leads, key=_rank)
        if _rank(first) >= _rank(own):
            return (own,)
        kind = _rank(first)[0]
        return tuple(one for one in leads if one == first or _rank(one)[0] == kind < len(_LEAD))

    def rating(self, name: str) -> Rating | None:
        """The severest rating that another record of the same vulnerability gives."""
        rated = [one for member in sorted(self.group(name)) for one in self._rated.get(member, ())]
        if not rated:
            return None
        return max(rated, key=lambda one: (one[1].severity or 0, one[1].score or 0.0))[1]

    def _lead(self, name: str) -> str:
        return min(self.group(name), key=_rank)

    def _related(self, store: Store) -> Sequence[Facts]:
        """Records that these name or that name these, and the distribution's record of a CVE."""
        names = {
            name
            for one in self.facts.values()
            for name in (one.osv, *one.aliases, *one.covered, *one.upstream)
        }
        names |= {
            f"{prefix}{name}"
            for one in self.facts.values()
            if (prefix := _distribution_prefix(one.osv))
            for name in one.covered
        }
        named = "osv IN ({0})", sorted(names - self._numbers.keys())
        naming = "id IN (SELECT adv FROM alias WHERE ext IN ({0}))", sorted(names)
        others: dict[int, Facts] = {}
        for where, ids in (named, naming):
            for part in chunks(ids):
                query = f"SELECT {_COLUMNS} FROM adv WHERE {where.format(marks(len(part)))}"
                for row in store.connection.execute(query, part):
                    if row[0] not in self.facts and row[0] not in others:
                        others.update((_facts(row),))
        for number, one in others.items():
            self._numbers.setdefault(one.osv, number)
        return [one for _, one in sorted(others.items())]

    def _join(self, facts: Facts) -> None:
        root = self._find(facts.osv)
        for alias in facts.aliases:
            other = self._find(alias)
            if other != root:
                self._parent[other] = root
        if facts.rating.severity is not None:
            for name in (facts.osv, *facts.upstream):
                self._rated.setdefault(name, []).append((facts.osv, facts.rating))

    def _find(self, name: str) -> str:
        parent = self._parent.setdefault(name, name)
        while parent != name:
            grand = self._parent[parent]
            self._parent[name] = grand
            name, parent = parent, grand
        return name


def _distribution_prefix(osv: str) -> str:
    if osv.startswith(("DSA-", "DLA-")):
        return "DEBIAN-"
    if osv.startswith("USN-"):
        return "UBUNTU-"
    return "ALPINE-" if osv.startswith("SECDB-") else ""


@lru_cache(maxsize=8192)
def _rank(name: str) -> tuple[int, str]:
    for place, prefix in enumerate(_LEAD):
        if name.startswith(prefix):
            return place, name
    return len(_LEAD) + name.startswith("SECDB-"), name
