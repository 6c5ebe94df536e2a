"""hadolint's and ShellCheck's JSON: a list of objects with a code, a line and a level."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.imports.model import Result, line_of, mapping_of, rows_of, severity_of, text_of


def matches(document: object) -> bool:
    """ShellCheck's `json1` wraps the list in `comments`."""
    if isinstance(document, dict):
        return isinstance(document.get("comments"), list)
    if not isinstance(document, list):
        return False
    return all({"code", "level", "line"} <= mapping_of(row).keys() for row in document)


def results(document: object) -> Iterator[Result]:
    wrapped = mapping_of(document).get("comments")
    for row in rows_of(document if wrapped is None else wrapped):
        code = row.get("code")
        line = line_of(row.get("line"))
        shellcheck = type(code) is int
        yield Result(
            "shellcheck" if shellcheck else "hadolint",
            f"SC{code}" if shellcheck else text_of(code) or "unnamed",
            text_of(row.get("message")),
            severity_of(row.get("level")),
            text_of(row.get("file")),
            line,
            line_of(row.get("endLine")) or line,
        )
