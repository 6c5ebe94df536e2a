"""What is on the screen as a file: the patch, or the report of the text as it is now."""

from __future__ import annotations

from pathlib import Path

from hardening.errors import UsageError
from tui.state import Store

REPORT_SUFFIXES = (".json", ".txt")


def export(store: Store, target: Path) -> Path:
    """Write the file: `.json` and `.txt` are reports, everything else is the patch.

    Raises UsageError when there is nothing to write yet, WriteError when the disk refuses.
    """
    from hardening.writing import write_patch, write_text

    current = store.current
    if current is None or store.replaying:
        raise UsageError("The text is still being analysed", "", "Try again in a moment")
    if target.suffix not in REPORT_SUFFIXES:
        if not current.workspace.changed:
            raise UsageError(
                "There is no patch to save",
                "no fix is accepted",
                "Accept one, or name a file .json or .txt for the report",
            )
        return write_patch(current.workspace, target)
    return write_text(target, _report(store, json=target.suffix == ".json"))


def _report(store: Store, *, json: bool) -> str:
    from hardening.reports.json_report import document, report_of
    from hardening.reports.text import text_of

    current = store.current
    assert current is not None
    subject, report = current.subject, current.report
    path = store.dockerfile_path
    image = None if subject.image is None else subject.image.reference
    if json:
        return document([report_of(path, image, subject, report)])
    return text_of(path, image, subject, report)
