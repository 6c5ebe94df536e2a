"""The view model: what is opened, what is accepted, what is filtered, where the cursor is.

No Textual here. Screens call the methods of `Store` and draw what its properties say. Everything
is answered from values; replaying a plan is done elsewhere and handed in by `show`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from hardening.model import FilePlace, Finding, Fix, Report, Safety, Severity
from hardening.plan import Plan, finding_key_of, fix_key
from hardening.secrets.model import Secret
from hardening.workspace import line_opcodes, split_lines
from tui.links import FindingPointer, Join, LinePointer, Links, Pointer
from tui.masking import Masks, joined_secrets
from tui.text import matches

if TYPE_CHECKING:
    from hardening.replay import Applied, Replayed
    from hardening.subject import Subject


class Pane(StrEnum):
    LAYERS = "layers"
    FINDINGS = "findings"
    SECRETS = "secrets"


PANES = tuple(pane.value for pane in Pane)


class Mark(StrEnum):
    """What became of a finding. `PENDING`: accepted, not replayed yet."""

    OPEN = "open"
    ACCEPTED = "accepted"
    PENDING = "pending"
    DROPPED = "dropped"
    NEW = "new"
    STUBBORN = "stubborn"
    """Its fix is in the text and the finding is still there."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A fix that a person accepted, with its finding as it was then."""

    key: str
    finding: Finding
    fix: Fix


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One line of the findings pane. `fix` is the accepted or the chosen one; `line` is one-based
    in the text now, None when the finding is not in a file."""

    finding: Finding
    mark: Mark
    fix: Fix | None
    line: int | None
    note: str = ""

    @property
    def key(self) -> str:
        return self.finding.key


@dataclass(frozen=True, slots=True)
class Sorting:
    column: str
    reverse: bool = False


SORTS: dict[Pane, tuple[str, ...]] = {
    Pane.LAYERS: ("order", "size", "wasted"),
    Pane.FINDINGS: ("severity", "line", "rule", "fix"),
    Pane.SECRETS: ("severity", "layer", "kind"),
}


def line_map(before: str, after: str) -> dict[int, int]:
    """One-based lines of the text before → the same lines in the text after; a rewritten line
    leads to the start of what replaced it, a deleted one to nothing."""
    moved: dict[int, int] = {}
    for tag, i1, i2, j1, j2 in line_opcodes(split_lines(before), split_lines(after)):
        if tag == "equal":
            moved.update((i1 + n + 1, j1 + n + 1) for n in range(i2 - i1))
        elif j2 > j1:
            moved.update((i1 + n + 1, min(j1 + n, j2 - 1) + 1) for n in range(i2 - i1))
    return moved


@dataclass
class Store:
    """The state behind one opened subject."""

    opened: Subject | None = None
    baseline: Report | None = None
    """The report of the text as it was opened: the score before."""
    current: Replayed | None = None
    plan: Plan = field(default_factory=Plan)
    generation: int = 0
    """Grows with every change that needs a new replay; an answer to an older one is stale."""
    pointer: Pointer | None = None
    filters: dict[Pane, str] = field(default_factory=dict)
    sorts: dict[Pane, Sorting] = field(default_factory=dict)
    revealed: int | None = None
    """Index of the one secret that is shown unmasked."""
    own_only: bool = False
    file_secrets: tuple[Secret, ...] | None = None
    """Secrets of the workspace files as they are now; None until they were looked for."""
    _undo: list[Plan] = field(default_factory=list)
    _redo: list[Plan] = field(default_factory=list)
    _accepted: dict[str, Accepted] = field(default_factory=dict)
    _choices: dict[str, str] = field(default_factory=dict)
    _join: Join | None = None
    _rows: tuple[FindingRow, ...] | None = None
    _shown: tuple[FindingRow, ...] | None = None
    _secret_order: tuple[int, ...] | None = None
    _secrets: tuple[Secret, ...] | None = None
    _safe_left: bool | None = None
    _masks: Masks | None = None

    # What came in

    def open(self, subject: Subject) -> None:
        """A subject, or the same one with more facts. The plan is kept."""
        self.opened = subject
        self.generation += 1

    def show(
        self,
        replayed: Replayed,
        baseline: Report | None,
        generation: int,
        file_secrets: tuple[Secret, ...] | None = None,
    ) -> bool:
        """The answer to the replay of `generation`; False, and nothing else, when it is stale."""
        if generation != self.generation:
            return False
        self.current = replayed
        self.file_secrets = file_secrets
        if baseline is not None:
            self.baseline = baseline
        for one in replayed.applied:
            self._accepted[one.key] = Accepted(one.key, one.finding, one.fix)
        self._forget()
        return True

    def written(self) -> None:
        """The patched text is on the disk: it is what is opened now, and the plan is empty."""
        if self.current is None:
            return
        self.opened = self.current.subject
        self.plan = Plan()
        self._undo.clear()
        self._redo.clear()
        self._accepted.clear()
        self.generation += 1

    def _forget(self) -> None:
        self._join = None
        self._rows = None
        self._shown = None
        self._safe_left = None
        self._secret_order = None
        self._secrets = None
        self._masks = None
        self.revealed = None

    # What is there

    @property
    def subject(self) -> Subject | None:
        """The subject with the accepted fixes in its texts."""
        return self.opened if self.current is None else self.current.subject

    @property
    def report(self) -> Report | None:
        return None if self.current is None else self.current.report

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """Those of the files and of the image, each value once."""
        if self._secrets is None:
            subject = self.subject
            of_image = None if subject is None else subject.secrets
            self._secrets = joined_secrets(self.file_secrets or (), of_image)
        return self._secrets

    @property
    def masks(self) -> Masks:
        """Hides the values of all known secrets in whatever is shown."""
        if self._masks is None:
            self._masks = Masks(self.secrets)
        return self._masks

    @property
    def unsaved(self) -> int:
        """Accepted fixes that are not on the disk."""
        return len(self.plan)

    @property
    def replaying(self) -> bool:
        """True while the shown text is not yet that of the plan."""
        current = self.current
        if current is None:
            return self.opened is not None
        told = {one.key for one in current.applied}
        told |= {one.key for one in current.dropped} | {one.fix for one in current.conflicts}
        return told != set(self.plan.fixes)

    @property
    def dockerfile_path(self) -> str:
        subject = self.subject
        if subject is None or subject.dockerfile is None:
            return ""
        return subject.dockerfile.path

    def text(self, path: str) -> str:
        """A workspace file as it is with the accepted fixes."""
        return "" if self.subject is None else self.subject.texts.get(path, "")

    # The plan

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
        self._changed()
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
        self._changed()

    def _changed(self) -> None:
        self.generation += 1
        self._rows = None
        self._shown = None
        self._safe_left = None

    # Findings

    def finding_rows(self) -> tuple[FindingRow, ...]:
        """Rows after filter and sort."""
        if self._shown is None:
            rows = self.all_rows()
            needle = self.filters.get(Pane.FINDINGS, "")
            if needle:
                rows = tuple(row for row in rows if _finding_matches(row, needle))
            sorting = self.sorts.get(Pane.FINDINGS)
            if sorting is not None:
                order = _FINDING_ORDER[sorting.column]
                rows = tuple(sorted(rows, key=order, reverse=sorting.reverse))
            self._shown = rows
        return self._shown

    def all_rows(self) -> tuple[FindingRow, ...]:
        """Rows whatever the filter, severest first."""
        if self._rows is None:
            self._rows = self._make_rows()
        return self._rows

    def _make_rows(self) -> tuple[FindingRow, ...]:
        current = self.current
        if current is None:
            return ()
        planned = {finding_key_of(key): key for key in self.plan.fixes}
        applied = {one.key: one for one in current.applied}
        refused = {one.key: one.reason for one in current.dropped}
        refused |= {one.fix: f"clashes with {one.other}: {one.reason}" for one in current.conflicts}
        introduced = {key for one in current.applied for key in one.introduced}
        rows: list[FindingRow] = []
        present: set[str] = set()
        for finding in current.report.findings:
            present.add(finding.key)
            key = planned.get(finding.key)
            line = _line_of(finding)
            if key is None:
                mark = Mark.NEW if finding.key in introduced else Mark.OPEN
                rows.append(FindingRow(finding, mark, self.fix_of(finding), line))
            else:
                mark, note = _mark_of(key, applied, refused)
                rows.append(FindingRow(finding, mark, self._fix_for(key), line, note))
        for key in self.plan.fixes:
            accepted = self._accepted.get(key)
            if accepted is None or accepted.finding.key in present:
                continue
            mark, note = _mark_of(key, applied, refused)
            line = self._line_now(accepted.finding)
            rows.append(FindingRow(accepted.finding, mark, accepted.fix, line, note))
        return tuple(sorted(rows, key=_by_severity))

    def _fix_for(self, key: str) -> Fix | None:
        accepted = self._accepted.get(key)
        return None if accepted is None else accepted.fix

    def _line_now(self, finding: Finding) -> int | None:
        """Where the line of a mended finding is in the text now: its key says nothing of lines, so
        the same finding of the opened text is asked, and its line followed through the diff."""
        for one in self.baseline.findings if self.baseline is not None else ():
            if one.key == finding.key:
                place = _file_place(one)
                if place is None:
                    return None
                return self.lines_now(place.path).get(place.start_line)
        return _line_of(finding)

    def lines_now(self, path: str) -> dict[int, int]:
        """Lines of a file as opened → its lines now."""
        if self.opened is None or self.current is None:
            return {}
        return line_map(self.opened.texts.get(path, ""), self.current.subject.texts.get(path, ""))

    @property
    def safe_left(self) -> bool:
        """True when a finding is open whose fix is SAFE."""
        if self._safe_left is None:
            self._safe_left = any(
                row.mark in (Mark.OPEN, Mark.NEW)
                and any(fix.safety is Safety.SAFE for fix in row.finding.fixes)
                for row in self.all_rows()
            )
        return self._safe_left

    def row_of(self, key: str) -> FindingRow | None:
        return next((row for row in self.all_rows() if row.key == key), None)

    # Secrets

    def secret_order(self) -> tuple[int, ...]:
        """Indices into `secrets` after filter and sort; demoted ones last."""
        if self._secret_order is None:
            needle = self.filters.get(Pane.SECRETS, "")
            secrets = self.secrets
            kept = [
                n for n, one in enumerate(secrets) if not needle or _secret_matches(one, needle)
            ]
            sorting = self.sorts.get(Pane.SECRETS, Sorting("severity"))
            order = _SECRET_ORDER[sorting.column]
            kept.sort(key=lambda n: order(secrets[n]), reverse=sorting.reverse)
            kept.sort(key=lambda n: bool(secrets[n].demoted))
            self._secret_order = tuple(kept)
        return self._secret_order

    def reveal(self, index: int | None) -> None:
        """Show one secret unmasked; None masks it again."""
        self.revealed = index

    # Layers

    def layer_order(self) -> tuple[int, ...]:
        """Layer numbers after filter and sort."""
        subject = self.subject
        if subject is None or subject.image is None:
            return ()
        layers = list(subject.image.layers)
        needle = self.filters.get(Pane.LAYERS, "")
        if needle:
            layers = [one for one in layers if matches(needle, one.command, one.diff_id)]
        if self.own_only:
            layers = [one for one in layers if one.attribution.origin != "base"]
        sorting = self.sorts.get(Pane.LAYERS, Sorting("order"))
        if sorting.column == "size":
            layers.sort(key=lambda one: -one.size)
        elif sorting.column == "wasted":
            layers.sort(key=lambda one: -one.wasted)
        if sorting.reverse:
            layers.reverse()
        return tuple(one.index for one in layers)

    # Filter, sort, cursor

    def set_filter(self, pane: Pane, text: str) -> None:
        self.filters[pane] = text.strip()
        self._shown = None
        self._secret_order = None

    def sort_next(self, pane: Pane) -> Sorting:
        """The next sort column of a pane."""
        columns = SORTS[pane]
        now = self.sorts.get(pane, Sorting(columns[0])).column
        return self.sort_by(pane, columns[(columns.index(now) + 1) % len(columns)])

    def sort_by(self, pane: Pane, column: str) -> Sorting:
        """Sort by a column; the same column again turns the order around."""
        now = self.sorts.get(pane, Sorting(SORTS[pane][0]))
        reverse = not now.reverse if now.column == column else False
        self.sorts[pane] = Sorting(column, reverse)
        self._shown = None
        self._secret_order = None
        return self.sorts[pane]

    def point(self, pointer: Pointer) -> Links:
        """Put the cursor somewhere; what the other panes show with it. Masks a shown secret."""
        if pointer != self.pointer:
            self.revealed = None
        self.pointer = pointer
        return self.links()

    def links(self) -> Links:
        if self.pointer is None:
            return Links()
        links = self.join.links(self.pointer)
        if isinstance(self.pointer, FindingPointer) and not links.findings:
            row = self.row_of(self.pointer.key)
            if row is not None and row.line is not None:
                at = LinePointer(self.dockerfile_path, row.line)
                layers = self.join.links(at).layers
                return Links(
                    self.dockerfile_path, (row.line,), layers, frozenset({self.pointer.key})
                )
        return links

    @property
    def join(self) -> Join:
        if self._join is None:
            subject = self.subject
            self._join = Join(
                subject.dockerfile if subject is not None else None,
                subject.image if subject is not None else None,
                () if self.report is None else self.report.findings,
                self.secrets,
            )
        return self._join

    def step_finding(self, step: int) -> FindingRow | None:
        """The finding after (or before) the cursor's, round the end."""
        rows = self.finding_rows()
        if not rows:
            return None
        keys = [row.key for row in rows]
        now = self.pointer.key if isinstance(self.pointer, FindingPointer) else None
        if now not in keys:
            return rows[0 if step > 0 else -1]
        return rows[(keys.index(now) + step) % len(rows)]


def usable_fixes(finding: Finding) -> list[Fix]:
    """Fixes that may be applied at all, best first."""
    usable = [fix for fix in finding.fixes if fix.safety is not Safety.MANUAL]
    return sorted(usable, key=lambda fix: -fix.safety)


def _mark_of(
    key: str, applied: Mapping[str, Applied], refused: Mapping[str, str]
) -> tuple[Mark, str]:
    if key in refused:
        return Mark.DROPPED, refused[key]
    one = applied.get(key)
    if one is None:
        return Mark.PENDING, ""
    if one.silenced:
        return Mark.ACCEPTED, ""
    return Mark.STUBBORN, "its fix is in the text, and the finding is still there"


def _file_place(finding: Finding) -> FilePlace | None:
    return next((place for place in finding.places if isinstance(place, FilePlace)), None)


def _line_of(finding: Finding) -> int | None:
    place = _file_place(finding)
    return None if place is None else place.start_line


def _by_severity(row: FindingRow) -> tuple[int, int, str, str]:
    return (-row.finding.severity, row.line or 1 << 30, row.finding.rule, row.key)


_SAFETY_ORDER = {Safety.SAFE: 0, Safety.REVIEW: 1, Safety.MANUAL: 2}

_FINDING_ORDER: dict[str, Callable[[FindingRow], tuple[object, ...]]] = {
    "severity": _by_severity,
    "line": lambda row: (row.line or 1 << 30, -row.finding.severity, row.key),
    "rule": lambda row: (row.finding.rule, row.line or 1 << 30, row.key),
    "fix": lambda row: (
        3 if row.fix is None else _SAFETY_ORDER[row.fix.safety],
        *_by_severity(row),
    ),
}

_SECRET_ORDER: dict[str, Callable[[Secret], tuple[object, ...]]] = {
    "severity": lambda one: (-one.severity, one.rule),
    "layer": lambda one: (one.life.added if one.life.added is not None else -1, one.rule),
    "kind": lambda one: (one.title.casefold(), one.rule),
}


def _finding_matches(row: FindingRow, needle: str) -> bool:
    finding = row.finding
    safety = "no fix" if row.fix is None else f"{row.fix.safety.label} {row.fix.title}"
    return matches(
        needle,
        finding.rule,
        finding.message,
        finding.severity.label,
        finding.subject,
        safety,
        row.mark.value,
        *finding.aliases,
        *(place.path for place in finding.places if isinstance(place, FilePlace)),
    )


def _secret_matches(secret: Secret, needle: str) -> bool:
    paths = [str(getattr(place, "path", getattr(place, "key", ""))) for place in secret.places]
    return matches(needle, secret.rule, secret.title, secret.severity.label, secret.masked, *paths)


def severity_counts(report: Report | None) -> dict[Severity, int]:
    """Findings per severity, severest first; empty when nothing was analysed."""
    if report is None:
        return {}
    counts = report.counts()
    return {severity: counts[severity] for severity in sorted(Severity, reverse=True)}
