"""R packages: the DESCRIPTION of each folder of a library. Format: "Writing R Extensions", 1.1.1;
an installed package has a field `Built`, which its source has not; what comes with R itself says so
in `Priority`."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.inventory.catalogers.dpkg import stanzas
from hardening.inventory.frame import Cataloger, Found

_FIELDS = frozenset({"Package", "Version", "Built", "Priority"})


def read(path: str, data: bytes) -> Iterator[Found]:
    fields = next(stanzas(data, _FIELDS), {})
    name, version = fields.get("Package", ""), fields.get("Version", "")
    installed = "Built" in fields or fields.get("Priority") == "base"
    if name and version and installed:
        yield Found("cran", name, version)


CATALOGER = Cataloger("r", read, names=frozenset({"DESCRIPTION"}), limit=1 << 20)
