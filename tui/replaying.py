"""Replays for the screen: with all safe fixes, and prepared for the eye. Runs in worker threads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hardening.model import Report, Safety
from hardening.plan import Plan, fix_key
from hardening.workspace import Workspace
from tui.findings import usable_fixes
from tui.masking import Masks, text_secrets
from tui.messages import ReplayReady
from tui.source import highlighted_lines, language_of

if TYPE_CHECKING:
    from hardening.replay import Replayed
    from hardening.subject import Subject

MAX_ROUNDS = 8
"""Accepting a fix may bring findings with safe fixes of their own: how often to look again."""


def with_safe_fixes(opened: Subject, plan: Plan, current: Replayed) -> Replayed:
    """The plan with every SAFE fix, those of findings that other fixes bring in too."""
    from hardening.replay import replay

    for _ in range(MAX_ROUNDS):
        wanted = plan
        for finding in current.report.findings:
            safe = [fix for fix in usable_fixes(finding) if fix.safety is Safety.SAFE]
            if safe and wanted.fix_for(finding) is None:
                wanted = wanted.accept(fix_key(finding, safe[0]))
        if wanted == plan:
            break
        plan = wanted
        current = replay(opened, plan)
    return current


def answer_of(
    generation: int,
    replayed: Replayed,
    baseline: Report | None,
    *,
    all_safe: bool = False,
) -> ReplayReady:
    """What the screen needs to show a replay, prepared off its thread."""
    subject, workspace = replayed.subject, replayed.workspace
    of_files = text_secrets(subject.texts)
    before = text_secrets({path: workspace.before[path] for path in workspace.changed
                           if path in workspace.before})  # fmt: skip
    masks = Masks((*of_files, *before, *(subject.secrets or ())))
    lines = {
        path: highlighted_lines(masks.hide(text), language_of(path))
        for path, text in subject.texts.items()
    }
    shown = Workspace(
        workspace.root, masks.hide_all(workspace.before), masks.hide_all(workspace.after)
    )
    return ReplayReady(generation, replayed, baseline, lines, shown, of_files, all_safe)
