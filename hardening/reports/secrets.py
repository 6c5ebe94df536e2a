"""Secrets as text and as JSON: one row for each place where one lies, never a value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from hardening.model import ConfigPlace, FilePlace, ImagePathPlace, LayerPlace, Place
from hardening.reports.plain import printable
from hardening.secrets.model import Secret
from hardening.secrets.rotation import OUT_OF_THE_IMAGE, at_provider, checklist

SCHEMA = "drydock.secrets/1"


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


def secrets_values(found: Iterable[Reported]) -> dict[str, Any]:
    """The JSON document."""
    return {"schema": SCHEMA, "secrets": [row for one in found for row in _rows(one)]}


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


def secrets_text(found: Iterable[Reported]) -> str:
    """A line for each place, those explained away last; a checklist for each kind of secret that
    is left; and a summary line."""
    kept = list(found)
    rows = [(one, row) for one in kept for row in _rows(one)]
    rows.sort(key=lambda pair: not pair[0].counts)
    lines = [_line(row) for _, row in rows]
    lines += _checklists(one.secret for one in kept if one.counts)
    real = sum(1 for one, _ in rows if one.counts)
    allowed = sum(1 for one, _ in rows if one.allowed)
    last = f"{real} to look at, {len(rows) - real - allowed} probably none"
    lines.append(last + (f", {allowed} allowed" if allowed else ""))
    return "".join(printable(line) + "\n" for line in lines)


def _line(row: dict[str, Any]) -> str:
    where = row["path"] + (f":{row['start_line']}" if row["start_line"] else "")
    layer = "" if row["layer"] is None else f" in layer {row['layer']}"
    gone = row["removed"] is not None and row["layer"] is not None
    removed = f", removed in layer {row['removed']}" if gone else ""
    note = f" (probably none: {row['demoted']})" if row["demoted"] else ""
    note = f" (allowed: {row['allowed']})" if row["allowed"] else note
    return f"{where}{layer}{removed} {row['severity']} {row['rule']} {row['masked']}{note}"


def _checklists(secrets: Iterable[Secret]) -> Iterator[str]:
    """Kinds with the same steps share one list, and all share what gets them out of the image."""
    kinds: dict[tuple[str, ...], dict[str, None]] = {}
    for secret in secrets:
        kinds.setdefault(at_provider(secret), {})[secret.title] = None
    for steps, titles in kinds.items():
        yield f"To rotate: {', '.join(titles)}"
        yield from (f"  {number}. {step}" for number, step in enumerate(steps, start=1))
    if kinds:
        yield "Then, for each of them:"
        yield from (f"  {number}. {one}" for number, one in enumerate(OUT_OF_THE_IMAGE, start=1))
