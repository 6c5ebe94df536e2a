"""Rules as text for a terminal and as plain values for JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import Any

from hardening.reports.sheet import BOLD, GREEN, PLAIN, Cell, Look, painted, severity_cell, table
from hardening.rules import Example, Rule

WIDTH = 88


def rule_list(rules: Iterable[Rule], look: Look = PLAIN) -> str:
    """One row per rule: id, severity, whether it has a fix, title."""
    rows = [
        (
            Cell(one.id, BOLD),
            severity_cell(one.severity),
            Cell("fix" if one.fixable else "", GREEN),
            one.title,
        )
        for one in rules
    ]
    return "".join(f"{line}\n" for line in table(rows, look))


def rule_page(rule: Rule, look: Look = PLAIN) -> str:
    """All about one rule; prose is at most `WIDTH` wide."""
    width = min(WIDTH, look.width or WIDTH)
    parts = [
        painted(f"{rule.id}: {rule.title}", BOLD, look),
        textwrap.fill(
            f"theme {rule.theme}, severity {rule.severity.label}, "
            f"confidence {rule.confidence.label}, profile {rule.profile.value}, "
            f"{'with' if rule.fixable else 'without'} a fix",
            width,
        ),
        "",
        textwrap.fill(rule.why, width),
    ]
    if rule.aliases:
        parts += ["", textwrap.fill("Also known as: " + ", ".join(rule.aliases), width)]
    for title, examples in (("Bad", rule.bad), ("Good", rule.good)):
        for example in examples:
            parts += ["", f"{title}{': ' + example.note if example.note else ''}"]
            parts.append(textwrap.indent(example.text.rstrip("\n"), "    "))
            if example.after is not None:
                parts += ["  becomes", textwrap.indent(example.after.rstrip("\n"), "    ")]
    if rule.references:
        parts += ["", "See", *(f"  {one}" for one in rule.references)]
    return "\n".join(parts) + "\n"


def rule_values(rule: Rule) -> dict[str, Any]:
    """One rule as plain values."""
    return {
        "id": rule.id,
        "theme": rule.theme,
        "title": rule.title,
        "severity": rule.severity.label,
        "confidence": rule.confidence.label,
        "profile": rule.profile.value,
        "why": rule.why,
        "fixable": rule.fixable,
        "needs": sorted(need.value for need in rule.needs),
        "aliases": list(rule.aliases),
        "references": list(rule.references),
        "bad": [_example(one) for one in rule.bad],
        "good": [_example(one) for one in rule.good],
    }


def _example(example: Example) -> dict[str, str | None]:
    return {"text": example.text, "after": example.after, "note": example.note}
