"""The bases that one could move to, side by side and each in full: what it mends and brings, its
size, how long it is maintained, who says so; and what is not known."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from hardening.model import Finding, Fix
from tui.bases import BASE_RULES, Bases, Effect, Values
from tui.detail import heading, precondition_cells
from tui.rows import SAFETY_WORDS, Cell, Cells, crop, severity_cells
from tui.text import clean, fit, fit_right, human_size, plural
from tui.vulnerabilities import rating_cells, severity_order

if TYPE_CHECKING:
    from hardening.advisories.model import Vulnerability

UNKNOWN = "unknown"
_TIME = re.compile(r"T\d\d:\d\d:\d\d\S*")
"""Of the day is enough."""
MANY = 12
"""Vulnerabilities or findings of one kind that are named."""
LIMIT = 600


def is_about_base(finding: Finding) -> bool:
    return finding.rule in BASE_RULES


def base_paragraphs(bases: Bases, chosen: Fix | None) -> list[Cells]:
    """For the Detail of a finding about the base: the rows in short, and how to see more."""
    rows = bases.rows
    if not rows:
        why = str(bases.values["not_assessed"] or "No other base is listed")
        return [*heading("Other bases"), [(clean(why, 300).rstrip(".") + ".", "muted")]]
    lines: list[Cells] = [*heading("Other bases")]
    for row in rows:
        mark = "▸ " if moves_to(chosen, row) else "• "
        mended, brought = mends(row), brings(row)
        told = "unknown what it mends"
        if mended is not None:
            told = f"mends {mended:,}, brings {_count(brought)}"
        lines.append([(mark, "key"), (clean(str(row["image"]), 200), "plain"),
                      (f"  {row['risk']}", "muted"), (f"  {told}", "muted"),
                      (f"  until {_until(row['ends'])}", "muted")])  # fmt: skip
    return [*lines, [("v ", "key"), ("compares them and shows what each would change", "muted")]]


def moves_to(fix: Fix | None, row: Values) -> bool:
    """True when this fix writes that row's image down."""
    if fix is None:
        return False
    return fix.name == row["fix"] or str(row["image"]) in fix.title.split()


# The list


_COLUMNS = {"risk": 5, "image": 0, "mends": 7, "brings": 8, "leaves": 8, "size": 9, "until": 12,
            "numbers": 10}  # fmt: skip
_GO_FIRST = ("leaves", "numbers", "until", "size", "risk")
_WIDE = 96
_NAME = 18


def base_columns(cells_wide: int) -> dict[str, int]:
    """Columns with their widths, in order; the least important go as it gets narrow."""
    shown = dict(_COLUMNS)
    if cells_wide < _WIDE:
        del shown["leaves"]
    for name in _GO_FIRST:
        if cells_wide - 2 - sum(shown.values()) >= _NAME:
            break
        shown.pop(name, None)
    shown["image"] = max(4, min(60, cells_wide - 2 - sum(shown.values())))
    return shown


def base_header(cells_wide: int) -> list[tuple[str, str]]:
    """Column titles, none of which sorts."""
    titles = {"risk": "Risk", "image": "Image", "numbers": "  Read in"}
    shown = [("  ", "")]
    for name, size in base_columns(cells_wide).items():
        told = titles.get(name, name.capitalize())
        left = name in ("risk", "image", "numbers")
        shown.append((fit(told, size) if left else fit_right(told, size), ""))
    return shown


def now_cells(bases: Bases, cells_wide: int) -> Cells:
    """The base as it is: the numbers that moves are measured against."""
    found = bases.values["vulnerabilities"]
    told = {
        "risk": "now", "image": clean(str(bases.values["base"]), 200),
        "mends": "", "brings": "" if found is None else f"has {found['total']:,}",
        "size": "?" if bases.size is None else human_size(bases.size),
        "until": _until(bases.values["ends"]),
        "numbers": "  ?" if found is None else "  image",
    }  # fmt: skip
    return _in_columns(told, cells_wide, mark=("  ", "muted"), tones={"image": "strong"})


def base_cells(bases: Bases, row: Values, cells_wide: int, *, is_chosen: bool) -> Cells:
    """`✓ R2   debian:13   10  0  124 MB  2028-08-09  engine`"""
    name = str(row["image"])
    mended, brought = mends(row), brings(row)
    size = row["size_bytes"] or row["download_bytes"]
    found = row["vulnerabilities"]
    left = None if found is None or found["remaining"] is None else sum(found["remaining"].values())
    told = {
        "risk": str(row["risk"]), "image": clean(name, 200),
        "mends": _count(mended), "brings": _count(brought), "leaves": _count(left),
        "size": "?" if size is None else human_size(size), "until": _until(row["ends"]),
        "numbers": f"  {_read_in(bases, row)}",
    }  # fmt: skip
    tones = {
        "risk": "good" if row["risk"] in ("R0", "R1") else "warn",
        "image": "strong" if is_chosen else "plain" if row["fix"] else "muted",
        "mends": "good" if mended else "muted",
        "brings": "warn" if brought else "muted",
    }
    mark: Cell = ("✓ ", "good") if is_chosen else ("  ", "plain")
    return _in_columns(told, cells_wide, mark=mark, tones=tones)


def _in_columns(
    told: Mapping[str, str], cells_wide: int, *, mark: Cell, tones: Mapping[str, str]
) -> Cells:
    cells: Cells = [mark]
    for name, size in base_columns(cells_wide).items():
        text = told.get(name, "")
        left = name in ("risk", "image", "numbers")
        cells.append((fit(text, size) if left else fit_right(text, size), tones.get(name, "muted")))
    return crop(cells, cells_wide)


def _read_in(bases: Bases, row: Values) -> str:
    """Where the numbers of a row are read, in a word."""
    if bases.reading == row["image"]:
        return "reading"
    found = row["vulnerabilities"]
    if found is None:
        return "not held" if bases.is_read else "not read"
    return "engine" if "engine" in str(found["source"]) else "list"


def mends(row: Values) -> int | None:
    found = row["vulnerabilities"]
    return None if found is None or found["fixed"] is None else sum(found["fixed"].values())


def brings(row: Values) -> int | None:
    found = row["vulnerabilities"]
    return None if found is None or found["brought"] is None else sum(found["brought"].values())


def _count(number: int | None) -> str:
    return "?" if number is None else f"{number:,}"


def _until(ends: Mapping[str, str | None]) -> str:
    """The first end of maintenance of what the image stands on; `≤` when one is not known."""
    days = list(ends.values())
    known = [day for day in days if day is not None]
    if not known:
        return "?"
    return ("≤" if len(known) < len(days) else "") + clean(min(known), 20)


# One row in full


def base_in_full(bases: Bases, row: Values, effect: Effect | None, fix: Fix | None) -> list[Cells]:
    """What the move does to vulnerabilities and findings, what it rests on, who says so."""
    safety = "no patch: it is for people to make" if fix is None else SAFETY_WORDS[fix.safety]
    tone = "muted" if fix is None else SAFETY_WORDS[fix.safety]
    lines: list[Cells] = [
        [(clean(str(row["image"]), 300), "strong"), (f"  {row['risk']}  ", "plain"),
         (safety, tone)],
    ]  # fmt: skip
    lines += [*_holes(bases, row), *_effect(effect, fix), *_facts(row), *_data(bases)]
    if fix is not None:
        lines += heading("What it rests on")
        lines += [precondition_cells(one.statement, one.verdict, one.evidence)
                  for one in fix.preconditions]  # fmt: skip
    delta = bases.deltas.get(str(row["image"]))
    if delta is not None:
        lines += _named("It mends", "−", "good", delta.fixed)
        lines += _named("It brings", "+", "warn", delta.brought)
    return lines


def _holes(bases: Bases, row: Values) -> list[Cells]:
    """Vulnerabilities that the move mends, brings and leaves; never a number nobody counted."""
    found = row["vulnerabilities"]
    if found is None:
        why = clean(str(row["vulnerabilities_note"]), 300)
        if bases.reading == row["image"]:
            why = "it is being read"
        return [[("Vulnerabilities  ", "header"), (f"{UNKNOWN}: {why}", "muted")]]
    if found["fixed"] is None:
        told = f"{found['total']:,} known of it; those of the base now are {UNKNOWN}"
        return [[("Vulnerabilities  ", "header"), (told, "plain")]]
    return [[("Vulnerabilities  ", "header"), (f"mends {by_severity(found['fixed'])}", "good"),
             (f"; brings {by_severity(found['brought'])}",
              "warn" if sum(found["brought"].values()) else "plain"),
             (f"; leaves {by_severity(found['remaining'])}", "plain")]]  # fmt: skip


def by_severity(counts: Mapping[str, int]) -> str:
    """`3 (2 high, 1 low)`"""
    parts = [f"{count:,} {word}" for word, count in counts.items() if count]
    return f"{sum(counts.values()):,} ({', '.join(parts)})" if parts else "none"


def _effect(effect: Effect | None, fix: Fix | None) -> list[Cells]:
    """What is found with it, beside what is found now."""
    if fix is None:
        return []
    if effect is None:
        return [[("Findings         ", "header"), ("being worked out …", "muted")]]
    if effect.refused:
        return [[("Findings         ", "header"), (clean(effect.refused, LIMIT), "warn")]]
    told = f"{effect.before} → {effect.after}"
    cells: Cells = [("Findings         ", "header"), (told, "plain")]
    if effect.score_before is not None and effect.score_after is not None:
        better = effect.score_after >= effect.score_before
        cells.append((f"   score {effect.score_before} → {effect.score_after}",
                      "good" if better else "warn"))  # fmt: skip
    return [cells, *_findings("−", "good", effect.mended), *_findings("+", "warn", effect.brought)]


def _findings(mark: str, tone: str, found: Sequence[Finding]) -> list[Cells]:
    lines: list[Cells] = [
        [
            (f"  {mark} ", tone),
            *severity_cells(one.severity),
            (f"  {clean(one.message, 300)}", "plain"),
        ]
        for one in found[:MANY]
    ]
    if len(found) > MANY:
        lines.append([(f"  {mark} and {len(found) - MANY:,} more", "muted")])
    return lines


def _facts(row: Values) -> list[Cells]:
    ends = ", ".join(f"{name} {day or UNKNOWN}" for name, day in row["ends"].items()) or UNKNOWN
    found = row["vulnerabilities"]
    source = str(row["source"])
    if found is not None:
        source += f"; vulnerabilities from {found['source']}"
    size = "" if row["size_bytes"] is None else human_size(row["size_bytes"])
    if row["download_bytes"] is not None:
        size += f"{', ' if size else ''}{human_size(row['download_bytes'])} to download"
    told = [("Changes          ", "; ".join(row["changes"])),
            ("Gains            ", "; ".join(row["gains"])),
            ("Maintained until ", ends), ("Size             ", size or UNKNOWN),
            ("Source           ", source)]  # fmt: skip
    return [[(name, "header"), (clean(text, LIMIT), "plain")] for name, text in told]


def _data(bases: Bases) -> list[Cells]:
    """How old the advisories are that the numbers rest on."""
    found = bases.values["vulnerabilities"]
    told = [_TIME.sub("", str(one)) for one in found["data"]] if found is not None else []
    if not told:
        return []
    return [[("Advisory data    ", "header"), (clean(", ".join(told), LIMIT), "plain")]]


def _named(title: str, mark: str, tone: str, found: Sequence[Vulnerability]) -> list[Cells]:
    """Vulnerabilities by name, the worst first."""
    if not found:
        return []
    lines = heading(f"{title} {plural(len(found), 'vulnerability', 'vulnerabilities')}")
    ranked = sorted(found, key=lambda one: (not one.kev, severity_order(one.rating.severity)))
    for one in ranked[:MANY]:
        lines.append([(f"  {mark} ", tone), *rating_cells(one.rating.severity),
                      (f"  {clean(one.id, 100)}", "plain"),
                      (f"  {clean(one.package, 100)} {clean(one.installed, 100)}", "muted"),
                      ("  KEV" if one.kev else "", "critical")])  # fmt: skip
    if len(found) > MANY:
        lines.append([(f"  {mark} and {len(found) - MANY:,} more", "muted")])
    return lines
