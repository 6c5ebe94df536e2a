"""Where the data comes from: OSV's bulk zips for each ecosystem, Alpine's secdb for each of its
releases, CISA's KEV, FIRST's EPSS, endoflife.date."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
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
              "Azure Linux", "CRAN", "Chainguard", "openSUSE", "crates" + ".io")  # fmt: skip
_RELEASES = {
    "Alpine": r"v\d{1,2}\.\d{1,3}|edge",
    "AlmaLinux": r"\d{1,2}",
    "Azure Linux": r"\d{1,2}",
    "Debian": r"\d{1,2}(?:\.\d)?",
    "Red Hat": r"enterprise_linux:\d{1,2}(?:\.\d{1,2})?",
    "Rocky Linux": r"\d{1,2}",
    "SUSE": r"[\w. -]{1,80} [\w.-]{1,20}",
    "Ubuntu": r"\d\d\.\d\d(?::LTS)?",
    "openSUSE": r"Leap \d{1,2}\.\d|Tumbleweed",
}
"""How the releases of an ecosystem are called, as OSV writes them."""
_EXAMPLES = {
    "Alpine": "Alpine:v3.22",
    "AlmaLinux": "AlmaLinux:9",
    "Azure Linux": "'Azure Linux:3'",
    "Debian": "Debian:12",
    "Red Hat": "'Red Hat:enterprise_linux:9'",
    "Rocky Linux": "'Rocky Linux:9'",
    "SUSE": "'SUSE:Linux Enterprise Server 15 SP7'",
    "Ubuntu": "Ubuntu:24.04",
    "openSUSE": "'openSUSE:Leap 15.6'",
}
_LONG_OVER = timedelta(days=3 * 365)


@dataclass(frozen=True, slots=True)
class Source:
    """One file of a feed: the feed's name in the store, where it is, its name on disk. `releases`
    names those whose records are kept; empty for all of them, None for those that the store
    holds."""

    name: str
    url: str
    file: str
    releases: tuple[str, ...] | None = ()


@dataclass(frozen=True, slots=True)
class Group:
    """What is fetched and stored together. `names` has one for each source."""

    name: str
    sources: tuple[Source, ...]


def groups(
    names: tuple[str, ...] = (), *, today: date, osv: str = OSV, secdb: str = SECDB
) -> tuple[Group, ...]:
    """The feeds of these ecosystems and tables, of all without names. `Debian:12` is one release of
    an ecosystem: OSV publishes ecosystems as a whole, so the same file is fetched, but only that
    release's records are kept. Raises UsageError for an unknown name."""
    if not names:
        tables = tuple(_table(name) for name in TABLES)
        return (*(_ecosystem(one, None, today, osv, secdb) for one in ECOSYSTEMS), *tables)
    asked: dict[str, list[str]] = {}
    for name in names:
        ecosystem, release = _known(name)
        asked.setdefault(ecosystem, []).append(release)
    return tuple(
        _table(name)
        if name in TABLES
        else _ecosystem(name, () if "" in some else tuple(dict.fromkeys(some)), today, osv, secdb)
        for name, some in asked.items()
    )


def command_for(ecosystems: Iterable[str]) -> str:
    """The command that fetches the data of these and no more, "" when no feed has it."""
    names = [one for one in dict.fromkeys(ecosystems) if one.partition(":")[0] in ECOSYSTEMS]
    return f"drydock db update {shlex.join(names)}" if names else ""


def _known(name: str) -> tuple[str, str]:
    """The ecosystem or table, and the release that was asked for, as they are properly written."""
    proper = {one.lower(): one for one in (*ECOSYSTEMS, *TABLES)}
    family, colon, release = name.partition(":")
    ecosystem = proper.get(family.strip().lower())
    if ecosystem is None:
        choices = ", ".join((*ECOSYSTEMS, *TABLES))
        raise UsageError(f"There is no feed called {name}", "", f"Choose from: {choices}")
    if not colon:
        return ecosystem, ""
    shape = _RELEASES.get(ecosystem)
    if shape is None:
        raise UsageError(
            f"{ecosystem} has no releases", f"{name} was asked for", f"Ask for {ecosystem}"
        )
    written = _written(ecosystem, release.strip())
    if not re.fullmatch(shape, written):
        raise UsageError(
            f"There is no release called {name}", "", f"Name it as in {_EXAMPLES[ecosystem]}"
        )
    return ecosystem, f"{ecosystem}:{written}"


def _written(ecosystem: str, release: str) -> str:
    """A release as OSV writes it, where people write it in other ways too."""
    lower = release.lower()
    if ecosystem == "Alpine":
        number = lower.removeprefix("v")
        return f"v{number}" if number[:1].isdecimal() else lower
    if ecosystem == "Debian":
        by_name = (one.cycle for one in releases("debian") if one.codename == lower)
        return next(by_name, release)
    if ecosystem == "Red Hat" and release[:1].isdecimal():
        return f"enterprise_linux:{release}"
    if ecosystem == "Ubuntu":
        year, _, month = lower.removesuffix(":lts").partition(".")
        is_lts = month == "04" and year.isdecimal() and int(year) % 2 == 0
        return f"{year}.{month}:LTS" if is_lts else f"{year}.{month}"
    return release


def _table(name: str) -> Group:
    ending = "csv.gz" if name == EPSS else "json"
    return Group(name, (Source(name, TABLES[name], f"{name}.{ending}"),))


def _ecosystem(name: str, kept: tuple[str, ...] | None, today: date, osv: str, secdb: str) -> Group:
    file = f"{name.lower().replace(' ', '-')}.zip"
    whole = Source(name, f"{osv}/{quote(name)}/all.zip", file, kept)
    if name != "Alpine":
        return Group(", ".join(kept or (name,)), (whole,))
    branches = tuple(one.partition(":")[2] for one in kept or ()) or _alpine(today)
    return Group(", ".join(kept or (name,)), (whole, *_secdb(branches, secdb)))


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
