"""The summary bar as cells: image, size, counts, score, what is not written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hardening.model import Severity
from tui.findings import severity_counts
from tui.rows import SEVERITY_GLYPHS, Cells, image_name
from tui.state import Store
from tui.text import clean, fit, human_size, plural, width
from tui.vulnerabilities import counted

if TYPE_CHECKING:
    from hardening.subject import Subject


def summary_cells(store: Store, cells_wide: int) -> Cells:
    """One line; what matters least goes first when it gets narrow."""
    left = _what(store)
    right = [
        *_counts(store, cells_wide >= 100),
        *_score(store),
        *_unsaved(store, cells_wide >= 100),
    ]
    used = _width(left) + _width(right) + 2
    for fact in _facts(store):
        fitting = next((one for one in fact if used + _width(one) + 2 <= cells_wide), None)
        if fitting is None:
            break
        left += fitting
        used += _width(fitting)
    gap = cells_wide - used
    if gap < 0:
        left = [(fit(left[0][0], max(8, width(left[0][0]) + gap)), left[0][1])]
        gap = max(1, cells_wide - _width(left) - _width(right) - 2)
    return [(" ", "plain"), *left, (" " * gap, "plain"), *right, (" ", "plain")]


def _width(cells: Cells) -> int:
    return sum(width(text) for text, _ in cells)


def _what(store: Store) -> Cells:
    subject = store.subject
    if subject is None:
        return [("drydock", "strong")]
    cells: Cells = []
    if subject.image is not None:
        cells.append((image_name(subject.image), "strong"))
    if subject.dockerfile is not None:
        path = clean(subject.dockerfile.path, 200)
        cells.append((f"  {path}" if cells else path, "muted" if cells else "strong"))
    return cells or [("drydock", "strong")]


def _facts(store: Store) -> list[tuple[Cells, ...]]:
    """What matters most first; each fact in words for much room and for little."""
    subject = store.subject
    if subject is None or subject.image is None:
        return [([("  no image", "muted")],)] if subject is not None else []
    image = subject.image
    size = human_size(image.size) if image.size else "size not known yet"
    facts: list[tuple[Cells, ...]] = [([(f"  {size}", "muted")],), *_found(subject)]
    efficiency = image.efficiency
    if efficiency is not None and efficiency.removable:
        facts.append(([(f" · {human_size(efficiency.removable)} removable", "waste")],))
    if subject.inventory is not None:
        facts.append(([(f" · {plural(len(subject.inventory.packages), 'package')}", "muted")],))
    facts.append(([(f" · {plural(len(image.layers), 'layer')}", "muted")],))
    facts.append(([(f" · {clean(image.platform, 40)}", "muted")],))
    return facts


def _found(subject: Subject) -> list[tuple[Cells, ...]]:
    """Vulnerabilities by severity; never a zero where nothing was looked up."""
    assessment = subject.assessment
    if assessment is None:
        return []
    if not assessment.assessed:
        told = [(" · vulnerabilities not assessed", "muted")], [(" · vulns not assessed", "muted")]
        return [told]
    counts = counted(assessment)
    total = sum(counts.values())
    cells: Cells = [(f" · {plural(total, 'vulnerability', 'vulnerabilities')}", "muted")]
    for severity, count in counts.items():
        glyph = "?" if severity is None else SEVERITY_GLYPHS[severity]
        cells.append((f" {glyph} {count:,}", "muted" if severity is None else severity.label))
    return [(cells, [(f" · {plural(total, 'vuln')}", "muted")])]


def _counts(store: Store, zeros: bool) -> Cells:
    if store.report is None or store.report.score is None:
        return []
    cells: Cells = []
    for severity, count in severity_counts(store.report).items():
        if not count and not (zeros and severity > Severity.INFO):
            continue
        tone = severity.label if count else "muted"
        cells.append((f"{SEVERITY_GLYPHS[severity]} {count}  ", tone))
    return cells


def _score(store: Store) -> Cells:
    after = store.report.score if store.report is not None else None
    if after is None:
        return [("score not assessed", "muted")]
    before = store.baseline.score if store.baseline is not None else None
    if before is None or before == after:
        return [("score ", "muted"), (str(after), "strong")]
    tone = "good" if after > before else "warn"
    return [("score ", "muted"), (str(before), "muted"), (" → ", "muted"), (str(after), tone)]


def _unsaved(store: Store, wide: bool) -> Cells:
    if not store.unsaved:
        return []
    count = store.unsaved
    told = f"{plural(count, 'fix', 'fixes')} not written" if wide else f"{count} unsaved"
    return [("  ● ", "warn"), (told, "warn")]
