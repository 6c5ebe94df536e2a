"""Where the data comes from: OSV's bulk zips for each ecosystem, Alpine's secdb for each of its
releases, CISA's KEV, FIRST's EPSS, endoflife.date."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import quote

from hardening.advisories.importing import EPSS, KEV, LIFE
from hardening.errors import UsageError
from hardening.facts.eol import releases

OSV = "https://osv-vulnerabilities.storage.googleapis.com"
SECDB = "https://secdb.alpinelinux.org"
TABLES = {
    KEV: "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json",
    EPSS: "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz",
    LIFE: "https://endoflife.date/api/v1/products/full",
}
ECOSYSTEMS = ("Alpine", "AlmaLinux", "Debian", "Go", "Maven", "NuGet", "Packagist", "PyPI",
              "Red Hat", "Rocky Linux", "RubyGems", "SUSE", "Ubuntu", "Wolfi", "npm",
              "Azure Linux", "Chainguard", "openSUSE", "crates" + ".io")  # fmt: skip
_RELEASE = re.compile(r"alpine:(v\d{1,2}\.\d{1,3}|edge)\Z")
_LONG_OVER = timedelta(days=3 * 365)


@dataclass(frozen=True, slots=True)
class Source:
    """One file of a feed: the feed's name in the store, where it is, its name on disk."""

    name: str
    url: str
    file: str


@dataclass(frozen=True, slots=True)
class Group:
    """What is fetched and stored together. `names` has one for each source."""

    name: str
    sources: tuple[Source, ...]


def groups(
    names: tuple[str, ...] = (), *, today: date, osv: str = OSV, secdb: str = SECDB
) -> tuple[Group, ...]:
    """The feeds of these ecosystems and tables, of all without names; `Alpine:v3.19` for one of
    Alpine's releases. Raises UsageError for an unknown name."""
    known = {one.lower(): one for one in ECOSYSTEMS}
    found = []
    for name in names or (*ECOSYSTEMS, *TABLES):
        lower = name.lower()
        release = _RELEASE.match(lower)
        if lower in TABLES:
            ending = "csv.gz" if lower == EPSS else "json"
            found.append(Group(lower, (Source(lower, TABLES[lower], f"{lower}.{ending}"),)))
        elif release:
            found.append(Group(f"Alpine:{release[1]}", _secdb((release[1],), secdb)))
        elif lower in known:
            proper = known[lower]
            file = f"{lower.replace(' ', '-')}.zip"
            sources = (Source(proper, f"{osv}/{quote(proper)}/all.zip", file),)
            more = _secdb(_alpine(today), secdb) if proper == "Alpine" else ()
            found.append(Group(proper, (*sources, *more)))
        else:
            choices = ", ".join((*ECOSYSTEMS, *TABLES))
            raise UsageError(f"There is no feed called {name}", "", f"Choose from: {choices}")
    return tuple(found)


def _alpine(today: date) -> tuple[str, ...]:
    """Branches that somebody may still run: not over, or not for long."""
    cycles = [
        one.cycle
        for one in releases("alpine")
        if one.ends is None or one.ends >= today - _LONG_OVER
    ]
    return ("edge", *(f"v{one}" for one in cycles))


def _secdb(branches: tuple[str, ...], host: str) -> tuple[Source, ...]:
    return tuple(
        Source(
            f"Alpine {branch} {repository}",
            f"{host}/{branch}/{repository}.json",
            f"alpine-{branch}-{repository}.json",
        )
        for branch in branches
        for repository in ("main", "community")
    )
