"""Secrets as text and as JSON: one row for each place where one lies, never a value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from hardening.model import ConfigPlace, FilePlace, ImagePathPlace, LayerPlace, Place
from hardening.reports.plain import printable
from hardening.secrets.model import Secret

SCHEMA = "drydock.secrets/1"


def secrets_values(found: Iterable[tuple[str, Secret]]) -> dict[str, Any]:
    """The JSON document; `source` is the path or image as the person named it."""
    rows = [row for source, secret in found for row in _rows(source, secret)]
    return {"schema": SCHEMA, "secrets": rows}


def _rows(source: str, secret: Secret) -> Iterator[dict[str, Any]]:
    lines = secret.lines or (0,) * len(secret.places)
    for place, line in zip(secret.places, lines, strict=False):
        yield {
            "source": source,
            "rule": secret.rule,
            "title": secret.title,
            "severity": secret.severity.label,
            "path": path_of(place),
            "start_line": line or None,
            "layer": layer_of(place),
            "masked": secret.masked,
            "sha256": secret.sha256,
            "demoted": secret.demoted or None,
            "recoverable_from": list(secret.life.recoverable_from),
            "added": secret.life.added,
            "removed": secret.life.removed,
            "in_history": secret.life.in_history,
            "in_config": secret.life.in_config,
            "rotate": secret.rotate,
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


def secrets_text(found: Iterable[tuple[str, Secret]]) -> str:
    """A line for each place, the demoted last, and a summary line."""
    rows = [row for source, secret in found for row in _rows(source, secret)]
    rows.sort(key=lambda row: row["demoted"] is not None)
    lines = []
    for row in rows:
        where = row["path"] + (f":{row['start_line']}" if row["start_line"] else "")
        layer = "" if row["layer"] is None else f" in layer {row['layer']}"
        gone = row["removed"] is not None and row["layer"] is not None
        removed = f", removed in layer {row['removed']}" if gone else ""
        demoted = f" (probably none: {row['demoted']})" if row["demoted"] else ""
        lines.append(
            f"{where}{layer}{removed} {row['severity']} {row['rule']} {row['masked']}{demoted}"
        )
    real = sum(1 for row in rows if not row["demoted"])
    lines.append(f"{real} to look at, {len(rows) - real} probably none")
    return "".join(printable(line) + "\n" for line in lines)
