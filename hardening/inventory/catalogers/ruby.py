"""Ruby gems, by the name of their specification: `name-version[-platform].gemspec`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.inventory.frame import Cataloger, Found

_NAME = re.compile(r"(?P<name>.+?)-(?P<version>\d[\w.]*)(?:-(?P<platform>.+))?\.gemspec$")


def _accepts(path: str) -> bool:
    return "specifications" in path.split("/")[-3:-1]


def read(path: str, data: bytes) -> Iterator[Found]:
    matched = _NAME.match(path.rpartition("/")[2])
    if matched is not None:
        platform = matched["platform"] or ""
        yield Found(
            "gem", matched["name"], matched["version"], qualifiers=(("platform", platform),)
        )


CATALOGER = Cataloger(
    "ruby", read, extensions=frozenset({"gemspec"}), accepts=_accepts, limit=1 << 20
)
