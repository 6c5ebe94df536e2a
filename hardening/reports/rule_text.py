"""Rules as text for a terminal and as plain values for JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import Any

from hardening.rules import Example, Rule

WIDTH = 88


def rule_list(rules: Iterable[Rule]) -> str:
    """One line per rule: id, severity, whether it has a fix, title."""
    rows = [(one.id, one.severity.label, "fix" if one.fixable else "", one.title) for one in rules]
    width = max((len(row[0]) for row in rows), default=0)
    return "".join(f"{row[0]:<{width}}  {row[1]:<8}  {row[2]:<3}  {row[3]}\n" for row in rows)


def rule_page(rule: Rule) -> str:
    """All about one rule."""
    parts = [
        f"{rule.id}: {rule.title}",
        f"theme {rule.theme}, severity {rule.severity.label}, confidence {rule.confidence.label}, "
        f"profile {rule.profile.value}, {'with' if rule.fixable else 'without'} a fix",
        "",
        textwrap.fill(rule.why, WIDTH),
    ]
    if rule.aliases:
        parts += ["", "Also known as: " + ", ".join(rule.aliases)]
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
