"""Reads Alpine's own advisories, which know the community repository too.

Format (secdb.alpinelinux.org, `<release>/<repository>.json`): `distroversion`, `reponame` and
`packages[].pkg.{name, secfixes}`, where `secfixes` maps the version that mends to ids. The version
`0` says that the package was never affected. Names are those of source packages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from hardening.advisories.model import Affected, Interval, Record
from hardening.advisories.severity import UNRATED, listed

MAX_PACKAGES = 50_000
MAX_RECORDS = 500_000
_RELEASE = re.compile(r"(?:v\d{1,3}\.\d{1,3}|edge)\Z")
_REPOSITORY = re.compile(r"[a-z0-9_-]{1,32}\Z")
_ID = re.compile(r"(?:CVE-\d{4}-\d{4,19}|GHSA(?:-\w{4}){3}|[A-Z]{2,12}-[\w-]{1,40})\Z")


def secdb_records(document: Any) -> Iterator[Record] | None:
    """A record for each vulnerability of the release; None for a document that is no secdb."""
    if not isinstance(document, dict):
        return None
    release, repository = document.get("distroversion"), document.get("reponame")
    if not isinstance(release, str) or not isinstance(repository, str):
        return None
    if not _RELEASE.match(release) or not _REPOSITORY.match(repository):
        return None
    if not isinstance(document.get("packages"), list):
        return None
    return _records(release, repository, document["packages"])


def _records(release: str, repository: str, packages: list[Any]) -> Iterator[Record]:
    by_id: dict[str, tuple[tuple[str, ...], list[Affected]]] = {}
    ecosystem = f"Alpine:{release}"
    for name, fixed, ids in _fixes(packages):
        if fixed == "0" or len(by_id) >= MAX_RECORDS:
            continue
        affected = Affected(ecosystem, name, (Interval(None, fixed),))
        by_id.setdefault(ids[0], (ids, []))[1].append(affected)
    for lead, (ids, affected_by) in by_id.items():
        yield Record(
            id=f"SECDB-{release}-{repository}-{lead}",
            modified="",
            summary="",
            rating=UNRATED,
            aliases=ids[1:] if not lead.startswith("CVE-") else (),
            upstream=ids if lead.startswith("CVE-") else ids[:1],
            affected=tuple(affected_by),
        )


def _fixes(packages: list[Any]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Package, version that mends, and the ids of one vulnerability, its CVE first."""
    for item in packages[:MAX_PACKAGES]:
        package = item.get("pkg") if isinstance(item, dict) else None
        if not isinstance(package, dict) or not isinstance(package.get("name"), str):
            continue
        fixes = package.get("secfixes")
        for fixed, lines in fixes.items() if isinstance(fixes, dict) else ():
            for line in listed(lines):
                ids = _ids(line)
                if ids and package["name"] and len(fixed) < 100:
                    yield package["name"][:256], fixed, ids


def _ids(line: Any) -> tuple[str, ...]:
    """The ids of a line such as `CVE-2019-17340 XSA-284`; some write `CVE 2018-16859`."""
    text = line[:500] if isinstance(line, str) else ""
    words = re.sub(r"\bCVE[ _](?=\d{4}-)", "CVE-", text).replace(",", " ").split()
    found = [word.rstrip("?").rstrip(".") for word in words]
    ids = dict.fromkeys(word for word in found if _ID.match(word))
    return tuple(sorted(ids, key=lambda one: not one.startswith("CVE-")))
