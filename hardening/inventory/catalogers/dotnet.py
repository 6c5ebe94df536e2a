""".NET packages: `libraries` of `*.deps.json` (dotnet/runtime docs, "deps.json"). The shared
framework names itself there as a runtime pack."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.inventory.frame import MIB, Cataloger, Found
from hardening.inventory.json_reading import json_of

_TYPES = ("package", "runtimepack")
_PACK = "runtimepack."


def _accepts(path: str) -> bool:
    return path.endswith(".deps.json")


def read(path: str, data: bytes) -> Iterator[Found]:
    values = json_of(data)
    libraries = values.get("libraries") if isinstance(values, dict) else None
    for key, one in libraries.items() if isinstance(libraries, dict) else ():
        name, slash, version = key.partition("/")
        if slash and name and version and isinstance(one, dict) and one.get("type") in _TYPES:
            yield Found("nuget", name.removeprefix(_PACK), version)


CATALOGER = Cataloger(
    "dotnet", read, extensions=frozenset({"json"}), accepts=_accepts, limit=16 * MIB
)
