"""What an image holds, as a table for people."""

from __future__ import annotations

from collections import Counter

from hardening.image.model import Image
from hardening.inventory.model import Inventory, Package
from hardening.reports.plain import plural
from hardening.reports.sheet import BOLD, DIM, PLAIN, Cell, Look, table, wrapped


def sbom_text(image: Image, inventory: Inventory, *, look: Look = PLAIN) -> str:
    """A row for each package: kind, name, version, layer, base or own, and the file that says so;
    what could not be read, and the sum."""
    heads = ("type", "name", "version", "layer", "from", "file")
    rows = [tuple(Cell(one, DIM) for one in heads)]
    rows += [_cells(package) for package in inventory.packages]
    lines = table(rows, look)
    for one in inventory.not_assessed:
        said = f"not assessed: {one.what}: {one.reason}. {one.next_step}".rstrip()
        lines += wrapped(said, look)
    kinds = Counter(package.type for package in inventory.packages)
    listed = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    count = plural(len(inventory.packages), "package")
    last = f"{image.reference}: {count}" + (f" ({listed})" if listed else "")
    lines += wrapped(last, look, code=BOLD)
    return "\n".join(lines) + "\n"


def _cells(package: Package) -> tuple[Cell, ...]:
    layer = "" if package.layer is None else str(package.layer)
    return (
        Cell(package.type),
        Cell(package.name),
        Cell(package.version),
        Cell(layer, right=True),
        Cell(package.base.value),
        Cell(f"/{package.path}" if package.path else ""),
    )
