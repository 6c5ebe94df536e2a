"""Applies accepted fixes one after another, reading and analysing the text again between them.

The order in which fixes were accepted does not matter: they are applied in a fixed order (bases,
large rewrites, then by rule, run flags last), each as soon as its finding is there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from hardening.analyse import analyse
from hardening.base_choice import chosen, is_choice
from hardening.keys import NEW_TEXT, Anchors, split_key
from hardening.model import Conflict, Edit, Finding, Fix, Report, Safety
from hardening.origins import Origins
from hardening.plan import Plan, finding_key_of, fix_key
from hardening.rules import Rule, rule_by_id
from hardening.subject import Subject
from hardening.workspace import EditError, Workspace, prepare_edits, splice

RESHAPING = "single-stage-build"
"""The rule whose fix reshapes the file."""

MAX_ROUNDS = 500


@dataclass(frozen=True, slots=True)
class Applied:
    """A fix that is in the text now. `introduced` are keys of findings that it brought;
    `silenced` is false when its own finding is still there."""

    key: str
    finding: Finding
    fix: Fix
    silenced: bool
    introduced: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dropped:
    """An accepted fix that is not in the text, and why."""

    key: str
    reason: str


@dataclass(frozen=True)
class Replayed:
    """The subject with its texts patched, what is found in it, and what became of each fix."""

    subject: Subject
    report: Report
    workspace: Workspace
    applied: tuple[Applied, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    @property
    def plan(self) -> Plan:
        """The fixes that are in the text."""
        return Plan(tuple(one.key for one in self.applied))


class _State:
    """The text so far."""

    def __init__(self, original: Subject, rules: tuple[Rule, ...] | None) -> None:
        self.original = original
        self.rules = rules
        self.anchors = Anchors(original)
        self.subject = original
        self.origins = {path: Origins.of(text) for path, text in original.texts.items()}
        self.report = self._analyse(original, self.origins)
        self.applied: list[Applied] = []

    def _analyse(self, subject: Subject, origins: Mapping[str, Origins]) -> Report:
        return analyse(subject, rules=self.rules, anchors=self.anchors, origins=origins)

    def find(self, key: str) -> tuple[Finding, Fix] | None:
        """The finding and fix of a key; a finding on text that a fix put in answers to the key
        of its rule and subject."""
        if is_choice(key):
            return chosen(self.subject, key)
        wanted, _, name = key.rpartition("/")
        finding = next((one for one in self.report.findings if one.key == wanted), None)
        if finding is None:
            finding = self._moved(wanted)
        if finding is None:
            return None
        fix = next((one for one in finding.fixes if one.name == name), None)
        return None if fix is None else (finding, fix)

    def _moved(self, key: str) -> Finding | None:
        rule, _, subject = split_key(key)
        for finding in self.report.findings:
            parts = split_key(finding.key)
            if parts == (rule, NEW_TEXT, subject):
                return finding
        return None

    def apply(self, key: str, finding: Finding, fix: Fix) -> str | Conflict | None:
        """Puts a fix in. Returns why not: a reason, or the conflict with an earlier fix."""
        try:
            texts, origins = edited(self.subject.texts, self.origins, fix.edits)
        except EditError as error:
            return f"its edits clash with each other ({error})"
        unparsed = touched_unparsed(self.subject, fix)
        if unparsed:
            return f"line {unparsed} could not be parsed and is never rewritten"
        subject = self.subject.with_texts(texts)
        report = self._analyse(subject, origins)
        keys = {one.key for one in report.findings}
        undone = next(
            (one for one in self.applied if one.silenced and one.finding.key in keys), None
        )
        if undone is not None:
            return Conflict(key, undone.key, "it brings back what the other fix mended")
        before = {one.key for one in self.report.findings}
        introduced = _introduced(before, keys, finding.rule)
        self.applied.append(Applied(key, finding, fix, finding.key not in keys, introduced))
        self.subject, self.origins, self.report = subject, origins, report
        return None


def _introduced(before: set[str], after: set[str], mended: str) -> tuple[str, ...]:
    """Keys of findings that were not there before. A finding that only moved to text that the fix
    put in (same rule and subject, gone at its old place) is none; nor is one of another rule than
    the mended one that stays at its place and names fewer things."""
    gone = Counter(split_key(key)[::2] for key in before - after)
    renamed = Counter(split_key(key)[:2] for key in before - after)
    found = []
    for key in sorted(after - before):
        rule, place, subject = split_key(key)
        if place == NEW_TEXT and gone[rule, subject] > 0:
            gone[rule, subject] -= 1
        elif rule != mended and renamed[rule, place] > 0:
            renamed[rule, place] -= 1
        else:
            found.append(key)
    return tuple(found)


def edited(
    texts: Mapping[str, str], origins: Mapping[str, Origins], edits: Iterable[Edit]
) -> tuple[dict[str, str], dict[str, Origins]]:
    """Texts and origins after the edits of one fix. Raises EditError."""
    by_path: dict[str, list[Edit]] = {}
    for edit in edits:
        by_path.setdefault(edit.path, []).append(edit)
    new_texts, new_origins = dict(texts), dict(origins)
    for path, path_edits in by_path.items():
        text = texts.get(path, "")
        prepared = prepare_edits(text, path_edits)
        new_texts[path] = splice(text, prepared)
        if path in origins:
            new_origins[path] = origins[path].edited(prepared)
    return new_texts, new_origins


def touched_unparsed(subject: Subject, fix: Fix) -> int | None:
    """One-based line of an unparsed span that a fix would change, None when it touches none."""
    dockerfile = subject.dockerfile
    if dockerfile is None:
        return None
    for edit in fix.edits:
        if edit.path != dockerfile.path:
            continue
        for one in dockerfile.unparsed:
            if edit.span.start < one.span.end and one.span.start < edit.span.end:
                return one.start_line
    return None


def replay(subject: Subject, plan: Plan, *, rules: tuple[Rule, ...] | None = None) -> Replayed:
    """The subject with every fix of the plan that can be applied.

    A fix whose finding is gone is dropped with that reason; one that would bring back what
    another mended is a conflict, and the other stays.
    """
    state = _State(subject, rules)
    waiting = sorted(plan.fixes, key=_order)
    conflicts: list[Conflict] = []
    dropped: list[Dropped] = []
    progress = True
    while waiting and progress:
        progress = False
        for key in waiting:
            found = state.find(key)
            if found is None:
                continue
            finding, fix = found
            if fix.safety is Safety.MANUAL:  # another fix may yet mend what it rests on
                continue
            waiting.remove(key)
            progress = True
            refused = state.apply(key, finding, fix)
            if isinstance(refused, Conflict):
                conflicts.append(refused)
            elif refused is not None:
                dropped.append(Dropped(key, refused))
            break
    dropped.extend(Dropped(key, _why_not(state, key)) for key in waiting)
    return _result(state, dropped, conflicts)


def _why_not(state: _State, key: str) -> str:
    if state.find(key) is None:
        return "its finding is gone"
    return "one of its preconditions fails now"


def all_fixes(
    subject: Subject,
    safety: Safety = Safety.SAFE,
    *,
    only: frozenset[str] | None = None,
    rules: tuple[Rule, ...] | None = None,
) -> Replayed:
    """Composes every fix that is at least this safe, of the rules in `only` when given. Findings
    that fixes bring are mended too; a fix that does not silence its finding is tried once."""
    state = _State(subject, rules)
    tried: set[str] = set()
    conflicts: list[Conflict] = []
    dropped: list[Dropped] = []
    for _ in range(MAX_ROUNDS):
        choice = _next_choice(state, safety, only, tried)
        if choice is None:
            break
        key, finding, fix = choice
        tried.add(finding.key)
        refused = state.apply(key, finding, fix)
        if isinstance(refused, Conflict):
            conflicts.append(refused)
        elif refused is not None:
            dropped.append(Dropped(key, refused))
    return _result(state, dropped, conflicts)


def _next_choice(
    state: _State, safety: Safety, only: frozenset[str] | None, tried: set[str]
) -> tuple[str, Finding, Fix] | None:
    choices = []
    for finding in state.report.findings:
        fix = finding.best_fix
        if fix is None or fix.safety < safety or finding.key in tried:
            continue
        if only is not None and finding.rule not in only:
            continue
        choices.append((fix_key(finding, fix), finding, fix))
    return min(choices, key=lambda choice: _order(choice[0]), default=None)


def _order(key: str) -> tuple[int, str, int]:
    """Bases first, since a rewrite copies by their versions; then the rewrite that makes new
    stages; then the rest; what is derived from the finished image, such as run flags, last. Of
    findings that are alike the last one goes first, so that the others keep their numbers."""
    if is_choice(key):
        return (0, key, 0)
    name = split_key(finding_key_of(key))[0]
    rule = rule_by_id(name)
    theme = "" if rule is None else rule.theme
    rank = 0 if theme == "base" else 1 if name == RESHAPING else 3 if theme == "runtime" else 2
    alike, _, number = finding_key_of(key).rpartition(".")
    if not number.isdigit() or not alike:
        return (rank, key, 0)
    return (rank, alike, -int(number))


def _result(state: _State, dropped: list[Dropped], conflicts: list[Conflict]) -> Replayed:
    workspace = Workspace(state.original.root, state.original.texts, state.subject.texts)
    keys = {one.key for one in state.report.findings}
    applied = tuple(replace(one, silenced=one.finding.key not in keys) for one in state.applied)
    return Replayed(
        state.subject, state.report, workspace, applied, tuple(dropped), tuple(conflicts)
    )
