"""The summary bar as cells: image, what is being read, size, counts, score, what is not written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hardening.model import Severity
from tui.findings import severity_counts
from tui.phases import Phases, waiting_words
from tui.rows import SEVERITY_GLYPHS, Cells, crop, image_name
from tui.state import Store
from tui.text import clean, human_size, plural, width
from tui.vulnerabilities import counted

if TYPE_CHECKING:
    from hardening.image.model import Image
    from hardening.subject import Subject

_VITAL = 5
"""Up to this rank something is said before anything is said at length."""
_MARGIN = 3
"""A space at both ends and at least one between the two sides."""


@dataclass(slots=True)
class _Part:
    """Something that may be said: for much room first, for little last. What matters most has the
    lowest `rank`; the order of the parts is that on the screen."""

    rank: int
    variants: Sequence[Cells]
    is_right: bool = False
    said: Cells = field(default_factory=list)


def summary_cells(store: Store, cells_wide: int, phases: Phases | None = None) -> Cells:
    """One line; what matters least goes first when it gets narrow. With `phases`, what they do and
    what of the subject is still to come."""
    parts = [one for one in _parts(store, phases) if one.variants]
    room = cells_wide - _MARGIN
    ranked = sorted(parts, key=lambda one: one.rank)
    for part in (one for one in ranked if one.rank <= _VITAL):
        room -= _say(part, part.variants[-1:], room)
    for part in ranked:
        room -= _say(part, part.variants, room)
    left = [cell for one in parts if not one.is_right for cell in one.said]
    right = [cell for one in parts if one.is_right for cell in one.said]
    gap = max(1, cells_wide - 2 - _width(left) - _width(right))
    return [(" ", "plain"), *left, (" " * gap, "plain"), *right, (" ", "plain")]


def _say(part: _Part, variants: Sequence[Cells], room: int) -> int:
    """Say the first of these that fits; how many cells more that takes."""
    now = _width(part.said)
    best = next((one for one in variants if now <= _width(one) <= room + now), None)
    if best is None:
        return 0
    part.said = best
    return _width(best) - now


def _width(cells: Cells) -> int:
    return sum(width(text) for text, _ in cells)


def _parts(store: Store, phases: Phases | None) -> list[_Part]:
    name = _name(store)
    parts = [_Part(0, (name, crop(name, min(_width(name), 16)))), *_facts(store)]
    if phases is not None:
        waiting = () if store.subject is None else waiting_words(store.subject.missing)
        parts += [_Part(3, phases.variants(waiting)), _Part(12, phases.later(waiting))]
    counts = [_counts(store, zeros=True), _counts(store, zeros=False)]
    unsaved = [_unsaved(store, wide=True), _unsaved(store, wide=False)] if store.unsaved else []
    return [
        *parts,
        _Part(4, counts if counts[1] else (), is_right=True),
        _Part(1, (_score(store),), is_right=True),
        _Part(2, unsaved, is_right=True),
    ]


def _name(store: Store) -> Cells:
    """The image, else the Dockerfile."""
    subject = store.subject
    if subject is not None and subject.image is not None:
        return [(image_name(subject.image), "strong")]
    if subject is not None and subject.dockerfile is not None:
        return [(clean(subject.dockerfile.path, 200), "strong")]
    return [("drydock", "strong")]


def _facts(store: Store) -> Iterator[_Part]:
    """Of the image, as they stand in the line; vulnerabilities matter most."""
    subject = store.subject
    if subject is None:
        return
    image = subject.image
    if image is None:
        yield _Part(6, ([("  no image", "muted")],))
        return
    if subject.dockerfile is not None:
        yield _Part(6, ([(f"  {clean(subject.dockerfile.path, 200)}", "muted")],))
    size = human_size(image.size) if image.size else "size not known yet"
    yield _Part(7, ([(f"  {size}", "muted")],))
    yield _Part(5, _found(subject, len(store.vulnerabilities.in_hand)))
    yield from _more(image, subject)


def _more(image: Image, subject: Subject) -> Iterator[_Part]:
    """What is nice to know."""
    efficiency = image.efficiency
    if efficiency is not None and efficiency.removable:
        yield _Part(8, ([(f" · {human_size(efficiency.removable)} removable", "waste")],))
    if subject.inventory is not None:
        told = plural(len(subject.inventory.packages), "package")
        yield _Part(9, ([(f" · {told}", "muted")],))
    yield _Part(10, ([(f" · {plural(len(image.layers), 'layer')}", "muted")],))
    yield _Part(11, ([(f" · {clean(image.platform, 40)}", "muted")],))


def _found(subject: Subject, in_hand: int) -> tuple[Cells, ...]:
    """Vulnerabilities by severity, and how many of them accepted fixes change; never a zero where
    nothing was looked up."""
    assessment = subject.assessment
    if assessment is None and not _is_given_up(subject):
        return ()
    if assessment is None or not assessment.assessed:
        told = (" · vulnerabilities not assessed", " · vulns not assessed", " · vulns ?")
        return tuple([(one, "warn")] for one in told)
    counts = counted(assessment)
    total = sum(counts.values())
    cells: Cells = [(f" · {plural(total, 'vulnerability', 'vulnerabilities')}", "muted")]
    for severity, count in counts.items():
        glyph = "?" if severity is None else SEVERITY_GLYPHS[severity]
        cells.append((f" {glyph} {count:,}", "muted" if severity is None else severity.label))
    short: Cells = [(f" · {plural(total, 'vuln')}", "muted")]
    if in_hand:
        hand = (f" ({in_hand:,} in hand)", "good")
        return [*cells, hand], [*short, hand], short
    return cells, short


def _is_given_up(subject: Subject) -> bool:
    """True when the look-up failed; false while it is still to come."""
    said = [one.what for one in subject.missing]
    return any("vulnerabilities" in what for what in said) and "vulnerabilities" not in (
        waiting_words(subject.missing)
    )


def _counts(store: Store, *, zeros: bool) -> Cells:
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


def _unsaved(store: Store, *, wide: bool) -> Cells:
    count = store.unsaved
    told = f"{plural(count, 'fix', 'fixes')} not written" if wide else f"{count} unsaved"
    return [("  ● ", "warn"), (told, "warn")]
