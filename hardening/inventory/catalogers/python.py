"""Python distributions. Format: core metadata (packaging.python.org) in `*.dist-info/METADATA`,
`*.egg-info/PKG-INFO` or a file `*.egg-info`; headers end at the first blank line."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.inventory.frame import Cataloger, Found, lines_of


def _accepts(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    if name == "METADATA":
        return folder.endswith(".dist-info")
    if name == "PKG-INFO":
        return folder.endswith((".egg-info", "/EGG-INFO"))
    return name.endswith(".egg-info")


def read(path: str, data: bytes) -> Iterator[Found]:
    name = version = ""
    for line in lines_of(data):
        if not line.strip():
            break
        if line[0] in " \t":
            continue
        key, _, value = line.partition(":")
        if key.lower() == "name":
            name = name or value.strip()
        elif key.lower() == "version":
            version = version or value.strip()
    if name and version and version != "UNKNOWN":
        yield Found("pypi", name, version)


CATALOGER = Cataloger(
    "python",
    read,
    names=frozenset({"METADATA", "PKG-INFO"}),
    extensions=frozenset({"egg-info"}),
    accepts=_accepts,
    limit=4 << 20,
)
