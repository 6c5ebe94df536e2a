"""PHP packages. Format: Composer's vendor/composer/installed.json, of version 1 (a list) or 2."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.inventory.frame import MIB, Cataloger, Found
from hardening.inventory.json_reading import json_of


def _accepts(path: str) -> bool:
    return path.endswith("/composer/installed.json")


def read(path: str, data: bytes) -> Iterator[Found]:
    values = json_of(data)
    packages = values.get("packages") if isinstance(values, dict) else values
    for one in packages if isinstance(packages, list) else ():
        if not isinstance(one, dict):
            continue
        name, version = one.get("name"), one.get("version")
        if isinstance(name, str) and isinstance(version, str) and name:
            number = version[1:] if version[:1] in "vV" and version[1:2].isdigit() else version
            if number:
                yield Found("composer", name, number)


CATALOGER = Cataloger(
    "php", read, names=frozenset({"installed.json"}), accepts=_accepts, limit=16 * MIB
)
