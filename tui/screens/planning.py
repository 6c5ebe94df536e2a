"""Accepting fixes and taking them back; replaying the plan off the screen's thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on

from hardening.model import Finding, Fix
from hardening.plan import Plan
from hardening.workspace import Workspace
from tui.findings import FindingRow, Mark, refusals, usable_fixes
from tui.messages import ReplayEnded, ReplayReady, RunReady, WorkFailed
from tui.replaying import answer_of, with_safe_fixes
from tui.rows import SAFETY_WORDS
from tui.screens.dialog import error_dialog
from tui.screens.narrowing import Narrowing
from tui.text import clean, plural
from tui.widgets.grouped import GroupedLines

if TYPE_CHECKING:
    pass

_DONE = (Mark.ACCEPTED, Mark.PENDING, Mark.STUBBORN, Mark.DROPPED)


_ON_A_FINDING = ("toggle_fix", "accept", "reject", "next_fix")


class Planning(Narrowing):
    """Adds the plan to the joined screen."""

    shown_workspace: Workspace | None = None
    """The workspace for the eye: secrets are masked in it."""
    _told: frozenset[str] = frozenset()
    """Dropped fixes and conflicts that were told already."""

    # Keys

    def action_toggle_fix(self) -> None:
        row = self.current_row
        if row is None:
            return
        if row.mark in _DONE:
            self.action_reject()
        else:
            self.action_accept()

    @on(GroupedLines.Accepted)
    def _accept_for_item(self, event: GroupedLines.Accepted) -> None:
        """Space on a package or a vulnerability: the fix of the finding about it."""
        event.stop()
        if self.current_row is None:
            self.notify("No finding is about this one, so no patch is offered.", markup=False,
                        timeout=4)  # fmt: skip
            return
        self.action_toggle_fix()

    def action_accept(self) -> None:
        row = self.current_row
        if row is None:
            return
        fix = self.store.accept(row.finding)
        if fix is None:
            self._explain_no_fix(row.finding)
            return
        self.plan_changed()

    def _explain_no_fix(self, finding: Finding) -> None:
        if finding.fixes:
            told = "Its fix rests on something that does not hold; the Detail tab says what."
        else:
            told = "No patch is offered for this finding; the Detail tab says what to do."
        self.notify(told, title="Nothing to accept", severity="warning", markup=False)

    def action_reject(self) -> None:
        row = self.current_row
        if row is None:
            return
        if self.store.take_back(row.key) is None and row.mark not in _DONE:
            self.notify("This finding's fix was not accepted.", markup=False, timeout=3)
            return
        self.plan_changed()

    def action_reject_all(self) -> None:
        count = self.store.take_back_all()
        if count:
            self.notify(f"{plural(count, 'fix', 'fixes')} taken back; u undoes that", markup=False)
            self.plan_changed()

    def action_accept_safe(self) -> None:
        """Compose every SAFE fix in a worker; the answer is taken over as the plan."""
        store = self.store
        opened, generation = store.opened, store.generation
        if opened is None or store.current is None:
            return
        plan, current = store.plan, store.current

        def work() -> None:
            try:
                replayed = with_safe_fixes(opened, plan, current)
                answer = answer_of(generation, replayed, None, all_safe=True)
            except Exception as error:
                self.post_message(WorkFailed("Cannot accept the safe fixes", error))
                return
            self.post_message(answer)

        self.run_worker(work, thread=True, group="all-safe", exclusive=True)

    def action_next_fix(self) -> None:
        row = self.current_row
        if row is None:
            return
        fix = self.store.cycle(row.finding)
        if fix is None:
            self.notify("This finding has no other fix.", markup=False, timeout=3)
            return
        told = f"{clean(fix.title, 200)} ({SAFETY_WORDS[fix.safety]})"
        self.notify(told, title="Chosen fix", markup=False, timeout=4)
        self.plan_changed()

    def action_undo(self) -> None:
        if self.store.undo():
            self.plan_changed()

    def action_redo(self) -> None:
        if self.store.redo():
            self.plan_changed()

    # Replay

    def plan_changed(self) -> None:
        """Show the choice at once, and ask for the text that it makes."""
        self.draw_findings()
        self.draw_summary()
        self.refresh_bindings()
        self.replay()

    _is_replaying = False
    _replays_again = False

    def replay(self) -> None:
        """One at a time: what is asked for meanwhile is answered by the next one."""
        store = self.store
        subject, plan, generation = store.opened, store.plan, store.generation
        if subject is None:
            return
        if self._is_replaying:
            self._replays_again = True
            return
        self._is_replaying = True

        def work() -> None:
            try:
                from hardening.replay import replay

                replayed = replay(subject, plan)
                empty = replayed if not plan.fixes else replay(subject, Plan())
                answer = answer_of(generation, replayed, empty.report)
            except Exception as error:
                self.post_message(WorkFailed("Cannot analyse this", error))
            else:
                self.post_message(answer)
            self.post_message(ReplayEnded())

        self.run_worker(work, thread=True, group="replay")

    @on(ReplayEnded)
    def _replay_ended(self) -> None:
        self._is_replaying = False
        if self._replays_again:
            self._replays_again = False
            self.replay()

    @on(ReplayReady)
    def _replay_ready(self, event: ReplayReady) -> None:
        store = self.store
        if event.all_safe:
            self._take_safe(event)
            return
        if not store.show(event.replayed, event.baseline, event.generation, event.file_secrets):
            return
        self.draw_code(event.lines)
        self.draw_all()
        self.diff.show(event.shown)
        self.shown_workspace = event.shown
        self._say_no_diff()
        self._tell_refused()
        self.follow_focus()
        self.want_run_flags()

    def _take_safe(self, event: ReplayReady) -> None:
        store = self.store
        if store.is_stale(event.generation):
            return
        added = store.accept_keys(event.replayed)
        if not added:
            self.notify(
                "No fix is left whose preconditions all hold. Review the others one by one.",
                title="Nothing to accept", markup=False,
            )  # fmt: skip
            return
        self.notify(f"{plural(added, 'safe fix', 'safe fixes')} accepted; u undoes that",
                    markup=False)  # fmt: skip
        self.plan_changed()

    def _say_no_diff(self) -> None:
        if self.store.opened is None:
            return
        told = [
            [],
            [("  No changes yet.", "muted")],
            [("  Space on a finding accepts its fix, A all that are safe.", "muted")],
        ]
        self.diff.say(told)

    def _tell_refused(self) -> None:
        """Dropped fixes and conflicts are told once each, with their reason."""
        current = self.store.current
        if current is None:
            return
        refused = refusals(current)
        for key, reason in refused.items():
            if key not in self._told:
                told = f"{clean(key.partition(':')[0], 100)}: {clean(reason, 300)}"
                self.notify(told, title="Fix not in the text", severity="warning", markup=False,
                            timeout=10)  # fmt: skip
        self._told = frozenset(refused)

    # Run flags

    def want_run_flags(self) -> None:
        """Derive the hardened run flags of the text now."""
        store = self.store
        subject, generation = store.subject, store.generation
        if subject is None:
            return

        def work() -> None:
            try:
                from hardening.runtime.flags import hardened

                run = hardened(subject)
            except Exception as error:
                self.post_message(WorkFailed("Cannot derive the run flags", error))
                return
            self.post_message(RunReady(generation, run))

        self.run_worker(work, thread=True, group="run", exclusive=True)

    @on(WorkFailed)
    def _work_failed(self, event: WorkFailed) -> None:
        error = event.error
        told = clean(str(error) or type(error).__name__, 600)
        self.log.error(event.title, error)
        if self.app.screen.is_modal:
            self.notify(told, title=event.title, severity="error", markup=False, timeout=30)
            return
        step = "f5 reads the files again. If it comes back, please report it with this message."
        self.app.push_screen(error_dialog(event.title, told, step))

    # What works now

    def plan_allows(self, action: str) -> bool | None:
        """For `check_action`: the keys that change the plan."""
        store, row = self.store, self.current_row
        match action:
            case "toggle_fix" | "accept":
                return (
                    None if row is None or not _choosable(row, store.fix_of(row.finding)) else True
                )
            case "reject":
                return True if row is not None and row.mark in _DONE else None
            case "next_fix":
                return True if row is not None and len(usable_fixes(row.finding)) > 1 else None
            case "undo":
                return True if store.can_undo else None
            case "redo":
                return True if store.can_redo else None
            case "accept_safe":
                return True if store.safe_left else None
            case "reject_all" | "write":
                return True if store.plan.fixes else None
            case "export":
                return True if store.report is not None else None
        return True


def _choosable(row: FindingRow, fix: Fix | None) -> bool:
    return fix is not None or row.mark in _DONE
