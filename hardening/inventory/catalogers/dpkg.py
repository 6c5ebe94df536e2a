"""Debian packages. Format: deb-control(5) stanzas in dpkg's status file; images without dpkg
(distroless) hold one file for each package in `status.d`, without a Status field."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.inventory.frame import MAX_TEXT, MIB, Cataloger, Found, lines_of

_FIELDS = frozenset({"Package", "Status", "Version", "Source", "Architecture", "Maintainer"})
_STATUS = frozenset({"var/lib/dpkg/status", "usr/lib/opkg/status"})


def _accepts(path: str) -> bool:
    return path in _STATUS or (
        path.startswith("var/lib/dpkg/status.d/") and not path.endswith(".md5sums")
    )


def stanzas(data: bytes, wanted: frozenset[str] = _FIELDS) -> Iterator[dict[str, str]]:
    """The wanted fields of each stanza; a field's further lines are left out."""
    found: dict[str, str] = {}
    for line in lines_of(data):
        if not line.strip():
            if found:
                yield found
            found = {}
        elif line[0] not in " \t":
            name, colon, value = line.partition(":")
            if colon and name in wanted:
                found[name] = value.strip()
    if found:
        yield found


def read(path: str, data: bytes) -> Iterator[Found]:
    for fields in stanzas(data):
        name, version = fields.get("Package", ""), fields.get("Version", "")
        state = fields.get("Status", "install ok installed").split()
        if not name or not version or len(state) != 3 or state[2] != "installed":
            continue
        source, _, rest = fields.get("Source", "").partition(" ")
        source_version = rest.strip().strip("()")
        arch = fields.get("Architecture", "")
        upstream = f"{source}@{source_version}" if source and source_version else source
        yield Found(
            "deb",
            name,
            version,
            source,
            source_version,
            arch,
            qualifiers=(("arch", arch), ("upstream", upstream)),
            vendor=fields.get("Maintainer", "")[:MAX_TEXT],
        )


CATALOGER = Cataloger(
    "dpkg",
    read,
    names=frozenset({"status"}),
    folders=frozenset({"var/lib/dpkg/status.d"}),
    accepts=_accepts,
    limit=64 * MIB,
    database=True,
)
