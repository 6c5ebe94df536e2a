"""What the Detail tab says of a finding, a secret, a layer or a file, as paragraphs of cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from hardening.image.model import Entry, Image, Origin
from hardening.model import Finding, Fix, Report, Safety, Verdict
from hardening.secrets.model import Secret
from hardening.secrets.rotation import checklist
from hardening.skipped import Skipped
from tui.files import mode_words
from tui.findings import FindingRow, Mark, usable_fixes
from tui.rows import SAFETY_WORDS, Cells, origin_word, place_words, severity_cells, short_command
from tui.secret_rows import life_story
from tui.text import clean, human_size, plural

if TYPE_CHECKING:
    from hardening.rules.frame import Rule
    from hardening.subject import Subject

VERDICT_CELLS = {
    Verdict.HOLDS: ("✓", "good"),
    Verdict.FAILS: ("✗", "bad"),
    Verdict.UNKNOWN: ("?", "warn"),
}
_MARK_WORDS = {
    Mark.ACCEPTED: ("✓ Accepted: its fix is in the text.", "good"),
    Mark.PENDING: ("… Accepted: the text is being analysed again.", "good"),
    Mark.DROPPED: ("✗ Accepted, but not in the text: ", "bad"),
    Mark.NEW: ("+ An accepted fix brought this finding in.", "warn"),
    Mark.STUBBORN: ("! Its fix is in the text, and the finding is still there.", "warn"),
}
LIMIT = 2_000


def _text(text: str) -> str:
    return clean(" ".join(text.split()), LIMIT)


def heading(text: str) -> list[Cells]:
    return [[], [(text, "header")]]


def finding_detail(
    row: FindingRow, rule: Rule | None, comparison: Iterable[Cells] = ()
) -> list[Cells]:
    """Why, what the fixes lead to (`comparison`), fixes with their preconditions, where,
    references and aliases."""
    finding = row.finding
    lines: list[Cells] = [
        [*severity_cells(finding.severity), ("  ", "plain"), (_text(finding.message), "strong")],
        [(clean(finding.rule, 200), "muted"),
         (f" · {finding.confidence.label} confidence", "muted")],
    ]  # fmt: skip
    if row.mark in _MARK_WORDS:
        words, tone = _MARK_WORDS[row.mark]
        lines.append([(words + (_text(row.note) if row.mark is Mark.DROPPED else ""), tone)])
    if rule is not None and rule.why:
        lines += [*heading("Why it matters"), [(_text(rule.why), "plain")]]
    lines += [*comparison, *_fixes(finding, row.fix)]
    if finding.tip:
        lines += [*heading("Tip"), [(_text(finding.tip), "plain")]]
    if finding.evidence:
        lines += heading("Evidence")
        for one in finding.evidence:
            place = f"  {place_words(one.place)}" if one.place is not None else ""
            lines.append([("• ", "muted"), (_text(one.text), "plain"), (place, "muted")])
    lines += heading("Where")
    lines += [[("• ", "muted"), (place_words(place), "plain")] for place in finding.places[:50]]
    if len(finding.places) > 50:
        lines.append([(f"and {len(finding.places) - 50:,} more places", "muted")])
    if rule is not None and rule.references:
        lines += heading("References")
        lines += [[(clean(one, 400), "key")] for one in rule.references]
    if finding.aliases:
        known = ", ".join(clean(one, 100) for one in finding.aliases)
        lines += [*heading("Also known as"), [(known, "muted")]]
    if finding.sources:
        told = ", ".join(clean(one, 100) for one in finding.sources)
        lines += [*heading("Reported by"), [(told, "muted")]]
    return lines


def _fixes(finding: Finding, chosen: Fix | None) -> list[Cells]:
    if not finding.fixes:
        return [*heading("Fix"), [("No patch is offered for this one.", "muted")]]
    usable = usable_fixes(finding)
    lines: list[Cells] = []
    for fix in (*usable, *(one for one in finding.fixes if one not in usable)):
        lines += _fix(fix, chosen is not None and fix.name == chosen.name, len(usable))
    return lines


def offered_fixes(row: FindingRow) -> list[Cells]:
    """The finding behind something else that the cursor is on, with its fixes."""
    told = [*severity_cells(row.finding.severity), ("  ", "plain"), (_text(row.finding.message),
                                                                     "plain")]  # fmt: skip
    return [*heading("Finding"), told, *_fixes(row.finding, row.fix)]


def _fix(fix: Fix, chosen: bool, choices: int) -> list[Cells]:
    word = SAFETY_WORDS[fix.safety]
    title = "Fix" if choices < 2 else ("Fix (chosen)" if chosen else "Other fix (f chooses)")
    if fix.safety is Safety.MANUAL:
        title = "By hand"
    lines: list[Cells] = [
        [],
        [(title + "  ", "header"), (_text(fix.title), "strong"), (f"  {word}", word)],
    ]
    lines += [precondition_cells(one.statement, one.verdict, one.evidence)
              for one in fix.preconditions]  # fmt: skip
    if not fix.preconditions:
        lines.append([("✓ ", "good"), ("It rests on nothing outside the Dockerfile.", "muted")])
    if fix.effect:
        lines.append([("→ ", "accent"), (_text(fix.effect), "plain")])
    return lines


def precondition_cells(statement: str, verdict: Verdict, evidence: str) -> Cells:
    """`✓ statement  evidence`"""
    mark, tone = VERDICT_CELLS[verdict]
    cells: Cells = [(f"  {mark} ", tone), (_text(statement), "plain")]
    if evidence:
        cells.append((f"  {_text(evidence)}", "muted"))
    return cells


def secret_detail(secret: Secret, revealed: bool) -> list[Cells]:
    """What it is, its life, how to rotate it; unmasked only when `revealed`."""
    value = secret.reveal() if revealed else secret.masked
    lines: list[Cells] = [
        [*severity_cells(secret.severity), ("  ", "plain"), (_text(secret.title), "strong")],
        [(clean(secret.rule, 200), "muted")],
        [],
        [("Value  ", "header"), (clean(value, LIMIT), "bad" if revealed else "plain")],
        *([] if revealed else [[("m shows it until the cursor moves", "muted")]]),
        *heading("Its life in the image"),
        [(life_story(secret), "plain")],
    ]
    if secret.demoted:
        lines += [*heading("Probably none"), [(_text(secret.demoted), "plain")]]
    lines += heading("Where")
    lines += [[("• ", "muted"), (place_words(place), "plain")] for place in secret.places[:50]]
    lines += heading("How to rotate it")
    lines += [
        [(f"{number}. ", "muted"), (_text(step), "plain")]
        for number, step in enumerate(checklist(secret), start=1)
    ]
    lines += [*heading("Fingerprint"), [("sha256 " + clean(secret.sha256, 100), "muted")]]
    return lines


def layer_detail(image: Image, number: int, hide: Callable[[str], str] = str) -> list[Cells]:
    """The layer's command, sizes, what it adds and deletes, where it came from."""
    layer = image.layers[number]
    attribution = layer.attribution
    size = human_size(layer.size) if layer.size or layer.files_read else "size not known yet"
    lines: list[Cells] = [
        [(f"Layer {number}", "strong"), (f"  {origin_word(layer).strip()}  ", "accent"),
         (size, "plain")],
        [(clean(layer.diff_id, 100), "muted")],
        *heading("Command"),
        [(hide(short_command(layer.command)) or "not recorded", "plain")],
    ]  # fmt: skip
    if attribution.evidence:
        words = "Estimated from " if attribution.estimated else "Known from "
        words = words if attribution.origin is not Origin.UNKNOWN else "Not known: "
        lines += [*heading("Where it came from"),
                  [(words + _text(attribution.evidence), "plain")]]  # fmt: skip
    lines += heading("Files")
    if not layer.files_read:
        lines.append([("Not read yet.", "muted")])
        return lines
    removed = len(layer.whiteouts)
    lines.append([(f"{plural(len(layer), 'entry', 'entries')}, {removed:,} removed from below",
                   "plain")])  # fmt: skip
    if layer.wasted:
        lines.append([(human_size(layer.wasted), "waste"),
                      (" of it are overwritten or deleted by later layers", "plain")])  # fmt: skip
    return lines


def file_detail(entry: Entry) -> list[Cells]:
    """Mode, owner, size, links and capabilities of one path."""
    lines: list[Cells] = [
        [("/" + clean(entry.path, LIMIT), "strong")],
        [(mode_words(entry), "plain"), (f"  owner {entry.uid}:{entry.gid}", "plain"),
         (f"  {human_size(entry.size)}", "plain"), (f"  layer {entry.layer}", "muted")],
    ]  # fmt: skip
    if entry.link:
        lines.append([("→ ", "muted"), (clean(entry.link, LIMIT), "plain")])
    if entry.is_file and entry.mode & 0o4000:
        lines.append([("Runs as its owner whoever starts it (setuid).", "warn")])
    if entry.is_file and entry.mode & 0o2:
        lines.append([("Everybody may write it.", "warn")])
    if entry.capabilities:
        lines.append([("Carries file capabilities.", "warn")])
    return lines


def skipped_cells(skipped: Iterable[Skipped]) -> list[Cells]:
    """What was not assessed, why, and what to do about it."""
    lines: list[Cells] = []
    for one in skipped:
        told = f"{_text(_few(one.what))}: {_text(one.reason).rstrip('.')}."
        step = _text(one.next_step)
        step = f" {step[:1].upper()}{step[1:]}" if step else ""
        lines.append([("? ", "warn"), (told, "plain"), (step, "muted")])
    return lines


def _few(what: str) -> str:
    """A long list of rules as its first three and how many more there are."""
    names = what.split(", ")
    return what if len(names) < 6 else f"{', '.join(names[:3])} and {len(names) - 3} more"


def missing_words(report: Report) -> list[Cells]:
    """What was not assessed, which findings were left out and by whom, which rules failed."""
    lines: list[Cells] = []
    if report.skipped:
        lines += [[("Not assessed", "header")], *skipped_cells(report.skipped), []]
    if report.unparsed:
        lines.append([("Could not be parsed, and is never rewritten", "header")])
        lines += [[("✗ ", "bad"), (place_words(place), "plain")] for place in report.unparsed[:50]]
        lines.append([])
    if report.ignored:
        lines.append([("Left out on request", "header")])
        for one in report.ignored:
            told = f"{_text(one.finding.message)}  {_text(one.source)}"
            until = f" until {one.expires}" if one.expires is not None else ""
            lines.append(
                [("– ", "muted"), (told, "plain"), (f" {_text(one.reason)}{until}", "muted")]
            )
        lines.append([])
    if report.failures:
        lines.append([("Rules that failed, a fault of drydock", "header")])
        lines += [[("! ", "bad"), (f"{_text(one.rule)}: {_text(one.error)}", "plain")]
                  for one in report.failures]  # fmt: skip
    return lines


def nothing_found(subject: Subject | None, skipped: Iterable[Skipped]) -> list[Cells]:
    """Zero findings, said plainly, with what was not looked at."""
    told = skipped_cells(skipped)
    if subject is None or (subject.dockerfile is None and subject.image is None):
        lines: list[Cells] = [[], [("  Nothing was assessed:", "warn")]]
    else:
        what = "image" if subject.dockerfile is None else "Dockerfile"
        lines = [[], [(f"  ✓ Nothing to harden in this {what}.", "good")]]
        lines += [[], [("  Not assessed:", "muted")]] if told else []
    if told:
        lines += [[("  ", "plain"), *line] for line in told]
    return lines
