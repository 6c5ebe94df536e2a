"""Dockle's JSON: `details[]` with a code, a level and its alerts; all of them about an image."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.imports.model import Result, mapping_of, rows_of, severity_of, text_of


def matches(document: object) -> bool:
    found = mapping_of(document)
    return isinstance(found.get("details"), list) and "summary" in found


def results(document: object) -> Iterator[Result]:
    for row in rows_of(mapping_of(document).get("details")):
        if text_of(row.get("level")) in ("PASS", "SKIP", "IGNORE"):
            continue
        alerts = row.get("alerts")
        told = [text_of(one) for one in alerts if text_of(one)] if isinstance(alerts, list) else []
        for alert in told or [text_of(row.get("title"))]:
            code = text_of(row.get("code")) or "unnamed"
            yield Result("dockle", code, alert, severity_of(row.get("level")))
