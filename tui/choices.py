"""The plan that a person makes: accepting, taking back, cycling, undo and redo."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hardening.model import Finding, Fix
from hardening.plan import Plan, finding_key_of, fix_key
from tui.findings import Accepted, usable_fixes

if TYPE_CHECKING:
    from hardening.replay import Replayed


@dataclass
class Choices:
    """Accepted fixes with their history. `changed` is called after every change."""

    plan: Plan = field(default_factory=Plan)
    generation: int = 0
    """Grows with every change that needs a new replay; an answer to an older one is stale."""
    _undo: list[Plan] = field(default_factory=list)
    _redo: list[Plan] = field(default_factory=list)
    _accepted: dict[str, Accepted] = field(default_factory=dict)
    _choices: dict[str, str] = field(default_factory=dict)

    def changed(self) -> None:
        """The plan is another one now."""
        self.generation += 1

    def forget_choices(self) -> None:
        """Begin again with an empty plan that cannot be undone."""
        self.plan = Plan()
        self._undo.clear()
        self._redo.clear()
        self._accepted.clear()
        self.changed()

    @property
    def unsaved(self) -> int:
        """Accepted fixes that are not on the disk."""
        return len(self.plan)

    def fix_of(self, finding: Finding) -> Fix | None:
        """The fix that `accept` would take: the one chosen by cycling, else the best."""
        usable = usable_fixes(finding)
        name = self._choices.get(finding.key)
        chosen = next((fix for fix in usable if fix.name == name), None)
        return chosen or finding.best_fix

    def cycle(self, finding: Finding) -> Fix | None:
        """Choose the next of several fixes, in the plan too. None: there is nothing to choose."""
        usable = usable_fixes(finding)
        if len(usable) < 2:
            return None
        now = self.fix_of(finding)
        position = usable.index(now) if now in usable else -1
        chosen = usable[(position + 1) % len(usable)]
        self._choices[finding.key] = chosen.name
        if self.plan.fix_for(finding) is not None:
            self._set(self.plan.accept(fix_key(finding, chosen)), (finding, chosen))
        return chosen

    def accept(self, finding: Finding) -> Fix | None:
        """Accept the finding's fix. None when it has none that may be applied."""
        fix = self.fix_of(finding)
        if fix is None:
            return None
        self._set(self.plan.accept(fix_key(finding, fix)), (finding, fix))
        return fix

    def take_plan(self, plan: Plan, finding: Finding, fix: Fix) -> None:
        """Go on with another plan, in which this fix of this finding is accepted."""
        self._set(plan, (finding, fix))

    def accept_keys(self, replayed: Replayed) -> int:
        """Take over the plan of a replay (all SAFE fixes at once); how many are new."""
        added = [one for one in replayed.applied if one.key not in self.plan]
        plan = self.plan
        for one in added:
            plan = plan.accept(one.key)
        if added:
            self._set(plan, *((one.finding, one.fix) for one in added))
        return len(added)

    def take_back(self, finding_key: str) -> Accepted | None:
        """Take an accepted fix of this finding out of the plan."""
        key = next((one for one in self.plan.fixes if finding_key_of(one) == finding_key), None)
        if key is None:
            return None
        accepted = self._accepted.get(key)
        self._set(self.plan.without(key))
        return accepted

    def take_back_all(self) -> int:
        count = len(self.plan)
        if count:
            self._set(Plan())
        return count

    def undo(self) -> bool:
        return self._step(self._undo, self._redo)

    def redo(self) -> bool:
        return self._step(self._redo, self._undo)

    @property
    def can_undo(self) -> bool:
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        return bool(self._redo)

    def _step(self, source: list[Plan], target: list[Plan]) -> bool:
        if not source:
            return False
        target.append(self.plan)
        self.plan = source.pop()
        self.changed()
        return True

    def _set(self, plan: Plan, *fixes: tuple[Finding, Fix]) -> None:
        for finding, fix in fixes:
            key = fix_key(finding, fix)
            self._accepted[key] = Accepted(key, finding, fix)
        if plan == self.plan:
            return
        self._undo.append(self.plan)
        self._redo.clear()
        self.plan = plan
        self.changed()
