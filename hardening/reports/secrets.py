"""Secrets as text and as JSON: one row for each place where one lies, never a value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from hardening.model import ConfigPlace, FilePlace, ImagePathPlace, LayerPlace, Place
from hardening.reports.sheet import (
    BOLD,
    DIM,
    PLAIN,
    Cell,
    Look,
    severity_cell,
    table,
    wrapped,
)
from hardening.secrets.model import Secret
from hardening.secrets.rotation import OUT_OF_THE_IMAGE, at_provider, checklist
from hardening.settings import AllowedSecret
from hardening.skipped import Skipped

SCHEMA = "drydock.secrets/1"


Idle = tuple[AllowedSecret, str]
"""An allowed value of the settings that did nothing, and why."""


@dataclass(frozen=True, slots=True)
class Reported:
    """A secret of one target. `source` is the path or image as the person named it, `allowed` the
    reason of the project's settings for which it may stay, "" when they do not name it."""

    source: str
    secret: Secret
    allowed: str = ""

    @property
    def counts(self) -> bool:
        """Neither explained away nor allowed."""
        return not self.secret.demoted and not self.allowed


def secrets_values(
    found: Iterable[Reported], unread: Iterable[Skipped] = (), idle: Iterable[Idle] = ()
) -> dict[str, Any]:
    """The JSON document. `idle` are allowed values of the settings that did nothing."""
    return {
        "schema": SCHEMA,
        "secrets": [row for one in found for row in _rows(one)],
        "not_assessed": [
            {"what": one.what, "reason": one.reason, "next_step": one.next_step} for one in unread
        ],
        "unused_allowed": [
            {"sha256": entry.sha256, "reason": entry.reason, "why": why} for entry, why in idle
        ],
    }


def _rows(one: Reported) -> Iterator[dict[str, Any]]:
    secret = one.secret
    lines = secret.lines or (0,) * len(secret.places)
    reasons = secret.reasons or (secret.demoted,) * len(secret.places)
    for place, line, reason in zip(secret.places, lines, reasons, strict=False):
        yield {
            "source": one.source,
            "rule": secret.rule,
            "title": secret.title,
            "severity": secret.severity.label,
            "path": path_of(place),
            "start_line": line or None,
            "layer": layer_of(place),
            "masked": secret.masked,
            "sha256": secret.sha256,
            "demoted": reason or None,
            "allowed": one.allowed or None,
            "recoverable_from": list(secret.life.recoverable_from),
            "added": secret.life.added,
            "removed": secret.life.removed,
            "in_history": secret.life.in_history,
            "in_config": secret.life.in_config,
            "rotate": secret.rotate,
            "rotation": list(checklist(secret)),
        }


def path_of(place: Place) -> str:
    """A file's path as given, a path in an image with its slash, or a configuration key."""
    if isinstance(place, FilePlace):
        return place.path
    if isinstance(place, ImagePathPlace):
        return f"/{place.path}"
    return place.key if isinstance(place, ConfigPlace) else ""


def layer_of(place: Place) -> int | None:
    return place.layer if isinstance(place, ImagePathPlace | LayerPlace) else None


def secrets_text(
    found: Iterable[Reported],
    unread: Iterable[Skipped] = (),
    idle: Iterable[Idle] = (),
    *,
    look: Look = PLAIN,
) -> str:
    """Each secret with the places where it lies; a checklist for each kind; those explained away
    or allowed; what was not searched; and the counts."""
    kept = list(found)
    counting = [one for one in kept if one.counts]
    lines = [line for group in _by_value(counting) for line in _block(group, look)]
    lines += _checklists((one.secret for one in counting), look)
    others = [(one, row) for one in kept if not one.counts for row in _rows(one)]
    lines += _others(others, look)
    for one in unread:
        said = f"{one.what}: {one.reason}. {one.next_step}".rstrip()
        lines += wrapped(said, look, first="not assessed: ")
    for entry, why in idle:
        said = f"{entry.sha256[:12]} ({entry.reason}) in {entry.where}: {why}"
        lines += wrapped(said, look, first="allowed value ")
    real = sum(1 for one in counting for row in _rows(one) if not row["demoted"])
    allowed = sum(1 for one, _ in others if one.allowed)
    last = f"{real} to look at, {len(others) - allowed} probably none"
    lines += wrapped(last + (f", {allowed} allowed" if allowed else ""), look, code=BOLD)
    return "\n".join(lines) + "\n"


def _by_value(found: Iterable[Reported]) -> list[list[Reported]]:
    """The same value in several targets is one secret."""
    groups: dict[str, list[Reported]] = {}
    for one in found:
        groups.setdefault(one.secret.sha256, []).append(one)
    return sorted(groups.values(), key=lambda group: -group[0].secret.severity)


def _block(group: list[Reported], look: Look) -> list[str]:
    """The secret, where it lies, and the hash by which the settings can allow it."""
    secret = group[0].secret
    kind = Cell(secret.rule, BOLD)
    lines = table([(severity_cell(secret.severity), kind, secret.masked)], look)
    places = dict.fromkeys(_place(row) for one in group for row in _rows(one))
    for place in places:
        lines += wrapped(place, look, first="  ")
    return lines + wrapped(f"sha256 {secret.sha256}", look, first="  ", code=DIM)


def _others(pairs: list[tuple[Reported, dict[str, Any]]], look: Look) -> list[str]:
    """One row for all that lie in the same place for the same reason."""
    counts = Counter(
        (
            _where(row),
            row["rule"],
            row["masked"],
            row["sha256"] if one.allowed else "",
            _reason(row),
        )
        for one, row in pairs
    )
    merged: dict[tuple[str, str, str, str], list[tuple[str, int]]] = {}
    for (where, rule, masked, digest, reason), count in counts.items():
        merged.setdefault((where, rule, digest, reason), []).append((masked, count))
    rows = []
    for (where, rule, digest, reason), values in merged.items():
        times = sum(count for _, count in values)
        shown = values[0][0] if times == 1 else f"{times} values"
        rows.append((rule, shown, f"{where} ({reason})" + (f" sha256 {digest}" if digest else "")))
    return ["", *table(rows, look)] if rows and look.width else table(rows, look)


def _reason(row: dict[str, Any]) -> str:
    return f"allowed: {row['allowed']}" if row["allowed"] else f"probably none: {row['demoted']}"


def _where(row: dict[str, Any]) -> str:
    where: str = row["path"] + (f":{row['start_line']}" if row["start_line"] else "")
    layer = "" if row["layer"] is None else f" in layer {row['layer']}"
    gone = row["removed"] is not None and row["layer"] is not None
    return where + layer + (f", removed in layer {row['removed']}" if gone else "")


def _place(row: dict[str, Any]) -> str:
    """A place of a secret that counts; this one may have a reason of its own."""
    return _where(row) + (f" ({_reason(row)})" if row["demoted"] else "")


def _checklists(secrets: Iterable[Secret], look: Look) -> Iterator[str]:
    """Kinds with the same steps share one list, and all share what gets them out of the image."""
    kinds: dict[tuple[str, ...], dict[str, None]] = {}
    for secret in secrets:
        kinds.setdefault(at_provider(secret), {})[secret.title] = None
    for steps, titles in kinds.items():
        yield from wrapped(", ".join(titles), look, first="To rotate: ")
        yield from _steps(steps, look)
    if kinds:
        yield "Then, for each of them:"
        yield from _steps(OUT_OF_THE_IMAGE, look)


def _steps(steps: Iterable[str], look: Look) -> Iterator[str]:
    for number, step in enumerate(steps, start=1):
        yield from wrapped(step, look, first=f"  {number}. ")
