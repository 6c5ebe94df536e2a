"""How the panes are sorted and filtered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hardening.image.model import Layer
from hardening.model import FilePlace, Safety
from hardening.secrets.model import Secret
from tui.findings import FindingRow, by_severity
from tui.text import matches


class Pane(StrEnum):
    LAYERS = "layers"
    FINDINGS = "findings"
    SECRETS = "secrets"


PANES = tuple(pane.value for pane in Pane)


@dataclass(frozen=True, slots=True)
class Sorting:
    column: str
    reverse: bool = False


SORTS: dict[Pane, tuple[str, ...]] = {
    Pane.LAYERS: ("order", "size", "wasted"),
    Pane.FINDINGS: ("severity", "line", "rule", "fix"),
    Pane.SECRETS: ("severity", "layer", "kind"),
}


_SAFETY_ORDER = {Safety.SAFE: 0, Safety.REVIEW: 1, Safety.MANUAL: 2}

FINDING_ORDER: dict[str, Callable[[FindingRow], tuple[object, ...]]] = {
    "severity": by_severity,
    "line": lambda row: (row.line or 1 << 30, -row.finding.severity, row.key),
    "rule": lambda row: (row.finding.rule, row.line or 1 << 30, row.key),
    "fix": lambda row: (
        3 if row.fix is None else _SAFETY_ORDER[row.fix.safety],
        *by_severity(row),
    ),
}

SECRET_ORDER: dict[str, Callable[[Secret], tuple[object, ...]]] = {
    "severity": lambda one: (-one.severity, one.rule),
    "layer": lambda one: (one.life.added if one.life.added is not None else -1, one.rule),
    "kind": lambda one: (one.title.casefold(), one.rule),
}


def finding_matches(row: FindingRow, needle: str) -> bool:
    """True when every word of the filter is in something that the row says."""
    finding = row.finding
    safety = "no fix" if row.fix is None else f"{row.fix.safety.label} {row.fix.title}"
    return matches(
        needle,
        finding.rule,
        finding.message,
        finding.severity.label,
        finding.subject,
        safety,
        row.mark.value,
        *finding.aliases,
        *(place.path for place in finding.places if isinstance(place, FilePlace)),
    )


def secret_matches(secret: Secret, needle: str) -> bool:
    """As for findings; the value itself is never searched."""
    paths = [str(getattr(place, "path", getattr(place, "key", ""))) for place in secret.places]
    return matches(needle, secret.rule, secret.title, secret.severity.label, secret.masked, *paths)


def findings_in_order(
    rows: tuple[FindingRow, ...], needle: str, sorting: Sorting
) -> tuple[FindingRow, ...]:
    """The rows that match a filter, sorted."""
    kept = [row for row in rows if not needle or finding_matches(row, needle)]
    return tuple(sorted(kept, key=FINDING_ORDER[sorting.column], reverse=sorting.reverse))


def secrets_in_order(secrets: tuple[Secret, ...], needle: str, sorting: Sorting) -> tuple[int, ...]:
    """Indices of the secrets that match a filter, sorted; demoted ones last."""
    kept = [n for n, one in enumerate(secrets) if not needle or secret_matches(one, needle)]
    order = SECRET_ORDER[sorting.column]
    kept.sort(key=lambda n: order(secrets[n]), reverse=sorting.reverse)
    kept.sort(key=lambda n: bool(secrets[n].demoted))
    return tuple(kept)


def layers_in_order(layers: Sequence[Layer], needle: str, sorting: Sorting) -> tuple[int, ...]:
    """Numbers of the layers that match a filter: lowest first, or largest first by size or by
    what is wasted."""
    kept = [one for one in layers if not needle or matches(needle, one.command, one.diff_id)]
    if sorting.column == "size":
        kept.sort(key=lambda one: -one.size)
    elif sorting.column == "wasted":
        kept.sort(key=lambda one: -one.wasted)
    return tuple(one.index for one in (kept[::-1] if sorting.reverse else kept))
