"""The bases that one could move to, side by side: what each mends and brings, its size, how long
it is maintained; and what is not known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hardening.model import Finding, Fix
from tui.rows import Cell, Cells
from tui.text import clean, fit, fit_right, human_size

BASE_RULES = frozenset({
    "better-base", "end-of-life-base", "vulnerable-base", "unpinned-base", "untagged-base",
    "latest-base", "deprecated-base",
})  # fmt: skip
"""Rules whose findings are mended by another base."""

UNKNOWN = "unknown"
_IMAGE, _MENDS, _BRINGS, _SIZE, _ENDS = 31, 8, 8, 9, 13
Values = Mapping[str, Any]
"""What `hardening.cli.base.base_values` says of one base."""


def is_about_base(finding: Finding) -> bool:
    return finding.rule in BASE_RULES


def offers_a_row(finding: Finding, values: Values) -> bool:
    """True when a fix of the finding moves to one of the rows, so that they are choices."""
    return any(_moves_to(fix, row) for fix in finding.fixes for row in values["rows"])


def base_paragraphs(
    values: Values, finding: Finding, chosen: Fix | None, *, compared: bool
) -> list[Cells]:
    """The rows as a table, the chosen one marked and told in full below it."""
    rows: list[Values] = list(values["rows"])
    if not rows:
        why = str(values["not_assessed"] or "No other base is listed")
        return [[], [("Other bases", "header")], [(clean(why, 300).rstrip(".") + ".", "muted")]]
    lines: list[Cells] = [[], [("Other bases", "header")], _titles(), _now(values)]
    for row in rows:
        is_offered = any(_moves_to(fix, row) for fix in finding.fixes)
        lines.append([*_row(row, is_chosen=_moves_to(chosen, row)), _patch(row, is_offered)])
    told = next((row for row in rows if _moves_to(chosen, row)), None)
    if told is not None:
        lines += _in_full(told)
    lines.append(_note(rows, compared=compared))
    return lines


def _moves_to(fix: Fix | None, row: Values) -> bool:
    """True when this fix writes that row's image down."""
    if fix is None:
        return False
    return fix.name == row["fix"] or str(row["image"]) in fix.title.split()


def _titles() -> Cells:
    told = fit("  Risk", 7) + fit("Image", _IMAGE) + fit_right("mends", _MENDS)
    told += fit_right("brings", _BRINGS) + fit_right("size", _SIZE) + fit_right("until", _ENDS)
    return [(told, "header")]


def _now(values: Values) -> Cells:
    """The base as it is, with what it has: the numbers that moves are measured against."""
    found = values["vulnerabilities"]
    has = "?" if found is None else f"has {found['total']:,}"
    return [(fit("  now", 7), "muted"), (fit(clean(str(values["base"]), 200), _IMAGE), "plain"),
            (fit_right(has, _MENDS), "muted"), (fit_right("", _BRINGS), "muted"),
            (fit_right("", _SIZE), "muted"), _until(values["ends"])]  # fmt: skip


def _row(row: Values, *, is_chosen: bool) -> Cells:
    risk = str(row["risk"])
    tone = "strong" if is_chosen else "plain"
    found = row["vulnerabilities"]
    mends = brings = None
    if found is not None:
        mends, brings = _total(found["fixed"]), _total(found["brought"])
    size = row["size_bytes"] or row["download_bytes"]
    return [
        ("▸ " if is_chosen else "  ", "key"),
        (fit(risk, 5), "good" if risk in ("R0", "R1") else "warn"),
        (fit(clean(str(row["image"]), 200), _IMAGE), tone),
        (fit_right(_count(mends), _MENDS), "good" if mends else "muted"),
        (fit_right(_count(brings), _BRINGS), "warn" if brings else "muted"),
        (fit_right("?" if size is None else human_size(size), _SIZE), "muted"),
        _until(row["ends"]),
    ]


def _patch(row: Values, is_offered: bool) -> Cell:
    """Where the patch of a row is, unless `f` chooses it here."""
    if is_offered:
        return "", "muted"
    return ("  in drydock base" if row["fix"] else "  no patch"), "muted"


def _total(counts: Mapping[str, int] | None) -> int | None:
    return None if counts is None else sum(counts.values())


def _count(number: int | None) -> str:
    return "?" if number is None else f"{number:,}"


def _until(ends: Mapping[str, str | None]) -> Cell:
    """The first end of maintenance of what the image stands on; unknown when one of them is."""
    days = list(ends.values())
    known = [day for day in days if day is not None]
    if not known or len(known) < len(days):
        told = "?" if not known else f"≤{min(known)}"
        return fit_right(told, _ENDS), "muted"
    return fit_right(clean(min(known), 20), _ENDS), "muted"


def _in_full(row: Values) -> list[Cells]:
    """What the chosen row changes and brings, in words."""
    ends = ", ".join(f"{name} {day or UNKNOWN}" for name, day in row["ends"].items()) or UNKNOWN
    told = [("Changes  ", "; ".join(row["changes"])), ("Gains    ", "; ".join(row["gains"])),
            ("Until    ", ends), ("Holes    ", _holes(row)),
            ("Source   ", str(row["source"]))]  # fmt: skip
    lines: list[Cells] = [[], [("Chosen: ", "header"), (clean(str(row["image"]), 300), "strong")]]
    return lines + [[(f"  {name}", "muted"), (clean(text, 600), "plain")] for name, text in told]


def _holes(row: Values) -> str:
    """Vulnerabilities that the move mends, brings and leaves; never a number nobody counted."""
    found = row["vulnerabilities"]
    if found is None:
        return UNKNOWN
    if found["fixed"] is None:
        return f"{found['total']:,} known of it; those of the base now are {UNKNOWN}"
    parts = [f"{word} {_by_severity(found[key])}" for word, key in
             (("mends", "fixed"), ("brings", "brought"), ("leaves", "remaining"))]  # fmt: skip
    return "; ".join(parts)


def _by_severity(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {word}" for word, count in counts.items() if count) or "none"


def _note(rows: list[Values], *, compared: bool) -> Cells:
    """What the question marks mean, and what to do about them."""
    if not compared:
        return [("? is unknown: v reads those that the local engine holds", "muted")]
    whys = dict.fromkeys(str(row["vulnerabilities_note"]) for row in rows)
    told = "; ".join(why for why in whys if why)
    return [(f"? is unknown{': ' if told else ''}{clean(told, 400)}", "muted")]
