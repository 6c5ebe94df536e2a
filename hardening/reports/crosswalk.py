"""Which rule stands for which names of other tools, as a Markdown table."""

from __future__ import annotations

from collections.abc import Iterable

from hardening.rules import Rule

_COLUMNS = {
    "hadolint": "hadolint",
    "buildkit": "BuildKit",
    "trivy": "Trivy",
    "checkov": "checkov",
    "dockle": "Dockle",
    "kics": "KICS",
}


def crosswalk(rules: Iterable[Rule]) -> str:
    """One row for each rule that has names elsewhere, in the order given; tools without a column
    of their own stand in the last one."""
    named = [rule for rule in rules if rule.aliases]
    columns = "".join(f" {name} |" for name in _COLUMNS.values())
    lines = [f"| rule |{columns} others |", "|---" * (len(_COLUMNS) + 2) + "|"]
    for rule in named:
        cells = [f"[{rule.id}](#{rule.id})"]
        cells += [", ".join(_names(rule, tool)) for tool in _COLUMNS]
        cells.append(", ".join(f"`{one}`" for one in rule.aliases if _tool(one) not in _COLUMNS))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _names(rule: Rule, tool: str) -> list[str]:
    return [f"`{one.partition(':')[2]}`" for one in rule.aliases if _tool(one) == tool]


def _tool(alias: str) -> str:
    return alias.partition(":")[0]
