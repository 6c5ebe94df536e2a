"""Node packages: every `package.json` of a package in a `node_modules`, or in the folder where
Debian's Node looks for modules. npm's own modules are marked as tooling: the application does not
load them. Other files of that name are the application itself, editor extensions and fixtures."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.inventory.frame import Cataloger, Found
from hardening.inventory.json_reading import json_of

_PLACE = re.compile(
    r"(?:(?:^|/)node_modules|^usr/(?:share|lib)/nodejs)/(?:@[^/]+/)?[^/@][^/]*/package\.json$"
)
_TOOLING = re.compile(
    r"(?:^|/)(?:node_modules/(?:npm|corepack|pnpm|yarn)/|opt/yarn-|usr/share/nodejs/npm/)"
)


def _accepts(path: str) -> bool:
    return _PLACE.search(path) is not None


def read(path: str, data: bytes) -> Iterator[Found]:
    values = json_of(data)
    if not isinstance(values, dict):
        return
    name, version = values.get("name"), values.get("version")
    if isinstance(name, str) and isinstance(version, str) and name and version:
        yield Found("npm", name, version, tooling=_TOOLING.search(path) is not None)


CATALOGER = Cataloger(
    "npm", read, names=frozenset({"package.json"}), accepts=_accepts, limit=1 << 20
)
