"""Rules as Markdown: `docs/rules.md` is made of this."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

from hardening.reports.crosswalk import crosswalk
from hardening.rules import Example, Rule


def rules_page(rules: Iterable[Rule]) -> str:
    """The whole page: a table, the names of other tools, then a section per rule by theme."""
    ordered = sorted(rules, key=lambda rule: (rule.theme, rule.id))
    parts = [
        "# Rules\n\nMade by `drydock rules --format markdown`; do not edit.\n",
        "| rule | severity | profile | fix | what to do |\n|---|---|---|---|---|\n"
        + "".join(
            f"| [{rule.id}](#{rule.id}) | {rule.severity.label} | "
            f"{rule.profile.value} | {'yes' if rule.fixable else 'no'} | {_cell(rule.title)} |\n"
            for rule in ordered
        ),
        "## Crosswalk\n\nThe names that other tools have for the same thing. `drydock rules NAME` "
        "finds a rule by each of them; what drydock leaves to others stands in "
        "[not-covered.md](not-covered.md).\n",
        crosswalk(ordered),
    ]
    for theme, group in groupby(ordered, key=lambda rule: rule.theme):
        parts.append(f"## {theme}\n")
        parts.extend(rule_section(rule) for rule in group)
    return "\n".join(parts)


def rule_section(rule: Rule) -> str:
    """One rule with its examples."""
    lines = [
        f"### {rule.id}",
        "",
        f"**{rule.title}.** Severity {rule.severity.label}, profile {rule.profile.value}.",
        "",
        rule.why,
        "",
    ]
    for example in rule.bad:
        lines += _example(example, "Found in")
    for example in rule.good:
        lines += _example(example, "Fine")
    if rule.aliases:
        lines += ["Elsewhere: " + ", ".join(f"`{alias}`" for alias in rule.aliases), ""]
    if rule.references:
        lines += ["See " + ", ".join(f"<{one}>" for one in rule.references), ""]
    return "\n".join(lines)


def _example(example: Example, title: str) -> list[str]:
    note = f" ({example.note})" if example.note else ""
    lines = [f"{title}{note}:", "", *_fenced(example.text), ""]
    if example.after is not None:
        lines += ["becomes", "", *_fenced(example.after), ""]
    for path, text in example.files_after.items():
        lines += [f"with `{path}`", "", *_fenced(text, ""), ""]
    return lines


def _fenced(text: str, language: str = "dockerfile") -> list[str]:
    """A fence longer than any in the text; carriage returns are left out of the page."""
    text = text.replace("\r", "")
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [fence + language, text.rstrip("\n"), fence]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
