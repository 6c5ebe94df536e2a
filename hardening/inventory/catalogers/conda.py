"""Conda packages: one `conda-meta/*.json` each."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.inventory.frame import MIB, Cataloger, Found
from hardening.inventory.json_reading import json_of


def _accepts(path: str) -> bool:
    return path.rpartition("/")[0].endswith("conda-meta")


def read(path: str, data: bytes) -> Iterator[Found]:
    values = json_of(data)
    if not isinstance(values, dict):
        return
    name, version = values.get("name"), values.get("version")
    if isinstance(name, str) and isinstance(version, str) and name and version:
        build, subdir = values.get("build"), values.get("subdir")
        qualifiers = (
            ("build", build if isinstance(build, str) else ""),
            ("subdir", subdir if isinstance(subdir, str) else ""),
        )
        yield Found("conda", name, version, qualifiers=qualifiers)


CATALOGER = Cataloger(
    "conda", read, extensions=frozenset({"json"}), accepts=_accepts, limit=16 * MIB
)
