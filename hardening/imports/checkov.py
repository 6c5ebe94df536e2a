"""checkov's JSON: one report or a list of them, with `results.failed_checks[]`."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.imports.model import Result, line_of, mapping_of, rows_of, severity_of, text_of


def matches(document: object) -> bool:
    reports = document if isinstance(document, list) else [document]
    return bool(reports) and all("check_type" in mapping_of(one) for one in reports)


def results(document: object) -> Iterator[Result]:
    for report in rows_of(document if isinstance(document, list) else [document]):
        for row in rows_of(mapping_of(report.get("results")).get("failed_checks")):
            lines = row.get("file_line_range")
            start, end = lines if isinstance(lines, list) and len(lines) == 2 else (None, None)
            yield Result(
                "checkov",
                text_of(row.get("check_id")) or "unnamed",
                text_of(row.get("check_name")),
                severity_of(row.get("severity")),
                text_of(row.get("file_path")).lstrip("/"),
                line_of(start),
                line_of(end),
            )
