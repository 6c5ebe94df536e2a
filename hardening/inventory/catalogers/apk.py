"""Alpine and Wolfi packages. Format: apk-tools v2 installed database, `K:value` lines. Wolfi
keeps it below /usr since its /lib is a link."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from hardening.inventory.frame import MAX_TEXT, MIB, Cataloger, Found, lines_of

PATHS = frozenset({"lib/apk/db/installed", "usr/lib/apk/db/installed", "var/lib/apk/db/installed"})


def read(path: str, data: bytes) -> Iterator[Found]:
    fields: dict[str, str] = {}
    for line in chain(lines_of(data), ("",)):
        if line[1:2] == ":":
            if line[0] in "PVoAm":
                fields[line[0]] = line[2:].strip()
            continue
        if line.strip():
            continue
        if fields.get("P") and fields.get("V"):
            arch = fields.get("A", "")
            origin = fields.get("o", "")
            yield Found(
                "apk",
                fields["P"],
                fields["V"],
                origin,
                arch=arch,
                qualifiers=(("arch", arch), ("upstream", origin if origin != fields["P"] else "")),
                vendor=fields.get("m", "")[:MAX_TEXT],
            )
        fields = {}


CATALOGER = Cataloger(
    "apk",
    read,
    names=frozenset({"installed"}),
    accepts=PATHS.__contains__,
    limit=64 * MIB,
    database=True,
)
