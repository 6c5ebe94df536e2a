"""The packages of an image as rows: grouped, filtered, sorted, with what is known to be wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hardening.image.model import Image, Origin
from hardening.model import Severity
from tui.branches import Branch, BranchTree, Twig
from tui.grouped import Grouped, Order
from tui.rows import Cell, Cells, crop, severity_cells, short_command
from tui.text import clean, fit, fit_right

if TYPE_CHECKING:
    from hardening.advisories.assessment import Assessment
    from hardening.inventory.model import Inventory, Package

KINDS = {
    "deb": "Debian packages",
    "apk": "Alpine packages",
    "rpm": "RPM packages",
    "pypi": "Python packages",
    "npm": "Node packages",
    "golang": "Go modules",
    "cargo": "Rust crates",
    "maven": "Java archives",
    "gem": "Ruby gems",
    "composer": "PHP packages",
    "nuget": ".NET packages",
    "conda": "Conda packages",
    "generic": "Runtimes",
}
"""What people call the types of package URLs."""

_SIDES = {
    Origin.OWN: Branch("own", "Own: brought by this Dockerfile", (0,)),
    Origin.BASE: Branch("base", "Base: came with the base image", (1,)),
    Origin.UNKNOWN: Branch("unknown", "Not known whether base or own", (2,)),
}


@dataclass(frozen=True, slots=True)
class PackageRow:
    """A package with its vulnerabilities: how many are shown, and the worst of them (None: nobody
    rated it). `number` is its place in the inventory."""

    package: Package
    number: int
    vulnerabilities: int = 0
    worst: Severity | None = None


def layer_branch(layer: int | None, image: Image | None, hide: Callable[[str], str]) -> Branch:
    """The group of a layer, with its command; of the configuration where there is none."""
    if layer is None:
        return Branch("config", "Configuration", (-1,))
    command = ""
    if image is not None and 0 <= layer < len(image.layers):
        command = hide(short_command(image.layers[layer].command))
    return Branch(str(layer), f"Layer {layer}", (layer,), command)


def _kind_branch(kind: str) -> Branch:
    words = kind_words(kind)
    return Branch(kind, words, (words,))


def kind_words(kind: str) -> str:
    return KINDS.get(kind, f"{clean(kind, 40)} packages")


class PackageList(Grouped[PackageRow]):
    """The packages; what a system package owns too is hidden: it is listed once already."""

    GROUPINGS = ("type", "layer", "base or own")
    SORTS = ("name", "layer", "vulnerabilities")

    def __init__(self) -> None:
        super().__init__()
        self.image: Image | None = None
        self.inventory: Inventory | None = None
        self.assessment: Assessment | None = None
        self._hide: Callable[[str], str] = str

    def take(
        self,
        inventory: Inventory | None,
        assessment: Assessment | None,
        image: Image | None,
        hide: Callable[[str], str] = str,
    ) -> None:
        """Show these; `hide` masks secrets in the commands of layers."""
        self.image = image
        self._hide = hide
        if inventory is not self.inventory or assessment is not self.assessment:
            self.inventory, self.assessment = inventory, assessment
            self.items = package_rows(inventory, assessment)
        self.regroup()

    def fields(self, item: PackageRow) -> tuple[str, ...]:
        one = item.package
        return (one.name, one.version, one.source_name, one.type, kind_words(one.type), one.path)

    def is_base(self, item: PackageRow) -> bool:
        return item.package.base is Origin.BASE

    def is_hidden(self, item: PackageRow) -> bool:
        return item.package.owned_by is not None

    def branches(self, item: PackageRow) -> tuple[Branch, ...]:
        one = item.package
        if self.grouping == "type":
            return (_kind_branch(one.type),)
        if self.grouping == "layer":
            return (layer_branch(one.layer, self.image, self._hide),)
        return (_SIDES[one.base], _kind_branch(one.type))

    def order(self, column: str) -> Order[PackageRow]:
        return _ORDER[column]


_ORDER: dict[str, Order[PackageRow]] = {
    "name": lambda row: (row.package.name.casefold(), row.number),
    "layer": lambda row: (
        -1 if row.package.layer is None else row.package.layer,
        row.package.name.casefold(),
        row.number,
    ),
    "vulnerabilities": lambda row: (
        -row.vulnerabilities,
        -(row.worst or 0),
        row.package.name.casefold(),
        row.number,
    ),
}


def package_rows(
    inventory: Inventory | None, assessment: Assessment | None
) -> tuple[PackageRow, ...]:
    """Every package with the vulnerabilities that are shown."""
    if inventory is None:
        return ()
    counts: dict[Package, int] = {}
    worst: dict[Package, Severity] = {}
    for row in assessment.rows if assessment is not None else ():
        rated = row.vulnerability.rating.severity
        for package in row.packages if not row.vulnerability.hidden else ():
            counts[package] = counts.get(package, 0) + 1
            if rated is not None:
                worst[package] = max(worst.get(package, rated), rated)
    return tuple(
        PackageRow(one, number, counts.get(one, 0), worst.get(one))
        for number, one in enumerate(inventory.packages)
    )


# Cells


def branch_cells(
    tree: BranchTree, twig: Twig, branch: Branch, cells_wide: int, tail: Iterable[Cell] = ()
) -> Cells:
    """`▾ Debian packages  101  tail  note`"""
    mark = "▾ " if tree.is_open(twig.path) else "▸ "
    cells: Cells = [("  " * twig.depth, "plain"), (mark, "muted"),
                    (clean(branch.title, 200), "strong"),
                    (f"  {len(twig.items):,}", "accent"), *tail]  # fmt: skip
    if branch.note:
        cells.append((f"  {clean(branch.note, 400)}", "muted"))
    return crop(cells, cells_wide)


def package_cells(row: PackageRow, depth: int, line: int | None, cells_wide: int) -> Cells:
    """`  openssl  3.0.15-1~deb12u1  source openssl  L0  2  ▲ 3`; columns go as it gets narrow."""
    one = row.package
    quiet = "muted" if one.owned_by is not None or one.tooling else "plain"
    indent = "  " * min(depth, 8)
    name, version, source, place, found = _columns(cells_wide - len(indent))
    cells: Cells = [(indent, "plain"), (fit(clean(one.name, 300), name), quiet), (" ", "plain")]
    cells.append((fit(clean(one.version, 200), version), "muted"))
    if source:
        cells.append((" " + fit(source_words(one), source - 1), "muted"))
    if place:
        layer = "conf" if one.layer is None else f"L{one.layer}"
        cells.append((fit_right(layer, 5), "muted" if one.base is Origin.BASE else "accent"))
        cells.append((fit_right("" if line is None else str(line), 5), "number"))
    cells.append((" ", "plain"))
    cells += crop(found_cells(row), found)
    return crop(cells, cells_wide)


def found_cells(row: PackageRow) -> Cells:
    """`▲ 3`: how many vulnerabilities, with the mark of the worst; nothing for none."""
    if not row.vulnerabilities:
        return []
    if row.worst is None:
        return [("? ", "muted"), (f"{row.vulnerabilities:,}", "plain")]
    return [*severity_cells(row.worst, word=False), (f" {row.vulnerabilities:,}", row.worst.label)]


def source_words(package: Package) -> str:
    """What is said behind name and version: who owns it, that it is tooling, or its source."""
    if package.owned_by is not None:
        return f"of {clean(package.owned_by, 100)}"
    if package.tooling:
        return "tool of its manager"
    if package.source_name == package.name:
        return ""
    return f"from {clean(package.source_name, 200)}"


def _columns(room: int) -> tuple[int, int, int, int, int]:
    """Widths of name, version, source, layer and line, vulnerabilities; 0 for a column that is
    left out."""
    found = 7
    place = 10 if room >= 44 else 0
    source = min(36, room // 4) if room >= 72 else 0
    left = room - found - place - source - 2
    version = max(6, min(34, left * 2 // 5))
    return max(4, left - version), version, source, place, found


def package_header(cells_wide: int, depth: int = 1) -> list[tuple[str, str]]:
    """Column titles as `(text, sort column)`, widths as in `package_cells`."""
    indent = 2 * depth
    name, version, source, place, found = _columns(cells_wide - indent)
    head = [(" " * indent, ""), (fit("Package", name) + " ", "name"), (fit("Version", version), "")]
    if source:
        head.append((" " + fit("Source", source - 1), ""))
    if place:
        head += [(fit_right("Layer", 5), "layer"), (fit_right("Line", 5), "")]
    return [*head, (" ", ""), (fit("Vulns", found), "vulnerabilities")]
