"""When releases end, by the endoflife.date project (MIT): its API document and its own table.

API (v1, `/products/full`): `result[].{name, releases[]}`, a release has `name`, `codename`,
`eolFrom`, `isEol`, `eoesFrom`.
Table: a product's name to `releases[].{releaseCycle, codename, eol, eoes}`, where `eol` is a date
or whether it is over.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from typing import Any

from hardening.advisories.severity import listed
from hardening.advisories.store import Store
from hardening.facts.eol import release_of
from hardening.facts.releases import AS_OF
from hardening.image.release import OsRelease

MAX_PRODUCTS = 5_000
MAX_RELEASES = 2_000
OVER = "over"
_PRODUCTS = {
    "alpine": "alpine-linux",
    "amzn": "amazon-linux",
    "rocky": "rocky-linux",
    "ol": "oracle-linux",
    "opensuse-leap": "opensuse",
}
_IMAGES = {"amzn": "amazonlinux", "rocky": "rockylinux", "ol": "oraclelinux"}

_SECURITY_TEAM = {
    "13": date(2028, 8, 9),
    "12": date(2026, 7, 11),
    "11": date(2024, 8, 14),
    "10": date(2022, 9, 10),
}
"""The day Debian's security team hands a release over to its long-term support."""


@dataclass(frozen=True, slots=True)
class Life:
    """How long a release of a distribution gets fixes. `ends` is the day its security team stops,
    `extended` the day its long-term support does; None where nobody says. `over` holds where a
    release ended on an unknown day. `source` and `known` tell who says so and when."""

    name: str
    ends: date | None
    extended: date | None
    over: bool
    source: str
    known: str

    def is_over(self, today: date) -> bool:
        last = self.extended or self.ends
        return self.over or (last is not None and last < today)

    def only_extended(self, today: date) -> bool:
        """Whether only long-term support is left."""
        return not self.is_over(today) and self.ends is not None and self.ends < today


def life_rows(document: Any) -> list[tuple[str, str, str, str, str]] | None:
    """Product, cycle, end, extended end, codename; None for a document that is neither form."""
    if not isinstance(document, dict):
        return None
    if isinstance(document.get("result"), list):
        products = [
            (one.get("name"), listed(one.get("releases")))
            for one in document["result"][:MAX_PRODUCTS]
            if isinstance(one, dict)
        ]
    else:
        products = [
            (name, listed(one.get("releases")))
            for name, one in list(document.items())[:MAX_PRODUCTS]
            if isinstance(one, dict)
        ]
    rows = [
        row
        for name, releases in products
        if isinstance(name, str)
        for row in _releases(name, releases)
    ]
    return rows or None


def _releases(product: str, releases: list[Any]) -> Iterator[tuple[str, str, str, str, str]]:
    for one in releases[:MAX_RELEASES]:
        if not isinstance(one, dict):
            continue
        cycle = one.get("releaseCycle", one.get("name"))
        if not isinstance(cycle, str) or not cycle:
            continue
        ends = _day(one.get("eol", one.get("eolFrom")))
        if not ends and one.get("isEol") is True:
            ends = OVER
        extended = _day(one.get("eoes", one.get("eoesFrom")))
        codename = one.get("codename")
        word = codename.split()[0].lower() if isinstance(codename, str) and codename.strip() else ""
        yield product[:64], cycle[:64], ends, "" if extended == OVER else extended, word[:64]


def _day(value: Any) -> str:
    if value is True:
        return OVER
    try:
        return date.fromisoformat(value).isoformat() if isinstance(value, str) else ""
    except ValueError:
        return ""


def life_of(release: OsRelease, store: Store | None) -> Life | None:
    """What the store, else the table that comes with drydock, says of a distribution's release."""
    found = _stored(release, store) if store is not None else None
    if found is not None:
        return found
    image = _IMAGES.get(release.id, release.id)
    version = release.version_id or release.codename
    known = release_of(image, version) if version else None
    if known is None:
        return None
    name = f"{release.id} {known.cycle}"
    team = _SECURITY_TEAM.get(known.cycle) if release.id == "debian" else None
    ends, extended = (team, known.ends) if team is not None else (known.ends, None)
    return Life(name, ends, extended, known.over, "drydock's own table", AS_OF.isoformat())


def _stored(release: OsRelease, store: Store) -> Life | None:
    product = _PRODUCTS.get(release.id, release.id)
    parts = release.version_id.split(".")
    cycles = [".".join(parts[:count]) for count in range(len(parts), 0, -1)] + [release.codename]
    with closing(store.connection.cursor()) as cursor:
        for cycle in filter(None, cycles):
            row = cursor.execute(
                "SELECT cycle, ends, extended FROM life WHERE product = ?1 AND (cycle = ?2 OR"
                " (codename = ?2 AND codename != ''))",
                (product, cycle),
            ).fetchone()
            if row is not None:
                cycle, ends, extended = row
                return _life(release, cycle, ends, extended, store)
    return None


def _life(release: OsRelease, cycle: str, ends: str, extended: str, store: Store) -> Life:
    imported = next((one.imported for one in store.feeds() if one.name == "endoflife"), "")
    return Life(
        f"{release.id} {cycle}",
        date.fromisoformat(ends) if ends and ends != OVER else None,
        date.fromisoformat(extended) if extended else None,
        ends == OVER and not extended,
        "endoflife.date",
        imported[:10],
    )
