"""What the panes say while they have no rows: why, and what to do next."""

from __future__ import annotations

from hardening.skipped import Skipped
from tui.detail import nothing_found, skipped_cells
from tui.ordering import Pane
from tui.phases import IMAGE, SECRETS, WAITING
from tui.rows import Cells
from tui.sides import Side
from tui.state import Store


def no_layers(store: Store, *, reading: bool) -> list[Cells]:
    """`reading` while facts still come in."""
    if store.filters.get(Pane.LAYERS) or store.side is not Side.ALL:
        return _hint("No layer matches.", "esc shows all again")
    if store.subject is None:
        return _hint("Opening …")
    if store.subject.image is not None:
        return _hint("This image has no layers.")
    if reading:
        return _hint("Opening the image …")
    return _hint("No image.", "o opens one of this machine,", "or start drydock with --image")


def no_findings(store: Store) -> list[Cells]:
    report = store.report
    if store.filters.get(Pane.FINDINGS):
        return _hint("No finding matches.", "esc shows all again")
    if report is None:
        return _hint("Opening …" if store.subject is None else "Analysing …")
    if store.side is not Side.ALL and report.findings:
        return _hint(f"No finding is {store.side.words}.", "b or esc shows all again")
    return nothing_found(store.subject, report.skipped)


def no_secrets(store: Store, *, reading: bool) -> list[Cells]:
    """`reading` while facts still come in."""
    if store.filters.get(Pane.SECRETS):
        return _hint("No secret matches.", "esc shows all again")
    subject = store.subject
    if subject is None:
        return _hint("Opening …")
    if store.side is not Side.ALL and store.secrets:
        return _hint(f"No secret is {store.side.words}.", "b or esc shows all again")
    if subject.secrets is not None:
        return [[], [("  ✓ No secret in any layer.", "good")]]
    lines: list[Cells] = [[]]
    if store.file_secrets is not None and subject.texts:
        lines.append([("  ✓ No secret in the files.", "good")])
    if reading:
        return [*lines, [("  The image is still being searched.", "muted")]]
    told = [one for one in subject.missing if _is_about_secrets(one)]
    if told:
        lines += [[], [("  Not assessed:", "muted")]]
    return lines + [[("  ", "plain"), *line] for line in skipped_cells(told)]


def _is_about_secrets(one: Skipped) -> bool:
    return one.what in (IMAGE, SECRETS) and one.reason != WAITING


def _hint(*lines: str) -> list[Cells]:
    return [[], *([("  " + line, "muted")] for line in lines)]
