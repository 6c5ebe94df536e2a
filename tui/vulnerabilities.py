"""What is known to be wrong with the packages, as rows: grouped by what mends them, filtered,
sorted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hardening.image.model import Image, Origin
from hardening.model import Severity
from tui.branches import Branch
from tui.grouped import Grouped, Order
from tui.packages import layer_branch
from tui.rows import SEVERITY_GLYPHS, Cells, crop, severity_cells
from tui.text import clean, fit, fit_right

if TYPE_CHECKING:
    from hardening.advisories.assessment import Assessment, Row
    from hardening.advisories.model import Vulnerability

_UPGRADES = {
    "deb": "apt upgrade",
    "apk": "apk upgrade",
    "rpm": "dnf upgrade",
    "pypi": "pip upgrade",
    "npm": "npm upgrade",
    "golang": "Go module upgrade",
    "cargo": "Rust crate upgrade",
    "maven": "Java archive upgrade",
    "gem": "gem upgrade",
    "composer": "composer upgrade",
    "nuget": "NuGet upgrade",
}
_NO_FIX = "no fix"
_BASE_BUMP = "base bump"
_SEVERITY_TITLES = {
    Severity.CRITICAL: "Critical",
    Severity.HIGH: "High",
    Severity.MEDIUM: "Medium",
    Severity.LOW: "Low",
    Severity.INFO: "Info",
}


@dataclass(frozen=True, slots=True)
class VulnerabilityRow:
    """One row of the assessment; `number` is its place there."""

    row: Row
    number: int

    @property
    def vulnerability(self) -> Vulnerability:
        return self.row.vulnerability

    @property
    def layers(self) -> tuple[int, ...]:
        """The layers that brought its packages, lowest first."""
        return tuple(sorted({one.layer for one in self.row.packages if one.layer is not None}))

    @property
    def is_base(self) -> bool:
        """True when every package that has it came with the base image."""
        return all(one.base is Origin.BASE for one in self.row.packages)


def action_words(action: str) -> str:
    """`apt upgrade`, as people call it."""
    kind, _, what = action.partition(" ")
    return _UPGRADES.get(kind, action) if what == "upgrade" else action


def action_counts(rows: tuple[Row, ...]) -> dict[str, int]:
    """How many of what is not hidden each action mends, in the order of the groups."""
    counts = Counter(
        action_words(one.action) for one in rows if not one.vulnerability.hidden
    )  # fmt: skip
    return {one: counts[one] for one in sorted(counts, key=_action_order)}


def _action_order(action: str) -> tuple[int, str]:
    return ({_BASE_BUMP: 0, _NO_FIX: 2}.get(action, 1), action)


def severity_order(severity: Severity | None) -> float:
    """Severest first; what nobody rated stands between medium and low."""
    return -1.5 if severity is None else -float(severity)


class VulnerabilityList(Grouped[VulnerabilityRow]):
    """The vulnerabilities; those that the data itself calls unimportant are hidden."""

    GROUPINGS = ("action", "layer", "package", "severity")
    SORTS = ("risk", "severity", "id", "package", "epss", "layer")

    def __init__(self) -> None:
        super().__init__()
        self.image: Image | None = None
        self.assessment: Assessment | None = None
        self.in_hand: frozenset[int] = frozenset()
        """Rows that the accepted fixes change: the next build shows what is left of them."""
        self._hide: Callable[[str], str] = str

    def take(
        self,
        assessment: Assessment | None,
        image: Image | None,
        hide: Callable[[str], str] = str,
    ) -> None:
        """Show these; `hide` masks secrets in the commands of layers."""
        self.image = image
        self._hide = hide
        if assessment is not self.assessment:
            self.assessment = assessment
            found = assessment.rows if assessment is not None else ()
            self.items = tuple(VulnerabilityRow(one, number) for number, one in enumerate(found))
        self.regroup()

    def fields(self, item: VulnerabilityRow) -> tuple[str, ...]:
        one = item.vulnerability
        return (
            one.id,
            one.package,
            one.summary,
            one.advisory,
            severity_word(one.rating.severity),
            action_words(item.row.action),
            "kev exploited" if one.kev else "",
            *one.aliases,
            *(package.name for package in item.row.packages),
        )

    def is_base(self, item: VulnerabilityRow) -> bool:
        return item.is_base

    def is_hidden(self, item: VulnerabilityRow) -> bool:
        return bool(item.vulnerability.hidden)

    def branches(self, item: VulnerabilityRow) -> tuple[Branch, ...]:
        one = item.vulnerability
        package = Branch(
            f"{one.ecosystem}/{one.package}/{one.installed}", f"{one.package} {one.installed}"
        )  # fmt: skip
        match self.grouping:
            case "action":
                action = action_words(item.row.action)
                words = action[:1].upper() + action[1:]
                return (Branch(action, words, (float(_action_order(action)[0]),)), package)
            case "layer":
                layer = item.layers[0] if item.layers else None
                return (layer_branch(layer, self.image, self._hide),)
            case "package":
                return (package,)
        rated = one.rating.severity
        title = "Not rated" if rated is None else _SEVERITY_TITLES[rated]
        return (Branch(title, title, (severity_order(rated),)),)

    def order(self, column: str) -> Order[VulnerabilityRow]:
        return _ORDER[column]


_ORDER: dict[str, Order[VulnerabilityRow]] = {
    "risk": lambda one: (
        not one.vulnerability.kev,
        severity_order(one.vulnerability.rating.severity),
        -(one.vulnerability.epss or 0.0),
        one.number,
    ),
    "severity": lambda one: (severity_order(one.vulnerability.rating.severity), one.number),
    "id": lambda one: (one.vulnerability.id, one.number),
    "package": lambda one: (one.vulnerability.package.casefold(), one.number),
    "epss": lambda one: (-(one.vulnerability.epss or 0.0), one.number),
    "layer": lambda one: (one.layers[0] if one.layers else -1, one.number),
}


def severity_word(severity: Severity | None) -> str:
    return "not rated" if severity is None else severity.label


def vulnerability_text(item: VulnerabilityRow) -> str:
    """`CVE-2024-1 openssl 3.0.1 → 3.0.9`, for copying."""
    one = item.vulnerability
    fixed = f"→ {one.fixed}" if one.fixed else "no fix"
    return f"{one.id} {one.package} {one.installed} {fixed}"


# Cells


def vulnerability_cells(
    item: VulnerabilityRow, depth: int, cells_wide: int, *, in_hand: bool = False
) -> Cells:
    """`▲ HIGH CVE-2024-1 openssl  3.0.1 → 3.0.9  KEV  94%  L0  summary`; columns go as it gets
    narrow."""
    one = item.vulnerability
    quiet = "struck" if in_hand else "muted" if one.hidden else "plain"
    indent = "  " * min(depth, 8)
    room = cells_wide - len(indent)
    cells: Cells = [(indent, "plain"), *rating_cells(one.rating.severity, word=room >= 48)]
    name, package, versions, chance, layer, summary = _columns(room)
    cells += [(" ", "plain"), (fit(clean(one.id, 100), name), quiet)]
    if package:
        cells += [(" ", "plain"), (fit(clean(one.package, 200), package), quiet)]
    cells += [(" ", "plain"), *crop(_fixed_cells(one, versions), versions)]
    if chance:
        cells += [(" ", "plain"), *crop(_chance_cells(one), chance)]
    if layer:
        told = "conf" if not item.layers else f"L{item.layers[0]}"
        cells.append((fit_right(told, layer), "muted" if item.is_base else "accent"))
    if summary:
        cells += [(" ", "plain"), (fit(clean(one.summary, 400), summary), "muted")]
    return crop(cells, cells_wide)


def rating_cells(severity: Severity | None, *, word: bool = True) -> Cells:
    """As for findings, with a mark of its own for what nobody rated."""
    if severity is None:
        return [("?", "muted"), (" none", "muted")] if word else [("?", "muted")]
    return severity_cells(severity, word=word)


def _fixed_cells(one: Vulnerability, cells_wide: int) -> Cells:
    if not one.fixed:
        return [("no fix", "muted")]
    if cells_wide < 34:
        return [("→ ", "muted"), (clean(one.fixed, 100), "good")]
    half = (cells_wide - 3) // 2
    installed = clean(one.installed, 100)
    if len(installed) > half:
        installed = fit(installed, half)
    return [(installed, "muted"), (" → ", "muted"), (clean(one.fixed, 100), "good")]


def _chance_cells(one: Vulnerability) -> Cells:
    cells: Cells = [("KEV" if one.kev else "   ", "critical")]
    if one.epss is not None:
        cells.append((f" {chance_words(one.epss)}", "warn" if one.epss >= 0.1 else "muted"))
    return cells


def chance_words(probability: float) -> str:
    """`94%`, `0.3%`, `<0.1%`."""
    percent = probability * 100
    if percent < 0.1:
        return "<0.1%"
    return f"{percent:.0f}%" if percent >= 9.95 else f"{percent:.1f}%"


def _columns(room: int) -> tuple[int, int, int, int, int, int]:
    """Widths of id, package, versions, chance, layer, summary; 0 for a column that is left out."""
    left = room - (6 if room >= 48 else 1) - 1
    if room < 40:
        name = min(14, left)
        return name, 0, max(0, left - name - 1), 0, 0, 0
    chance = 9 if room >= 66 else 0
    layer = 5 if room >= 56 else 0
    name = 20 if room >= 84 else 14
    left -= name + (chance + 1 if chance else 0) + layer + 2
    if room < 110:
        package = max(8, left * 2 // 5)
        return name, package, left - package, chance, layer, 0
    package = min(24, left // 5)
    versions = min(48, left * 2 // 5)
    return name, package, versions, chance, layer, left - package - versions - 1


def vulnerability_header(cells_wide: int, depth: int = 2) -> list[tuple[str, str]]:
    """Column titles as `(text, sort column)`, widths as in `vulnerability_cells`."""
    indent = " " * (2 * depth)
    room = cells_wide - len(indent)
    name, package, versions, chance, layer, summary = _columns(room)
    head = [(indent, ""), (fit("Sev", 6) if room >= 48 else "S", "severity"), (" ", ""),
            (fit("Vulnerability", name), "id")]  # fmt: skip
    if package:
        head += [(" ", ""), (fit("Package", package), "package")]
    head.append((" " + fit("Installed → fixed" if versions >= 34 else "Fixed in", versions), ""))
    if chance:
        head += [(" ", ""), (fit("KEV EPSS", chance), "epss")]
    if layer:
        head.append((fit_right("Layer", layer), "layer"))
    return [*head, (" " + fit("What", summary), "")] if summary else head


def severity_tail(items: Iterable[VulnerabilityRow]) -> Cells:
    """`  ◆ 2 ▲ 10`: how bad those of a group are."""
    counts = Counter(one.vulnerability.rating.severity for one in items)
    cells: Cells = []
    for severity in sorted(counts, key=severity_order):
        glyph = "?" if severity is None else SEVERITY_GLYPHS[severity]
        tone = "muted" if severity is None else severity.label
        gap = " " if cells else "   "
        cells.append((f"{gap}{glyph} {counts[severity]:,}", tone))
    return cells


def counted(assessment: Assessment | None) -> dict[Severity | None, int]:
    """How many of what is not hidden, per severity, severest first."""
    if assessment is None:
        return {}
    counts = Counter(
        one.vulnerability.rating.severity for one in assessment.rows if not one.vulnerability.hidden
    )
    return {one: counts[one] for one in sorted(counts, key=severity_order)}
